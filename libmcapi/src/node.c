/* SPDX-License-Identifier: BSD-3-Clause */
#include "node.h"

#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "endpoint.h"
#include "peer.h"
#include "request.h"

static void free_memory(struct node *node)
{
	free(node->routes);
	free(node->seen);
	free(node->ported);
	free(node->ports);
	free(node->entry_gen);
	free(node->watch);
	node->watch = NULL;
	node->watched = node->watch_max = node->hots = 0;
	node->routes = NULL;
	node->seen = NULL;
	node->ported = NULL;
	node->ports = NULL;
	node->entry_gen = NULL;
}

/*
 * A generation for the first handles of a life, far from those of other lives: what
 * another node of this process has, or had, is not taken for this one's.
 */
static uint32_t first_generation(void)
{
	static uint32_t lives;		/* nodes are opened one after the other */

	return ++lives * 0x9e3779b9 & ~(NODE_REQUESTS - 1);
}

bool node_open(struct node *node, uint32_t domain, uint32_t number)
{
	pthread_condattr_t monotonic;

	memset(&node->stats, 0, sizeof(node->stats));
	memset(&node->events, 0, sizeof(node->events));
	node->passed_over.any = false;
	node->armed = node->tell = false;
	node->domain = domain;
	node->number = number;
	node->index = node_index(domain, number);
	node->next_port = MCAPI_MAX_PORT;
	node->last_gen = UINT32_MAX;
	node->reusable_tail = &node->reusable;
	node->first_gen = node->channel_gen = first_generation();
	spin_init(&node->spin);
	/* Sparse tables: the pages that are never touched cost nothing. */
	node->routes = calloc(65536, sizeof(*node->routes));
	node->seen = calloc(65536 / 8, 1);
	node->ports = calloc(65536, sizeof(*node->ports));
	node->ported = calloc(65536 / 8, 1);
	node->entry_gen = calloc(NODE_ENDPOINTS, sizeof(*node->entry_gen));
	if (!node->routes || !node->seen || !node->ports || !node->ported ||
	    !node->entry_gen) {
		detail("no memory for a node");
		free_memory(node);
		return false;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&node->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (link_open_all(node))
		return true;
	node_close(node);
	return false;
}

void node_close(struct node *node)
{
	channel_free_all(node);
	endpoint_free_all(node);
	request_free_all(node);
	watch_drop(node, &node->events.watch);
	watch_end(node);
	while (node->links) {
		struct link *link = node->links;

		node->links = link->next;
		link_close(link);
	}
	pthread_cond_destroy(&node->changed);
	free_memory(node);
}

void node_forget(struct node *node)
{
	watch_end(node);
	for (struct link *link = node->links; link; link = link->next)
		link->ops->forget(link);
	node->links = NULL;
}

/* ---- routes ---- */

void node_route_add(struct node *node, struct peer *peer)
{
	uint32_t index = node_index(peer->domain, peer->number);
	struct peer *known = node->routes[index];

	/* Who was there first keeps the name, as long as it lives. */
	if (!known || !peer_lives(known)) {
		node->routes[index] = peer;
		if (known)
			event_add(node, MCAPIX_PEER_LEFT, peer->domain, peer->number);
		event_add(node, MCAPIX_PEER_JOINED, peer->domain, peer->number);
	}
	node->seen[index / 8] |= (uint8_t)(1u << index % 8);
	node->delivered++;
}

void node_route_del(struct node *node, struct peer *peer)
{
	struct peer **route = &node->routes[node_index(peer->domain, peer->number)];
	struct peer *other;

	node->delivered++;
	if (*route != peer)
		return;
	*route = NULL;
	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, other)
			if (!other->dead && other->domain == peer->domain &&
			    other->number == peer->number)
				*route = other;
	if (!*route)
		event_add(node, MCAPIX_PEER_LEFT, peer->domain, peer->number);
}

bool node_seen(struct node *node, uint32_t domain, uint32_t number)
{
	uint32_t index = node_index(domain, number);

	return node->seen[index / 8] & 1u << index % 8;
}
