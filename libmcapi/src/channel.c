/* SPDX-License-Identifier: BSD-3-Clause */
#include "channel.h"

#include <stdlib.h>

#include "buffer.h"
#include "connect.h"
#include "control.h"
#include "directory.h"

#define INDEX_BITS 12

_Static_assert(CHANNELS == 1u << INDEX_BITS, "a handle holds the index in its low bits");

/* How many looks at all else there are between two doubts whether the others live. */
#define DOUBT_LOOKS 256u

static struct channel_slot *free_slot(struct node *node)
{
	if (!node->channels)
		node->channels = calloc(CHANNELS, sizeof(*node->channels));
	for (uint32_t n = 0; node->channels && n < CHANNELS; n++) {
		struct channel_slot *slot = &node->channels[node->next_channel++ & CHANNEL_MASK];

		if (!slot->channel)
			return slot;
	}
	return NULL;
}

struct channel *channel_new(struct endpoint *endpoint, uint32_t kind, struct peer *peer,
			    mcapi_endpoint_t other)
{
	struct node *node = endpoint->node;
	struct channel_slot *slot = free_slot(node);
	struct channel *channel = slot ? calloc(1, sizeof(*channel)) : NULL;

	if (!channel)
		return NULL;
	/* The next generation; a handle is never 0. */
	node->channel_gen += CHANNELS;
	if (!node->channel_gen)
		node->channel_gen = CHANNELS;
	channel->handle = node->channel_gen | (uint32_t)(slot - node->channels);
	channel->kind = kind;
	channel->node = node;
	channel->link = peer->link;
	channel->peer = peer;
	channel->endpoint = endpoint;
	channel->other = other;
	channel->former_type = endpoint->attr[MCAPI_WIRE_ATTR_TYPE];
	channel->max_payload = endpoint->attr[MCAPI_WIRE_ATTR_MAX_PAYLOAD];
	channel->timeout = endpoint->attr[MCAPI_WIRE_ATTR_TIMEOUT];
	channel->fail_full = endpoint->attr[MCAPI_WIRE_ATTR_MEMORY_TYPE] &
			     MCAPI_ENDP_ATTR_FAIL_ON_LIMIT;
	channel->offs[0] = channel->offs[1] = HEAP_NONE;
	channel->pending_tail = &channel->pending;
	*slot = (struct channel_slot){ channel->handle, channel };
	channel->next = node->channel_list;
	node->channel_list = channel;
	endpoint->channel = channel;
	channel_show(endpoint);
	return channel;
}

void channel_ask(struct channel *channel, bool asks)
{
	if (channel->asks == asks)
		return;
	channel->asks = asks;
	channel->peer->dependants += asks ? 1 : -1u;
	channel->node->dependants += asks ? 1 : -1u;
}

void channel_end(struct channel *channel)
{
	struct endpoint *endpoint = channel->endpoint;

	channel->over = true;
	channel->usable = 0;
	watch_drop(channel->node, &channel->watch);
	channel->peer = NULL;
	channel->node->channels[channel->handle & CHANNEL_MASK].channel = NULL;
	if (endpoint) {
		channel->endpoint = NULL;
		endpoint->channel = NULL;
		directory_set(endpoint, MCAPI_WIRE_ATTR_TYPE, channel->former_type);
		channel_show(endpoint);
	}
	for (unsigned int i = 0; i < 2; i++)
		if (channel->offs[i] != HEAP_NONE)
			heap_free(&channel->link->heap, channel->offs[i], HEAP_TAG_CHANNEL);
	channel_busy(channel);
}

struct channel *channel_find(struct node *node, uint32_t handle)
{
	struct channel *channel = node->channels ? node->channels[handle & CHANNEL_MASK].channel :
						   NULL;

	return channel && channel->handle == handle ? channel : NULL;
}

static uint32_t status_of(const struct endpoint *endpoint)
{
	const struct channel *channel = endpoint->channel;
	uint32_t status;

	if (!channel)
		return endpoint->open ? MCAPI_WIRE_STATUS_OPEN_PENDING : 0;
	status = MCAPI_WIRE_STATUS_CONNECTED;
	status |= channel_has_packets(channel) ? MCAPI_WIRE_STATUS_PACKET :
						 MCAPI_WIRE_STATUS_SCALAR;
	status |= channel_sends(channel) ? MCAPI_WIRE_STATUS_SEND : MCAPI_WIRE_STATUS_RECEIVE;
	if (channel->usable)
		status |= MCAPI_WIRE_STATUS_OPEN;
	else if (channel->closed_here)
		status |= MCAPI_WIRE_STATUS_CLOSE_PENDING;
	else if (channel->opening)
		status |= MCAPI_WIRE_STATUS_OPEN_PENDING;
	return status;
}

