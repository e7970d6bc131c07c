/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sleep.c - how a node waits for the others without using the processor
 *
 * Say on every link that this node sleeps, look once more, then sleep. The
 * barriers of arm() and of the others' peer_poke() make sure that one of both
 * sees the other; docs/wire-format.md has the argument.
 */
#include <poll.h>
#include <time.h>

#include "node.h"
#include "peer.h"
#include "watch.h"

#define SLEEP_FDS 128u

/* Whose death ends what waits, and who would not ring for it. */
static unsigned int death_fds(struct node *node, struct pollfd *fds, unsigned int max)
{
	unsigned int count = 0;
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next) {
		if (!link->ops->death_fd)
			continue;
		link_for_each_peer(link, peer) {
			bool asked = peer->send_waits || peer->dependants ||
				     node->events.awaited || node->events.callback;
			int fd = !peer->dead && asked && count < max ?
				 link->ops->death_fd(link, peer) : -1;

			if (fd >= 0)
				fds[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
		}
	}
	return count;
}

void sleep_doubt_peers(struct node *node)
{
	for (struct link *link = node->links; link; link = link->next)
		link->rescan |= link->ops->death_fd != NULL;
}

static void poll_until(struct pollfd *fds, unsigned int count, int64_t deadline)
{
	int64_t left = deadline == NODE_FOREVER ? 0 : deadline - node_now();
	struct timespec timeout;

	if (left < 0)
		left = 0;
	timeout = (struct timespec){ left / 1000000000, left % 1000000000 };
	ppoll(fds, count, deadline == NODE_FOREVER ? NULL : &timeout, NULL);
}

void sleep_arm(struct node *node, bool by_fd)
{
	for (struct link *link = node->links; link; link = link->next)
		link->ops->arm(link, by_fd);
	node->armed = true;
}

void sleep_disarm(struct node *node)
{
	for (struct link *link = node->links; link; link = link->next)
		link->ops->disarm(link);
	node->armed = false;
}

void sleep_until_poked(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline)
{
	struct pollfd fds[SLEEP_FDS];
	unsigned int links = 0, count;
	bool by_fd = false;

	for (struct link *link = node->links; link && links < SLEEP_FDS / 2; link = link->next) {
		by_fd |= !link->ops->sleep;
		fds[links++] = (struct pollfd){ .fd = link->ops->fd(link), .events = POLLIN };
	}
	count = links + death_fds(node, fds + links, SLEEP_FDS - links);
	by_fd |= count > links;

	sleep_arm(node, by_fd);
	node_progress(node);
	node->sleeper_saw = node->delivered;
	if (!done(arg) && !node->more && !node->tell) {
		node->stats.sleeps++;
		node->stats.syscalls++;
		if (node->watcher)
			watch_refresh(node);
		node_unlock(node);
		if (by_fd)
			poll_until(fds, count, deadline);
		else
			node->links->ops->sleep(node->links, deadline);
		node_lock(node);
	}
	/* Somebody died, on a link whose system does not say so in the owner lines. */
	for (unsigned int i = links; i < count; i++)
		if (fds[i].revents)
			sleep_doubt_peers(node);
	sleep_disarm(node);
	links = 0;
	for (struct link *link = node->links; link && by_fd && links < SLEEP_FDS / 2;
	     link = link->next)
		if (fds[links++].revents)
			link->ops->take(link);
}
