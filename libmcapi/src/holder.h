/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * holder.h - who got an endpoint, and how often
 *
 * The owner counts. Whoever gets an endpoint for messages tells it and goes on;
 * an endpoint for channels can be got once, so there the owner's answer counts.
 * What handles a control message returns what is wrong with it, or NULL.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include "endpoint.h"

struct holder {
	struct holder *next;
	struct peer *peer;
	uint32_t count;
};

/* ---- the owner ---- */

const char *holder_asked(struct peer *peer, const struct mcapi_wire_control *control);
const char *holder_released(struct peer *peer, const struct mcapi_wire_control *control);

/* How often nodes got the endpoint that are none of @names (handles without a port). */
uint32_t holder_others(const struct endpoint *endpoint, const mcapi_endpoint_t *names,
		       unsigned int count);
/* The endpoint is deleted. */
void holder_free(struct endpoint *endpoint);

/* ---- who gets ---- */

/*
 * Gets what a peer's directory shows. True if the request is complete; false if
 * the owner was asked, now or before.
 */
bool holder_get(struct peer *peer, const struct mcapi_wire_endpoint *line, struct request *req);
const char *holder_answered(struct peer *peer, const struct mcapi_wire_control *control);

/* The peer is gone: what it held, and what it would have answered. */
void holder_lose_peer(struct peer *peer);

#endif /* HOLDER_H */
