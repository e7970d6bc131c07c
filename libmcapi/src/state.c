/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * state.c - what a node has and waits for, to read
 */
#include <inttypes.h>
#include <stdio.h>

#include "channel.h"

static unsigned int count(const struct request *req)
{
	unsigned int requests = 0;

	for (; req; req = req->next)
		requests++;
	return requests;
}

static const char *state_of(const struct channel *channel)
{
	if (!channel->connected)
		return "connecting";
	if (channel->closed_here)
		return "closed here only";
	if (channel->lost)
		return "other end's node gone";
	if (channel->closed_there)
		return "closed there only";
	if (channel->usable)
		return "open";
	return channel->opening ? "opening" : "connected";
}

static void show_channel(const struct channel *channel)
{
	const struct peer *peer = channel->peer;

	printf("    %s end of a %s channel (0x%08x), %s, %u requests pending, %u packets held",
	       channel_sends(channel) ? "send" : "receive",
	       channel_has_packets(channel) ? "packet" : "scalar", channel->handle,
	       state_of(channel), count(channel->pending), channel->held);
	if (peer)
		printf(", to node %u:%u", peer->domain, peer->number);
	printf("\n");
}

static void show_endpoint(const struct endpoint *endpoint)
{
	printf("  endpoint %u:%u:%u (0x%08x): %u messages queued, %u receives pending\n",
	       endpoint->node->domain, endpoint->node->number, endpoint->port,
	       endpoint_handle(endpoint->node->domain, endpoint->node->number, endpoint->port),
	       endpoint->queued, count(endpoint->receives));
	if (endpoint->channel)
		show_channel(endpoint->channel);
}

static void show_link(struct link *link)
{
	struct peer *peer;

	printf("  %s: section %u, %s, %u of %u bytes free\n", link->name, link->section,
	       link->epoch ? "up" : "down", link->heap.free_bytes, link->own.size);
	link_for_each_peer(link, peer)
		printf("    peer %u:%u in section %u: %s%s, %u messages held\n", peer->domain,
		       peer->number, peer->section, peer_lives(peer) ? "lives" : "gone",
		       peer->faulted ? ", cut off" : "", peer->held);
}

static void show_node(struct node *node)
{
	printf("node %u:%u: %u sends, %u gets and %u connects pending, %" PRIu64
	       " messages sent, %" PRIu64 " received\n", node->domain, node->number,
	       count(node->sends), count(node->gets), count(node->connects), node->stats.sent,
	       node->stats.received);
	for (struct link *link = node->links; link; link = link->next)
		show_link(link);
	if (node->passed_over.any)
		printf("  not used: %s\n", node->passed_over.text);
	for (const struct endpoint *at = node->endpoints; at; at = at->next)
		show_endpoint(at);
}

void mcapi_display_state(void *handle)
{
	mcapi_status_t status;
	struct node *node = node_enter(&status);
	const struct endpoint *endpoint;

	if (!node) {
		printf("no node: %s\n", mcapix_error_detail());
		return;
	}
	if (!handle) {
		show_node(node);
	} else {
		endpoint = endpoint_own(node, *(const mcapi_endpoint_t *)handle, &status);
		if (endpoint)
			show_endpoint(endpoint);
		else
			printf("%s\n", mcapix_error_detail());
	}
	fflush(stdout);
	node_leave(node);
}
