/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * look.c - looking for what the peers have published
 *
 * A look at a ring costs a cache line. Those that had something lately are looked
 * at each time, the others in turn, so that many peers that say nothing cost next
 * to nothing. Before the node sleeps, all are looked at. A node that sends to itself
 * looks at its own ring each time from then on: the next call finds what it sent.
 */
#include <stdlib.h>

#include "channel.h"
#include "control.h"
#include "node.h"
#include "peer.h"

#define OTHERS 2u		/* how many of the others a look looks at */

bool look_add(struct node *node, struct peer *peer)
{
	if (node->watched == node->watch_max) {
		const uint32_t max = node->watch_max ? 2 * node->watch_max : 8;
		struct peer **grown = realloc(node->watch, max * sizeof(struct peer *));

		if (!grown)
			return false;
		node->watch = grown;
		node->watch_max = max;
	}
	peer->watch_index = node->watched;
	node->watch[node->watched++] = peer;
	return true;
}

void look_remove(struct node *node, struct peer *peer)
{
	struct peer *last = node->watch[--node->watched];

	node->watch[peer->watch_index] = last;
	last->watch_index = peer->watch_index;
	for (unsigned int i = 0; i < node->hots; i++)
		if (node->hot[i] == peer)
			node->hot[i] = node->hot[--node->hots];
}

static bool is_own(const struct peer *peer)
{
	return peer->domain == peer->node->domain && peer->number == peer->node->number;
}

void look_keep(struct node *node, struct peer *peer)
{
	unsigned int place;

	if (node->hots < NODE_HOT) {
		place = node->hots++;
	} else {
		place = node->hot_turn++ % NODE_HOT;
		if (is_own(node->hot[place]))
			place = node->hot_turn++ % NODE_HOT;
		node->hot[place]->hot = false;
	}
	peer->hot = true;
	node->hot[place] = peer;
}

void look_after_send(struct peer *peer)
{
	if (!peer->hot && is_own(peer))
		look_keep(peer->node, peer);
}

static void look_at(struct peer *peer, bool (*done)(void *arg), void *arg)
{
	if (peer->dead)
		return;
	if (peer_stirs(peer)) {
		if (!peer->hot)
			look_keep(peer->node, peer);
		peer_drain(peer, done, arg);
	}
	peer_settle(peer);
}

static void retry(struct node *node)
{
	if (node->dependants || node->faults_seen != node->stats.faults)
		channel_doubt(node);
	if (node->controls)
		control_retry(node);
	if (node->busy)
		channel_progress(node);
	if (node->sends)
		message_retry(node);
	if (node->gets)
		endpoint_retry(node);
}

/* Whose turn it is of those who are not hot; NULL if it is the turn of one who is. */
static struct peer *next_other(struct node *node)
{
	struct peer *peer;

	if (node->turn >= node->watched)
		node->turn = 0;
	peer = node->watched ? node->watch[node->turn++] : NULL;
	return peer && !peer->hot ? peer : NULL;
}

/* Of equally urgent messages, those of the first peer are taken first. */
static void take_turns(struct node *node)
{
	struct peer *first = node->hot[0];

	for (unsigned int i = 1; i < node->hots; i++)
		node->hot[i - 1] = node->hot[i];
	node->hot[node->hots - 1] = first;
}

void look_around(struct node *node)
{
	struct peer *peer = next_other(node);

	if (peer && !peer->dead && peer_stirs(peer))
		look_keep(node, peer);
	if (node->hots > 1)
		take_turns(node);
}

void node_look(struct node *node, bool (*done)(void *arg), void *arg)
{
	for (struct link *link = node->links; link; link = link->next)
		link_scan(link);
	for (unsigned int i = 0; i < node->hots; i++)
		look_at(node->hot[i], done, arg);
	for (unsigned int i = 0; i < OTHERS; i++) {
		struct peer *peer = next_other(node);

		if (peer)
			look_at(peer, done, arg);
	}
	retry(node);
}

void node_progress(struct node *node)
{
	node->more = false;
	for (struct link *link = node->links; link; link = link->next)
		link_scan(link);
	for (uint32_t i = node->watched; i--;) {
		struct peer *peer = node->watch[i];

		look_at(peer, NULL, NULL);
		if (peer->dead && !peer->held)
			peer_free(peer);
	}
	retry(node);
}
