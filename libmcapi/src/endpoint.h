/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * endpoint.h - endpoints of this process and the messages that wait there
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "node.h"
#include "peer.h"
#include "request.h"

/* The 32-bit handle, fixed in docs/wire-format.md: domain, node, port. */
static inline mcapi_endpoint_t endpoint_handle(uint32_t domain, uint32_t node, uint32_t port)
{
	return domain << 24 | node << 16 | port;
}

static inline uint32_t handle_domain(mcapi_endpoint_t handle)
{
	return handle >> 24;
}

static inline uint32_t handle_node(mcapi_endpoint_t handle)
{
	return handle >> 16 & 0xff;
}

static inline uint16_t handle_port(mcapi_endpoint_t handle)
{
	return handle & 0xffff;
}

static inline bool handle_valid(mcapi_endpoint_t handle)
{
	return handle_domain(handle) <= MCAPI_MAX_DOMAIN &&
	       handle_node(handle) <= MCAPI_MAX_NODE &&
	       handle_port(handle) >= MCAPI_MIN_PORT && handle_port(handle) <= MCAPI_MAX_PORT;
}

#define ENDPOINT_PRIORITIES (MCAPI_MIN_PRORITY + 1)

/* A message that was drained before anybody asked for it. */
struct message {
	struct message *next;
	struct peer *peer;		/* NULL: the sender is gone, the payload is inline */
	struct mcapi_wire_slot slot;	/* checked */
	uint8_t *whole;			/* private memory: it came in parts; see lane.h */
};

struct endpoint {
	struct endpoint *next;
	struct node *node;
	uint16_t port;
	uint32_t entry;			/* in the directories, the same on all links */
	uint32_t gen;
	uint32_t attr[MCAPI_WIRE_ATTRS];	/* changed by directory_set() */
	uint32_t queued;
	uint32_t occupied;		/* bit set: messages of that priority wait */
	struct {
		struct message *first, **last;
	} queue[ENDPOINT_PRIORITIES];
	struct watch *watch;		/* its file descriptor, if the program wants one */
	struct channel *channel;	/* that it is an end of, or NULL */
	struct request *open;		/* waits for a channel */
	struct holder *holders;		/* who got it */
	struct request *receives, **receives_tail;	/* in the order they were posted */
};

static inline struct endpoint *endpoint_by_port(struct node *node, uint16_t port)
{
	return node->ports[port];
}

/* Is it of an endpoint of this node, whether there is one or not? */
static inline bool handle_own(const struct node *node, mcapi_endpoint_t handle)
{
	return handle >> 16 == node->index;
}

void endpoint_not_own(const struct node *node, mcapi_endpoint_t handle, mcapi_status_t *status);

/* Own endpoint of a handle, or NULL with ERR_ENDP_INVALID. */
static inline struct endpoint *endpoint_own(struct node *node, mcapi_endpoint_t handle,
					    mcapi_status_t *status)
{
	struct endpoint *endpoint = NULL;

	/* There never is one with a port that is not valid. */
	if (handle_own(node, handle))
		endpoint = node->ports[handle_port(handle)];
	if (!endpoint)
		endpoint_not_own(node, handle, status);
	return endpoint;
}

/* Is it an endpoint of another node, which is there? With a detail. */
bool endpoint_foreign(struct node *node, mcapi_endpoint_t handle);
/* Of the own node, was there ever an endpoint with this port? */
bool endpoint_was(const struct node *node, uint32_t port);

/* Drops everything; the node ends. */
void endpoint_free_all(struct node *node);

#endif /* ENDPOINT_H */
