/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lane.h - long messages that come in parts
 *
 * A message that is longer than any buffer of its sender's pool comes in parts, one
 * behind the other, and is put together in private memory. What a peer can make us
 * hold there is bounded: where there is no room, parts stay in the peer's buffers,
 * which stops its sends to that endpoint at that priority and nothing else. So there
 * is a lane for each peer, endpoint and priority that has something under way.
 */
#ifndef LANE_H
#define LANE_H

#include "endpoint.h"

/* Private memory for the long messages of one peer; holds two of the longest. */
#define LANE_MEMORY (2 * (size_t)MCAPI_MAX_MESSAGE_SIZE)

struct lane {
	struct lane *next;		/* of the peer */
	struct peer *peer;
	struct endpoint *endpoint;
	uint8_t prio;
	uint32_t serial;		/* of the message that is put together in @data */
	uint32_t total, have;
	uint8_t *data;			/* NULL: none is */
	struct message *first, **last;	/* what came while there was no room, in order */
};

/* What is wrong with a slot that says that it is a part, or NULL. */
const char *lane_fault(const struct mcapi_wire_slot *slot);

/*
 * A checked slot arrived from a peer: a part, or a message behind one. False if it
 * is neither, and nothing was done.
 */
bool lane_take(struct endpoint *endpoint, struct peer *peer, const struct mcapi_wire_slot *slot);

/* The sender of a message gave it up. What is wrong with its word for that, or NULL. */
const char *lane_abandoned(struct peer *peer, const struct mcapi_wire_control *control);

/* Goes on with what waits for room. */
void lane_progress(struct peer *peer);

/* The endpoint is deleted: what it has under way goes back to the senders. */
void lane_drop_endpoint(struct endpoint *endpoint);
/* The peer is gone; what it had sent completely is delivered, unless @memory_gone. */
void lane_lose_peer(struct peer *peer, bool memory_gone);

#endif /* LANE_H */
