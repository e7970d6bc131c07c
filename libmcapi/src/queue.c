/* SPDX-License-Identifier: BSD-3-Clause */
#include "queue.h"

#include <stdlib.h>
#include <string.h>


static struct message *get_entry(struct node *node)
{
	struct message *message = node->free_messages;

	if (!message)
		return malloc(sizeof(*message));
	node->free_messages = message->next;
	return message;
}

static void put_entry(struct node *node, struct message *message)
{
	message->next = node->free_messages;
	node->free_messages = message;
}

void queue_free_spare(struct node *node)
{
	while (node->free_messages) {
		struct message *message = node->free_messages;

		node->free_messages = message->next;
		free(message);
	}
}

static bool in_buffer(const struct mcapi_wire_slot *slot)
{
	return slot->flags & MCAPI_WIRE_SLOT_BUFFER;
}

bool landing_take(struct landing *landing, struct endpoint *endpoint, struct peer *peer,
		  const struct mcapi_wire_slot *slot, const void *data)
{
	const size_t size = slot->len < landing->room ? slot->len : landing->room;

	if (!in_buffer(slot)) {
		if (slot->len <= MCAPI_WIRE_INLINE) {
			landing_take_small(landing, endpoint, slot->len, data);
			return true;
		}
		if (size)
			memcpy(landing->buffer, data, size);
	} else {
		if (size)
			memcpy(landing->buffer, peer_buffer(peer, slot), size);
		/* The copy comes before the look at whether it was worth anything. */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!link_up(peer->link))
			return false;
	}
	landing->size = size;
	landing->status = size < slot->len ? MCAPI_ERR_MSG_TRUNCATED : MCAPI_SUCCESS;
	endpoint->node->stats.received++;
	return true;
}

/* Into a receive that waits. */
static void hand_over(struct endpoint *endpoint, struct peer *peer,
		      const struct mcapi_wire_slot *slot, const void *data)
{
	struct request *req = endpoint->receives;
	struct landing landing = { .buffer = req->recv.buffer, .room = req->recv.size };

	if (!landing_take(&landing, endpoint, peer, slot, data))
		return;
	request_complete(req, landing.status, landing.size);
	peer->node->delivered++;
	endpoint->receives = req->next;
	if (!req->next)
		endpoint->receives_tail = &endpoint->receives;
}

/* What is counted of a message that waits, here or in a lane. */
static void count(struct message *message, uint32_t by)
{
	struct peer *peer = message->peer;

	peer->queued += by;
	if (message->whole)
		return;
	peer_flow(peer, message->slot.dst_port)->in.queued += by;
	if (in_buffer(&message->slot))
		peer->held += by;
}

static struct message *new_message(struct endpoint *endpoint, struct peer *peer,
				   const struct mcapi_wire_slot *slot, uint8_t *whole)
{
	struct message *message = get_entry(endpoint->node);

	if (!message)
		return NULL;
	*message = (struct message){ .peer = peer, .slot = *slot, .whole = whole };
	count(message, 1);
	return message;
}

struct message *queue_hold(struct endpoint *endpoint, struct peer *peer,
			   const struct mcapi_wire_slot *slot)
{
	return new_message(endpoint, peer, slot, NULL);
}

void queue_unhold(struct endpoint *endpoint, struct message *message)
{
	count(message, -1u);
	put_entry(endpoint->node, message);
}

static bool enqueue(struct endpoint *endpoint, struct peer *peer,
		    const struct mcapi_wire_slot *slot, uint8_t *whole)
{
	struct message *message = new_message(endpoint, peer, slot, whole);

	if (!message)
		return false;
	*endpoint->queue[slot->prio].last = message;
	endpoint->queue[slot->prio].last = &message->next;
	endpoint->queued++;
	endpoint->occupied |= 1u << slot->prio;
	endpoint->node->delivered++;
	return true;
}

