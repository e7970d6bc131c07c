/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.h - messages that wait at an endpoint until somebody receives them
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "endpoint.h"

/* Moves the first message into @req and completes it; false if there is none. */
bool queue_receive(struct endpoint *endpoint, struct request *req);

/* A checked slot arrived: into a waiting receive, or into the queue. False without memory. */
bool endpoint_deliver(struct endpoint *endpoint, struct peer *peer,
		      const struct mcapi_wire_slot *slot);

/* Forgets @peer in all queues; messages whose payload is in its memory are dropped. */
void endpoint_forget_peer(struct node *node, struct peer *peer, bool memory_gone);

/* Drops all messages of an endpoint that is deleted; what they used goes back. */
void queue_drop_all(struct endpoint *endpoint);

/* Frees the entries that are kept for reuse. */
void queue_free_spare(struct node *node);

#endif /* QUEUE_H */