void channel_show(struct endpoint *endpoint)
{
	if (endpoint->channel)
		directory_set(endpoint, MCAPI_WIRE_ATTR_TYPE,
			      endpoint->channel->kind & ~(CHANNEL_SEND | CHANNEL_RECV));
	directory_set(endpoint, MCAPI_WIRE_ATTR_STATUS, status_of(endpoint));
}

/* ---- progress ---- */

void channel_busy(struct channel *channel)
{
	if (channel->busy)
		return;
	channel->busy = true;
	channel->next_busy = channel->node->busy;
	channel->node->busy = channel;
}

void channel_work(struct channel *channel)
{
	if (!channel_has_packets(channel))
		scalar_work(channel);
	else if (channel_sends(channel))
		packet_out_work(channel);
	else
		packet_in_work(channel);
}

static void free_channel(struct channel *channel)
{
	struct channel **at = &channel->node->channel_list;

	while (*at != channel)
		at = &(*at)->next;
	*at = channel->next;
	free(channel);
}

void channel_progress(struct node *node)
{
	struct channel *channel = node->busy;

	/* What finds more to do puts itself on the new list. */
	node->busy = NULL;
	while (channel) {
		struct channel *next = channel->next_busy;

		channel->busy = false;
		if (channel->over)
			free_channel(channel);
		else
			channel_work(channel);
		channel = next;
	}
}

void channel_reclaim(struct link *link)
{
	for (struct channel *channel = link->node->channel_list; channel; channel = channel->next)
		if (!channel->over && channel->link == link && channel_sends(channel) &&
		    channel_has_packets(channel))
			packet_out_reclaim(channel);
}

/* ---- the other end's node is gone ---- */

static void lose_send_end(struct channel *channel)
{
	if (channel_has_packets(channel))
		packet_out_free(channel);
	channel->peer = NULL;
}

static void lose_recv_end(struct channel *channel, bool memory_gone)
{
	/* Nobody reads what we give back any more; what was sent may be there still. */
	if (!memory_gone && channel->holds_peer)
		return;
	if (channel->holds_peer)
		channel->peer->held--;
	channel->holds_peer = false;
	channel->peer = NULL;
}

static void lose(struct channel *channel, bool memory_gone)
{
	const bool was_open = channel->usable || channel->closed_here;
	const struct mcapi_wire_control asked = { .tag = channel->asked.tag };

	if (!memory_gone && channel->holds_peer)
		channel_work(channel);
	channel_ask(channel, false);
	channel->lost = true;
	channel->broken |= !channel->closed_there;
	channel->closed_there = true;
	if (channel_sends(channel))
		lose_send_end(channel);
	else
		lose_recv_end(channel, memory_gone || !was_open);
	channel_drop_pending(channel, MCAPI_ERR_TRANSMISSION);
	if (channel->opening) {
		request_complete(channel->opening, MCAPI_ERR_TRANSMISSION, 0);
		channel->opening = NULL;
	}
	if (channel->asked.peer)
		control_answer(channel->asked.peer, &asked, MCAPI_WIRE_CONNECTED,
			       MCAPI_ERR_TRANSMISSION, 0);
	channel->asked.peer = NULL;
	channel->node->delivered++;
	/* The program never had it: there is nothing that it could close. */
	if (!was_open)
		channel->closed_here = true;
	channel_settle(channel);
}

void channel_lose_peer(struct peer *peer, bool memory_gone)
{
	struct node *node = peer->node;

	for (struct channel *channel = node->channel_list; channel; channel = channel->next) {
		if (channel->asked.peer == peer)
			channel->asked.peer = NULL;
		if (!channel->over && channel->peer == peer)
			lose(channel, memory_gone);
	}
	connect_lose_peer(peer);
	buffer_lose_peer(peer, memory_gone);
}

void channel_doubt(struct node *node)
{
	const bool faults = node->faults_seen != node->stats.faults;
	const bool doubt = node->dependants && !(node->looks++ % DOUBT_LOOKS);
	struct peer *peer;

	if (!faults && !doubt)
		return;
	node->faults_seen = node->stats.faults;
	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, peer) {
			if (peer->faulted)
				channel_lose_peer(peer, true);
			else if (peer->dependants && !peer->dead && !peer_lived(peer))
				link->rescan = true;
		}
}

void channel_free_all(struct node *node)
{
	for (struct endpoint *endpoint = node->endpoints; endpoint; endpoint = endpoint->next)
		endpoint->channel = NULL;
	while (node->channel_list) {
		struct channel *channel = node->channel_list;

		node->channel_list = channel->next;
		free(channel);
	}
	node->busy = NULL;
	free(node->channels);
	node->channels = NULL;
	buffer_free_all(node);
}
