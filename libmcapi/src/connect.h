/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect.h - how two endpoints become the ends of a channel
 *
 * Whoever connects asks the owner of the send end, who takes it and asks the
 * owner of the receive end. What handles a control message returns what is wrong
 * with it, or NULL.
 */
#ifndef CONNECT_H
#define CONNECT_H

#include "channel.h"

/* mcapi_pktchan_connect_i() and mcapi_sclchan_connect_i(). */
void connect_i(uint32_t type, mcapi_endpoint_t send, mcapi_endpoint_t recv,
	       mcapi_request_t *request, mcapi_status_t *status);

const char *connect_asked(struct peer *peer, const struct mcapi_wire_control *control);
const char *connect_reserve(struct peer *peer, const struct mcapi_wire_control *control);
const char *connect_reserved(struct peer *peer, const struct mcapi_wire_control *control);
const char *connect_answered(struct peer *peer, const struct mcapi_wire_control *control);

/* The peer will answer nothing any more. */
void connect_lose_peer(struct peer *peer);

#endif /* CONNECT_H */
