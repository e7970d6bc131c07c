/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.h - messages that wait at an endpoint until somebody receives them
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "copy.h"
#include "endpoint.h"

/* Where a message goes, and what became of it. */
struct landing {
	void *buffer;
	size_t room;
	size_t size;		/* bytes that it took of @room */
	mcapi_status_t status;
};

/*
 * The most urgent message for @endpoint that there is, in its queue or in a ring of a
 * peer that had something lately. False if there is none.
 */
bool queue_receive(struct endpoint *endpoint, struct landing *landing);

static inline void landing_take_small(struct landing *landing, struct endpoint *endpoint,
				      uint32_t len, const void *data)
{
	const size_t size = len < landing->room ? len : landing->room;

	copy_small(landing->buffer, data, size);
	landing->size = size;
	landing->status = size < len ? MCAPI_ERR_MSG_TRUNCATED : MCAPI_SUCCESS;
	endpoint->node->stats.received++;
}

/*
 * Copies the payload of a checked @slot, at @data unless it is in a buffer, to the
 * program. False if it went away while it was copied: a board that restarts may write
 * over its memory.
 */
bool landing_take(struct landing *landing, struct endpoint *endpoint, struct peer *peer,
		  const struct mcapi_wire_slot *slot, const void *data);

/* A checked slot arrived: into a waiting receive, or into the queue. False without memory. */
bool endpoint_deliver(struct endpoint *endpoint, struct peer *peer,
		      const struct mcapi_wire_slot *slot);

/* The same for a message that came in parts: @data is its private memory, taken over if true. */
bool endpoint_deliver_whole(struct endpoint *endpoint, struct peer *peer,
			    const struct mcapi_wire_slot *slot, uint8_t *data);

/* A slot that waits in a lane and not in the queue, with all that is counted; lane.c. */
struct message *queue_hold(struct endpoint *endpoint, struct peer *peer,
			   const struct mcapi_wire_slot *slot);
void queue_unhold(struct endpoint *endpoint, struct message *message);

/* Forgets @peer in all queues; messages whose payload is in its memory are dropped. */
void endpoint_forget_peer(struct node *node, struct peer *peer, bool memory_gone);

/* Drops all messages of an endpoint that is deleted; what they used goes back. */
void queue_drop_all(struct endpoint *endpoint);

/* Frees the entries that are kept for reuse. */
void queue_free_spare(struct node *node);

#endif /* QUEUE_H */
