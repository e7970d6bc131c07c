/* SPDX-License-Identifier: BSD-3-Clause */
#include "queue.h"

#include <stdlib.h>

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

/*
 * Copies the payload to the program and completes the request. False if it went
 * away while it was copied: a board that restarts may write over its memory.
 */
static bool hand_over(struct request *req, struct peer *peer, const struct mcapi_wire_slot *slot)
{
	const size_t room = req->recv.size, size = slot->len < room ? slot->len : room;
	const void *payload = in_buffer(slot) ? peer_payload(peer, slot) : slot->data;

	if (size)
		memcpy(req->recv.buffer, payload, size);
	if (in_buffer(slot)) {
		/* The copy comes before the look at whether it was worth anything. */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!link_up(peer->link))
			return false;
	}
	req->recv.endpoint->node->stats.received++;
	req->recv.endpoint->node->delivered++;
	request_complete(req, size < slot->len ? MCAPI_ERR_MSG_TRUNCATED : MCAPI_SUCCESS, size);
	return true;
}

bool endpoint_deliver(struct endpoint *endpoint, struct peer *peer,
		      const struct mcapi_wire_slot *slot)
{
	struct request *req = endpoint->receives;
	struct message *message;

	if (req) {
		/* Somebody waits, so nothing is queued before this one. */
		if (hand_over(req, peer, slot)) {
			endpoint->receives = req->next;
			if (!req->next)
				endpoint->receives_tail = &endpoint->receives;
		}
		peer_return(peer, slot);
		return true;
	}
	message = get_entry(endpoint->node);
	if (!message)
		return false;
	message->next = NULL;
	message->peer = peer;
	message->slot = *slot;
	*endpoint->queue[slot->prio].last = message;
	endpoint->queue[slot->prio].last = &message->next;
	endpoint->queued++;
	peer_flow(peer, slot->dst_port)->in.queued++;
	if (in_buffer(slot))
		peer->held++;
	endpoint->node->delivered++;
	return true;
}

/* Takes a message out of its queue. */
static void unlink_message(struct endpoint *endpoint, struct message **at)
{
	struct message *message = *at;
	const unsigned int prio = message->slot.prio;

	*at = message->next;
	if (!message->next)
		endpoint->queue[prio].last = at;
	endpoint->queued--;
	if (message->peer) {
		struct flow *flow = peer_flow(message->peer, endpoint->port);

		flow->in.queued--;
		if (in_buffer(&message->slot))
			message->peer->held--;
	}
}

bool queue_receive(struct endpoint *endpoint, struct request *req)
{
	for (unsigned int prio = 0; endpoint->queued && prio < ENDPOINT_PRIORITIES;) {
		struct message *message = endpoint->queue[prio].first;
		bool done;

		if (!message) {
			prio++;
			continue;
		}
		unlink_message(endpoint, &endpoint->queue[prio].first);
		done = hand_over(req, message->peer, &message->slot);
		if (message->peer)
			peer_return(message->peer, &message->slot);
		put_entry(endpoint->node, message);
		if (done)
			return true;
	}
	return false;
}

void queue_drop_all(struct endpoint *endpoint)
{
	for (unsigned int prio = 0; prio < ENDPOINT_PRIORITIES; prio++)
		while (endpoint->queue[prio].first) {
			struct message *message = endpoint->queue[prio].first;

			unlink_message(endpoint, &endpoint->queue[prio].first);
			if (message->peer)
				peer_return(message->peer, &message->slot);
			put_entry(endpoint->node, message);
		}
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
