/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sleep.c - how a node waits for the others without using the processor
 *
 * Say on every link that this node sleeps, look once more, then sleep. The
 * full barriers after arm() and in the others' poke() make sure that one of both
 * sees the other; see own.h.
 */
#include <poll.h>
#include <time.h>

#include "node.h"
#include "peer.h"

#define SLEEP_FDS 128u

int64_t node_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t node_deadline(mcapi_timeout_t ms)
{
	return ms == MCAPI_TIMEOUT_INFINITE ? NODE_FOREVER :
	       ms ? node_now() + ms * INT64_C(1000000) : 0;
}

/* Whose death ends a send that waits, and who would not ring for it. */
static unsigned int death_fds(struct node *node, struct pollfd *fds, unsigned int max)
{
	unsigned int count = 0;
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next) {
		if (!link->ops->death_fd)
			continue;
		link_for_each_peer(link, peer) {
			int fd = !peer->dead && peer->send_waits && count < max ?
				 link->ops->death_fd(link, peer) : -1;

			if (fd >= 0)
				fds[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
		}
	}
	return count;
}

/* Somebody died: do not trust what was known of who lives. */
static void doubt_peers(struct node *node)
{
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, peer)
			peer->next_check = 0;
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

	for (struct link *link = node->links; link; link = link->next)
		link->ops->arm(link, by_fd);
	full_barrier();
	node_progress(node);
	node->sleeper_saw = node->delivered;
	if (!done(arg) && !node->more) {
		node->stats.sleeps++;
		node_unlock(node);
		if (by_fd)
			poll_until(fds, count, deadline);
		else
			node->links->ops->sleep(node->links, deadline);
		node_lock(node);
	}
	for (unsigned int i = links; i < count; i++)
		if (fds[i].revents)
			doubt_peers(node);
	links = 0;
	for (struct link *link = node->links; link; link = link->next) {
		link->ops->disarm(link);
		if (by_fd && links < SLEEP_FDS / 2 && fds[links++].revents)
			link->ops->take(link);
	}
}
