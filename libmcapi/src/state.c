/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * state.c - what a node has and waits for, to read
 */
#include <inttypes.h>
#include <stdio.h>

#include "endpoint.h"

static void show_endpoint(const struct endpoint *endpoint)
{
	unsigned int receives = 0;

	for (const struct request *req = endpoint->receives; req; req = req->next)
		receives++;
	printf("  endpoint %u:%u:%u (0x%08x): %u messages queued, %u receives pending\n",
	       endpoint->node->domain, endpoint->node->number, endpoint->port,
	       endpoint_handle(endpoint->node->domain, endpoint->node->number, endpoint->port),
	       endpoint->queued, receives);
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
	unsigned int sends = 0, gets = 0;

	for (const struct request *req = node->sends; req; req = req->next)
		sends++;
	for (const struct request *req = node->gets; req; req = req->next)
		gets++;
	printf("node %u:%u: %u sends and %u gets pending, %" PRIu64 " messages sent, %" PRIu64
	       " received\n", node->domain, node->number, sends, gets, node->stats.sent,
	       node->stats.received);
	for (struct link *link = node->links; link; link = link->next)
		show_link(link);
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
