/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link_local.c - the link between processes of one user on one system
 *
 * No driver. Wake words are outside the sections, in the control granule, where
 * the processes of one system may use atomics; an idle node sleeps in futex(2)
 * there, or in poll(2) on a FIFO when it has other links too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "local.h"
#include "node.h"
#include "peer.h"

#define CHECK_INTERVAL_NS 100000000	/* how long a send may trust a peer to live */

static struct local *local_of(struct link *link)
{
	return (struct local *)(link + 1);
}

static uint32_t local_epoch(struct link *link)
{
	return peer_load(&side_header(&link->mine)->boot_epoch);
}

static bool local_read_side(struct link *link)
{
	link->theirs = link->mine;
	return true;
}

static bool local_alive(struct link *link, uint32_t section, uint32_t epoch)
{
	const struct mcapi_wire_owner *owner = side_owner(&link->theirs, section);
	struct peer *peer = link->peers[section];
	int64_t now;

	if (peer_load(&owner->epoch) != epoch || peer_load(&owner->state) != MCAPI_WIRE_OWNER_LIVE)
		return false;
	if (section == link->section)
		return true;
	/* The system call is for those who died without a word; not at each message. */
	now = node_now();
	if (peer && peer->epoch == epoch && now < peer->next_check)
		return true;
	if (!local_locked(local_of(link), section))
		return false;
	if (peer)
		peer->next_check = now + CHECK_INTERVAL_NS;
	return true;
}

static bool ring_fifo(struct local *local, struct peer *peer)
{
	char name[24];

	if (peer->wake_fd < 0) {
		snprintf(name, sizeof(name), "wake.%u", peer->section);
		peer->wake_fd = openat(local->dir_fd, name,
				       O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	}
	/* Open for reading too, so that a dead node's FIFO raises no SIGPIPE. Full wakes as well. */
	return peer->wake_fd >= 0 && (write(peer->wake_fd, "", 1) == 1 || errno == EAGAIN);
}

static bool local_poke(struct link *link, struct peer *peer)
{
	struct local *local = local_of(link);
	uint32_t *word = local_wake_word(local, peer->section);
	uint32_t awake = MCAPI_WIRE_WAKE_AWAKE;

	full_barrier();
	if (__atomic_load_n(word, __ATOMIC_RELAXED) == MCAPI_WIRE_WAKE_AWAKE)
		return false;
	/* Exactly one of those who saw it asleep wakes it. */
	switch (__atomic_exchange_n(word, MCAPI_WIRE_WAKE_AWAKE, __ATOMIC_SEQ_CST)) {
	case MCAPI_WIRE_WAKE_FUTEX:
		syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
		return true;
	case MCAPI_WIRE_WAKE_FD:
		if (ring_fifo(local, peer))
			return true;
		/* Not woken after all: leave it to the next one who has something for it. */
		__atomic_compare_exchange_n(word, &awake, MCAPI_WIRE_WAKE_FD, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
		return false;
	default:
		return false;
	}
}

static void local_arm(struct link *link, bool fd)
{
	__atomic_store_n(local_wake_word(local_of(link), link->section),
			 fd ? MCAPI_WIRE_WAKE_FD : MCAPI_WIRE_WAKE_FUTEX, __ATOMIC_SEQ_CST);
}

static void local_disarm(struct link *link)
{
	__atomic_store_n(local_wake_word(local_of(link), link->section), MCAPI_WIRE_WAKE_AWAKE,
			 __ATOMIC_SEQ_CST);
}

static void local_sleep(struct link *link, int64_t deadline)
{
	struct timespec at = {
		.tv_sec = deadline / 1000000000,
		.tv_nsec = deadline % 1000000000,
	};

	syscall(SYS_futex, local_wake_word(local_of(link), link->section), FUTEX_WAIT_BITSET,
		MCAPI_WIRE_WAKE_FUTEX, deadline == NODE_FOREVER ? NULL : &at, NULL,
		FUTEX_BITSET_MATCH_ANY);
}

static int local_fd(struct link *link)
{
	return local_of(link)->fifo;
}

static void local_take(struct link *link)
{
	char sink[64];

	while (read(local_of(link)->fifo, sink, sizeof(sink)) == sizeof(sink))
		;
}

static int local_death_fd(struct link *link, struct peer *peer)
{
	if (peer->death_fd >= 0 || peer->section == link->section)
		return peer->death_fd;
	peer->death_fd = (int)syscall(SYS_pidfd_open,
				      peer_load(&side_owner(&link->theirs, peer->section)->pid), 0);
	/* Should the process have gone before, the next look at its lock will tell. */
	peer->next_check = 0;
	return peer->death_fd;
}

static void local_detach(struct link *link)
{
	local_release(link, local_of(link));
}

static void local_forget(struct link *link)
{
	struct local *local = local_of(link);

	/* A lock lives as long as any copy of its descriptor: the parent's must be the last. */
	close(local->fd);
	close(local->fifo);
	close(local->dir_fd);
}

static const struct link_ops local_ops = {
	.epoch = local_epoch,
	.read_side = local_read_side,
	.alive = local_alive,
	.poke = local_poke,
	.arm = local_arm,
	.disarm = local_disarm,
	.sleep = local_sleep,
	.fd = local_fd,
	.take = local_take,
	.death_fd = local_death_fd,
	.detach = local_detach,
	.forget = local_forget,
};

struct link *link_local_open(struct node *node)
{
	struct link *link = calloc(1, sizeof(*link) + sizeof(struct local));

	if (!link)
		return NULL;
	link->ops = &local_ops;
	link->node = node;
	snprintf(link->name, sizeof(link->name), "local link");
	if (!local_attach(link, local_of(link))) {
		link_close(link);
		return NULL;
	}
	return link;
}
