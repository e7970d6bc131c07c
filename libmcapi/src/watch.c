/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "node.h"
#include "peer.h"

#define DOORBELLS 16	/* taken at once */

struct watch {
	struct watch *next;
	int fd;
	bool shown;		/* readable because it is ready */
	bool (*ready)(void *arg);
	void *arg;
};

struct watcher {
	int doorbell;		/* epoll set of the links' descriptors and the peers' deaths */
	int always;		/* always readable */
	struct watch *watches;
};

static bool add(int set, int fd, uint32_t events, void *link)
{
	struct epoll_event event = { .events = events, .data.ptr = link };

	return !epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

/* Whoever dies on the local link rings nobody. Once: the next look will see it. */
static void watch_deaths(struct node *node)
{
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next) {
		if (!link->ops->death_fd)
			continue;
		link_for_each_peer(link, peer) {
			int fd = peer->dead || peer->watched ? -1 : link->ops->death_fd(link, peer);

			if (fd >= 0)
				peer->watched = add(node->watcher->doorbell, fd,
						    EPOLLIN | EPOLLONESHOT, NULL);
		}
	}
}

static bool make_watcher(struct node *node)
{
	struct watcher *watcher = calloc(1, sizeof(*watcher));
	bool ok;

	if (!watcher)
		return false;
	watcher->doorbell = epoll_create1(EPOLL_CLOEXEC);
	watcher->always = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	ok = watcher->doorbell >= 0 && watcher->always >= 0;
	for (struct link *link = node->links; link && ok; link = link->next)
		ok = link->gone || add(watcher->doorbell, link->ops->fd(link), EPOLLIN, link);
	node->watcher = watcher;
	if (!ok)
		watch_end(node);
	return ok;
}

static struct watch *make_watch(struct node *node, bool (*ready)(void *arg), void *arg)
{
	struct watch *watch;

	if (!node->watcher && !make_watcher(node))
		return NULL;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return NULL;
	*watch = (struct watch){ .fd = epoll_create1(EPOLL_CLOEXEC), .ready = ready, .arg = arg };
	if (watch->fd < 0 || !add(watch->fd, node->watcher->doorbell, EPOLLIN, NULL)) {
		if (watch->fd >= 0)
			close(watch->fd);
		free(watch);
		return NULL;
	}
	watch->next = node->watcher->watches;
	node->watcher->watches = watch;
	return watch;
}

int watch_fd(struct node *node, struct watch **at, bool (*ready)(void *arg), void *arg,
	     mcapi_status_t *status)
{
	if (!*at)
		*at = make_watch(node, ready, arg);
	if (!*at) {
		detail("cannot make a file descriptor to poll: %m");
		*status = MCAPI_ERR_MEM_LIMIT;
		return -1;
	}
	*status = MCAPI_SUCCESS;
	return (*at)->fd;
}

void watch_drop(struct node *node, struct watch **at)
{
	struct watch *watch = *at, **before;

	if (!watch)
		return;
	before = &node->watcher->watches;
	while (*before != watch)
		before = &(*before)->next;
	*before = watch->next;
	*at = NULL;
	close(watch->fd);
	free(watch);
}

void watch_refresh(struct node *node)
{
	struct watcher *watcher = node->watcher;

	for (struct watch *watch = watcher->watches; watch; watch = watch->next) {
		/* What was not looked at to its end may be for anybody. */
		bool ready = node->more || watch->ready(watch->arg);

		if (ready == watch->shown)
			continue;
		if (ready)
			watch->shown = add(watch->fd, watcher->always, EPOLLIN, NULL);
		else
			watch->shown = epoll_ctl(watch->fd, EPOLL_CTL_DEL, watcher->always, NULL);
	}
}

/* Makes the doorbell unreadable; true if it had been rung. */
static bool take_doorbells(struct node *node)
{
	struct epoll_event events[DOORBELLS];
	int count = epoll_wait(node->watcher->doorbell, events, DOORBELLS, 0);

	for (int i = 0; i < count; i++) {
		struct link *link = events[i].data.ptr;
		int fd = link ? link->ops->fd(link) : -1;

		if (!link) {
			sleep_doubt_peers(node);
			continue;
		}
		link->ops->take(link);
		if (link->gone)
			epoll_ctl(node->watcher->doorbell, EPOLL_CTL_DEL, fd, NULL);
	}
	return count > 0;
}

void watch_leave(struct node *node)
{
	/* A thread that sleeps looks for all, and comes by here when it leaves. */
	if (!node->sleeping) {
		bool rung = take_doorbells(node);

		if (rung || !node->armed) {
			watch_deaths(node);
			sleep_arm(node, true);
			node_progress(node);
		}
	}
	watch_refresh(node);
}

void watch_end(struct node *node)
{
	struct watcher *watcher = node->watcher;

	if (!watcher)
		return;
	while (watcher->watches) {
		struct watch *watch = watcher->watches;

		watcher->watches = watch->next;
		close(watch->fd);
		free(watch);
	}
	if (watcher->doorbell >= 0)
		close(watcher->doorbell);
	if (watcher->always >= 0)
		close(watcher->always);
	free(watcher);
	node->watcher = NULL;
}
