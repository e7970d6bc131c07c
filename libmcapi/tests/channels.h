/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channels.h - what the tests of channels share
 */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "support.h"

enum type { PACKETS, SCALARS };

/* How a request ends, within 10 s. */
mcapi_status_t finish(mcapi_request_t *request);

/* Start to connect, open and close, of either type; the request's first status too. */
mcapi_status_t start_connect(enum type type, mcapi_endpoint_t send, mcapi_endpoint_t recv,
			     mcapi_request_t *request);
mcapi_status_t start_open(enum type type, bool sends, mcapi_endpoint_t endpoint,
			  uint32_t *handle, mcapi_request_t *request);
mcapi_status_t close_end(enum type type, bool sends, uint32_t handle);

/* How the whole of it ends. */
mcapi_status_t connect_ends(enum type type, mcapi_endpoint_t send, mcapi_endpoint_t recv);
uint32_t open_end(enum type type, bool sends, mcapi_endpoint_t endpoint);

/* A channel inside this node, from @ports[0] to @ports[1], which are created. */
struct pair {
	mcapi_endpoint_t from, to;
	uint32_t send, recv;
};

struct pair make_pair(enum type type, mcapi_port_t from, mcapi_port_t to);

/* The endpoint at another node, once it is there. */
mcapi_endpoint_t other(mcapi_domain_t domain, mcapi_node_t node, mcapi_port_t port);

/* Connects endpoint 1 here to 1 at @domain:1, or the other way round, and opens this end. */
uint32_t channel_to(enum type type, mcapi_domain_t domain);
uint32_t channel_from(enum type type);

/* An attribute of an endpoint; its status, as far as it is the channel's state. */
uint32_t attribute(mcapi_endpoint_t endpoint, mcapi_uint_t number);
uint32_t state_of(mcapi_endpoint_t endpoint);

/* Packets that can be checked, of sizes where something changes. */
#define PACKET_SIZES 14u

extern const size_t packet_sizes[PACKET_SIZES];

void send_packet(uint32_t handle, size_t size, uint32_t seed);
void expect_packet(uint32_t handle, size_t size, uint32_t seed);

#endif /* CHANNELS_H */