bool endpoint_deliver(struct endpoint *endpoint, struct peer *peer,
		      const struct mcapi_wire_slot *slot)
{
	if (!endpoint->receives)
		return enqueue(endpoint, peer, slot, NULL);
	/* Somebody waits, so nothing is queued before this one. */
	hand_over(endpoint, peer, slot, slot->data);
	peer_return(peer, slot);
	return true;
}

bool endpoint_deliver_whole(struct endpoint *endpoint, struct peer *peer,
			    const struct mcapi_wire_slot *slot, uint8_t *data)
{
	if (!endpoint->receives)
		return enqueue(endpoint, peer, slot, data);
	hand_over(endpoint, peer, slot, data);
	return false;
}

/* Takes a message out of its queue. */
static void unlink_message(struct endpoint *endpoint, struct message **at)
{
	struct message *message = *at;
	const unsigned int prio = message->slot.prio;

	*at = message->next;
	if (!message->next)
		endpoint->queue[prio].last = at;
	if (!endpoint->queue[prio].first)
		endpoint->occupied &= ~(1u << prio);
	endpoint->queued--;
	if (message->peer)
		count(message, -1u);
}

static void drop(struct endpoint *endpoint, struct message **at)
{
	struct message *message = *at;

	unlink_message(endpoint, at);
	free(message->whole);
	if (message->peer && message->whole)
		message->peer->lane_bytes -= message->slot.len;
	else if (message->peer)
		peer_return(message->peer, &message->slot);
	put_entry(endpoint->node, message);
}

/* The first message of a priority, which is there, from its queue. */
static bool take_queued(struct endpoint *endpoint, unsigned int prio, struct landing *landing)
{
	struct message **first = &endpoint->queue[prio].first;
	const struct message *message = *first;
	const bool landed = landing_take(landing, endpoint, message->peer, &message->slot,
					 message->whole ? message->whole : message->slot.data);

	drop(endpoint, first);
	return landed;
}

bool queue_receive(struct endpoint *endpoint, struct landing *landing)
{
	struct node *node = endpoint->node;

	for (;;) {
		unsigned int best = PEER_NOTHING;
		struct peer *from = NULL;

		for (unsigned int i = 0; i < node->hots; i++) {
			const unsigned int prio = peer_next(node->hot[i]);

			if (prio < best) {
				best = prio;
				from = node->hot[i];
			}
		}
		/* Of the same peer and priority, what was queued came first. */
		if (endpoint->occupied && (unsigned int)__builtin_ctz(endpoint->occupied) <= best) {
			if (take_queued(endpoint, (unsigned int)__builtin_ctz(endpoint->occupied),
					landing))
				return true;
		} else if (!from) {
			return false;
		} else if (peer_take(from, endpoint, landing)) {
			return true;
		}
	}
}

void queue_drop_all(struct endpoint *endpoint)
{
	for (unsigned int prio = 0; prio < ENDPOINT_PRIORITIES; prio++)
		while (endpoint->queue[prio].first)
			drop(endpoint, &endpoint->queue[prio].first);
}

static void forget(struct endpoint *endpoint, struct peer *peer, unsigned int prio,
		   bool memory_gone)
{
	struct message **at = &endpoint->queue[prio].first;

	while (*at) {
		struct message *message = *at;

		if (message->peer != peer) {
			at = &message->next;
		} else if (!in_buffer(&message->slot)) {
			message->peer = NULL;
			at = &message->next;
		} else if (memory_gone) {
			unlink_message(endpoint, at);
			put_entry(endpoint->node, message);
		} else {
			at = &message->next;
		}
	}
}

void endpoint_forget_peer(struct node *node, struct peer *peer, bool memory_gone)
{
	for (struct endpoint *endpoint = node->endpoints; endpoint; endpoint = endpoint->next)
		for (unsigned int prio = 0; prio < ENDPOINT_PRIORITIES; prio++)
			forget(endpoint, peer, prio, memory_gone);
}
