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
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "futex.h"
#include "local.h"
#include "node.h"
#include "peer.h"

/* A fence for all costs as much as so many fences of one. */
#define FENCES_OF_ONE 1000u

#define ASLEEP_IN_FUTEX (MCAPI_WIRE_WAKE_ASLEEP | MCAPI_WIRE_WAKE_FUTEX)
#define ASLEEP_IN_POLL (MCAPI_WIRE_WAKE_ASLEEP | MCAPI_WIRE_WAKE_FIFO)

static struct local *local_of(struct link *link)
{
	return (struct local *)(link + 1);
}

/* The own wake word, without why it sleeps. */
static uint32_t own_state(const struct local *local)
{
	return local->sleeps | (local->asks ? MCAPI_WIRE_WAKE_ASKS : 0);
}

static bool local_alive(struct link *link, uint32_t section, uint32_t epoch)
{
	const struct mcapi_wire_owner *owner = side_owner(&link->theirs, section);

	if (peer_load(&owner->epoch) != epoch || peer_load(&owner->state) != MCAPI_WIRE_OWNER_LIVE)
		return false;
	if (section == link->section)
		return true;
	/* Who was killed has not said so. */
	link->node->stats.syscalls++;
	return local_locked(local_of(link), section);
}

static const uint32_t *local_wake_word(struct link *link, struct peer *peer, bool *fences)
{
	struct mcapi_wire_wake *wake = local_wake(local_of(link), peer->section);

	*fences = local_of(link)->fences && (peer_load(&wake->flags) & MCAPI_WIRE_WAKE_FENCES);
	return &wake->state;
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

/*
 * Who wakes may be killed at any instant. So the word says that the sleeper is to be
 * woken until it really is, and the next one who has something for it wakes it. The
 * price is that two may do so at once. Whoever comes late finds another sleep
 * there, and must not take that for woken: a FIFO has a bit that futex(2) leaves alone,
 * and futex(2) wakes whom it takes the bit from.
 */
static bool local_ring(struct link *link, struct peer *peer)
{
	struct mcapi_wire_wake *wake = local_wake(local_of(link), peer->section);
	uint32_t seen = __atomic_load_n(&wake->state, __ATOMIC_RELAXED);

	if (seen & MCAPI_WIRE_WAKE_FUTEX) {
		__atomic_store_n(&wake->woken_at, (uint32_t)node_now(), __ATOMIC_RELAXED);
		/* Nobody there: not yet asleep, or dead. The next send asks. */
		if (futex_clear_and_wake(&wake->state, MCAPI_WIRE_WAKE_FUTEX) < 1) {
			peer->next_check = 0;
			peer->smooth = false;
		}
		return true;
	}
	if (!(seen & MCAPI_WIRE_WAKE_FIFO) || !ring_fifo(local_of(link), peer))
		return false;
	__atomic_compare_exchange_n(&wake->state, &seen, seen & ~MCAPI_WIRE_WAKE_FIFO, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	return true;
}

/*
 * After this, either a sender sees that we sleep or our last look sees what it
 * has published. Without membarrier(2) both execute a full barrier between their
 * store and their load. With it, we execute both: if the barrier that it makes a
 * sender execute comes before the sender's load, that load sees our store; if it
 * comes after, the sender's store, which is before its load, is visible to us.
 *
 * A system call for each sleep is too much for who sleeps after each message: it asks
 * the others to fence. Whoever does not know yet is made to: the first time we fence
 * for all as well.
 */
static void local_arm(struct link *link, bool fd)
{
	struct local *local = local_of(link);
	const uint64_t received = link->node->stats.received;
	const bool asked = local->asks;

	local->asks = local->fences && received - local->received < FENCES_OF_ONE;
	local->received = received;
	local->sleeps += MCAPI_WIRE_WAKE_SLEEP;
	__atomic_store_n(&local_wake(local, link->section)->state, own_state(local) |
			 (fd ? ASLEEP_IN_POLL : ASLEEP_IN_FUTEX), __ATOMIC_SEQ_CST);
	if (local->fences && !(asked && local->asks)) {
		link->node->stats.syscalls++;
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0);
	}
	/* For those who could not be registered. */
	full_barrier();
}

static void local_disarm(struct link *link)
{
	struct local *local = local_of(link);

	__atomic_store_n(&local_wake(local, link->section)->state, own_state(local),
			 __ATOMIC_SEQ_CST);
}

static void local_sleep(struct link *link, int64_t deadline)
{
	struct local *local = local_of(link);
	struct mcapi_wire_wake *wake = local_wake(local, link->section);
	const struct timespec at = {
		.tv_sec = deadline / 1000000000,
		.tv_nsec = deadline % 1000000000,
	};

	if (futex_wait(&wake->state, own_state(local) | ASLEEP_IN_FUTEX,
		       deadline == NODE_FOREVER ? NULL : &at))
		spin_woken(&link->node->spin, (uint32_t)node_now() -
			   __atomic_load_n(&wake->woken_at, __ATOMIC_RELAXED));
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
	/* Should the process have gone before, its lock tells. */
	link->rescan = true;
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
	.alive = local_alive,
	.wake_word = local_wake_word,
	.ring = local_ring,
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
