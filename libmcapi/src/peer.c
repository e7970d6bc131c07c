/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include <stdlib.h>
#include <unistd.h>

#include "channel.h"
#include "holder.h"
#include "lane.h"
#include "queue.h"

#define CHECK_NS 100000000	/* how long a send that waits may trust a peer to live */

struct peer *peer_new(struct link *link, uint32_t section, uint32_t epoch,
		      uint32_t domain, uint32_t number)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		return NULL;
	peer->link = link;
	peer->node = link->node;
	peer->section = section;
	peer->epoch = epoch;
	peer->domain = domain;
	peer->number = number;
	peer->death_fd = -1;
	peer->wake_fd = -1;
	peer->its_out = side_out(&link->theirs, section, link->section);
	peer->owner = side_owner(&link->theirs, section);
	peer->wake_word = link->ops->wake_word(link, peer, &peer->fences);
	/* Look at the out table at once: it may have been filled before we came. */
	peer->ring_seq = peer_load(&side_node(&link->theirs, section)->ring_seq) - 1;
	if (!look_add(link->node, peer)) {
		free(peer);
		return NULL;
	}
	link->peers[section] = peer;
	node_route_add(link->node, peer);
	return peer;
}

/* Takes back what is out to a peer that reads nothing any more. */
static void take_back(struct peer *peer)
{
	struct link *link = peer->link;

	own_publish(&link->own, &link_out(link, peer->section)->epoch, 0);
	heap_free_tag(&link->heap, HEAP_TAG_BUFFER(peer->section));
	heap_free_tag(&link->heap, HEAP_TAG_RING(peer->section));
	peer->out_open = peer->smooth = false;
}

/* The section may be handed out again: we read nothing of this epoch any more. */
static void let_go(struct peer *peer)
{
	own_publish(&peer->link->own, &link_in(peer->link, peer->section)->epoch, 0);
}

void peer_free(struct peer *peer)
{
	struct link *link = peer->link;

	if (!link->closing)
		let_go(peer);
	if (peer->death_fd >= 0)
		close(peer->death_fd);
	if (peer->wake_fd >= 0)
		close(peer->wake_fd);
	for (unsigned int i = 0; i < 256; i++)
		free(peer->flows[i]);
	free(peer->backlog);
	peer->node->controls -= peer->control_len;
	free(peer->control);
	look_remove(peer->node, peer);
	link->done[peer->section] = peer->epoch;
	link->peers[peer->section] = NULL;
	free(peer);
}

bool peer_lives(struct peer *peer)
{
	return peer_alive(peer) &&
	       peer->link->ops->alive(peer->link, peer->section, peer->epoch);
}

bool peer_lived(struct peer *peer)
{
	int64_t now = node_now();

	if (now < peer->next_check)
		return peer_alive(peer);
	if (peer_lives(peer)) {
		peer->next_check = now + CHECK_NS;
		return true;
	}
	/* Until the next scan finds it, too: who asks again is told again. */
	peer->next_check = 0;
	peer->smooth = false;
	return false;
}

void peer_dead(struct peer *peer, bool memory_gone)
{
	if (!peer->dead) {
		peer->dead = true;
		peer->smooth = false;
		if (!memory_gone && peer_stirs(peer))
			peer_drain(peer, NULL, NULL);
		peer->in_open = false;
		/* At once, also while messages are queued here that lie in its memory. */
		if (!peer->link->closing)
			take_back(peer);
		node_route_del(peer->node, peer);
	}
	lane_lose_peer(peer, memory_gone);
	holder_lose_peer(peer);
	endpoint_forget_peer(peer->node, peer, memory_gone);
	channel_lose_peer(peer, memory_gone);
	if (memory_gone || !peer->held)
		peer_free(peer);
}

void peer_fault(struct peer *peer, const char *what)
{
	peer->faulted = true;
	peer->in_open = peer->smooth = false;
	peer->node->stats.faults++;
	peer->node->delivered++;
	detail("node %u:%u on %s was cut off because it broke the wire format: %s; it is "
	       "reachable again when it restarts", peer->domain, peer->number,
	       peer->link->name, what);
}

struct flow *peer_new_flow(struct peer *peer, uint16_t port)
{
	struct flow **page = &peer->flows[port >> 8];

	*page = calloc(256, sizeof(**page));
	return *page ? *page + (port & 0xff) : NULL;
}

void peer_ring(struct peer *peer)
{
	if (peer->link->ops->ring(peer->link, peer)) {
		peer->node->stats.doorbells++;
		peer->node->stats.syscalls++;
	}
}
