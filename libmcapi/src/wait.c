/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wait.c - how a call waits: it looks for twice as long as a wake-up would cost, then sleeps
 *
 * A peer that answers within that time is answered without a system call on
 * either side. Where looking is in vain again and again, it is only tried now
 * and then. The processor is not given up while looking, the lock is, to who
 * waits for it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "node.h"
#include "peer.h"

#define WAKE_NS 30000		/* what a wake-up costs, until one was measured */
#define WAKE_MIN_NS 2000
#define WAKE_MAX_NS 50000

#define VAIN_MAX 4u		/* so often in vain, and it is tried only each ... */
#define VAIN_TRY 16u		/* ... so many times */

#define LOOKS_PER_CLOCK 16u	/* a look is cheaper than a look at the clock */

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

/* ---- looking ---- */

void spin_init(struct spin *spin)
{
	const char *named = getenv("MCAPI_SPIN");

	*spin = (struct spin){ .us = MCAPIX_SPIN_ADAPTIVE, .wake_ns = WAKE_NS };
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		spin->us = 0;
	if (named && !strcmp(named, "busy"))
		spin->us = MCAPIX_SPIN_BUSY;
	else if (named && *named)
		spin->us = (uint32_t)strtoul(named, NULL, 10);
}

void spin_woken(struct spin *spin, uint32_t ns)
{
	if (ns < WAKE_MIN_NS)
		ns = WAKE_MIN_NS;
	if (ns > WAKE_MAX_NS)
		ns = WAKE_MAX_NS;
	/* The first one counts as it is, later ones a little. */
	spin->wake_ns = spin->measured ? spin->wake_ns - spin->wake_ns / 8 + ns / 8 : ns;
	spin->measured = true;
}

/* How long to look this time. */
static int64_t spin_time(struct spin *spin)
{
	if (spin->us == MCAPIX_SPIN_BUSY)
		return NODE_FOREVER;
	if (spin->us != MCAPIX_SPIN_ADAPTIVE)
		return spin->us * INT64_C(1000);
	if (spin->vain >= VAIN_MAX && spin->vain % VAIN_TRY) {
		spin->vain++;
		return 0;
	}
	/* Its answer comes after its own wake-up: with less, two that sleep never meet. */
	return 2 * (int64_t)spin->wake_ns;
}

static bool look_for(struct node *node, bool (*done)(void *arg), void *arg, int64_t time,
		     int64_t deadline)
{
	int64_t until = 0;

	for (unsigned int looks = 1;; looks++) {
		relax();
		if (lock_contended(&node->lock))
			lock_yield(&node->lock, this_thread.owner);
		node_look(node, done, arg);
		if (done(arg)) {
			node->spin.vain = 0;
			return true;
		}
		if (node->tell)
			event_tell(node);
		/* While the lock was given up, another thread may have gone to sleep. */
		if (node->sleeping)
			return false;
		if (looks % LOOKS_PER_CLOCK || (time == NODE_FOREVER && deadline == NODE_FOREVER))
			continue;
		if (!until)
			until = time == NODE_FOREVER || deadline - node_now() < time ?
				deadline : node_now() + time;
		else if (node_now() >= until)
			break;
	}
	node->spin.vain++;
	return false;
}

/* ---- waiting ---- */

static void wait_for_sleeper(struct node *node, int64_t deadline)
{
	struct timespec at = { deadline / 1000000000, deadline % 1000000000 };

	node->waiters++;
	if (deadline == NODE_FOREVER)
		pthread_cond_wait(&node->changed, &node->lock.mutex);
	else
		pthread_cond_timedwait(&node->changed, &node->lock.mutex, &at);
	node->waiters--;
}

static bool wait_until(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline)
{
	node_look(node, done, arg);
	while (!done(arg)) {
		int64_t spin;

		if (node->tell)
			event_tell(node);
		if (deadline != NODE_FOREVER && deadline <= node_now()) {
			/* Only who looked everywhere may say that there is nothing. */
			node_progress(node);
			return done(arg);
		}
		if (node->sleeping) {
			/* This look may serve the sleeper, or tell it whom to watch. */
			node_progress(node);
			if (done(arg))
				break;
			node_wake_sleeper(node);
			wait_for_sleeper(node, deadline);
			continue;
		}
		spin = spin_time(&node->spin);
		if (spin && look_for(node, done, arg, spin, deadline))
			break;
		if (node->sleeping)
			continue;
		node->sleeping = true;
		sleep_until_poked(node, done, arg, deadline);
		node->sleeping = false;
		if (node->waiters)
			pthread_cond_broadcast(&node->changed);
	}
	return true;
}

bool node_wait(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline)
{
	bool result;

	node->calls++;
	result = wait_until(node, done, arg, deadline);
	node->calls--;
	return result;
}

void node_wake_sleeper(struct node *node)
{
	/* The sleeper's own thread does not run: what we drained for it must wake it. */
	if (node->delivered != node->sleeper_saw) {
		struct link *local = node->links;
		struct peer *self = local->peers[local->section];

		node->sleeper_saw = node->delivered;
		if (self)
			peer_poke(self);
	}
}

void mcapix_spin_set(uint32_t us, mcapi_status_t *status)
{
	struct node *node = node_enter(status);

	if (!node)
		return;
	node->spin.us = us;
	node->spin.vain = 0;
	*status = MCAPI_SUCCESS;
	node_leave(node);
}
