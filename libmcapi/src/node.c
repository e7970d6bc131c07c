/* SPDX-License-Identifier: BSD-3-Clause */
#include "node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"
#include "peer.h"
#include "request.h"

/*
 * Before sleeping, look for as long as a wake-up would cost: a peer that answers
 * within that time is then answered without a system call on either side.
 */
#define SPIN_NS 30000

static void free_memory(struct node *node)
{
	free(node->routes);
	free(node->seen);
	free(node->ports);
	free(node->entry_gen);
	node->routes = NULL;
	node->seen = NULL;
	node->ports = NULL;
	node->entry_gen = NULL;
}

bool node_open(struct node *node, uint32_t domain, uint32_t number)
{
	pthread_condattr_t monotonic;

	memset(&node->stats, 0, sizeof(node->stats));
	node->domain = domain;
	node->number = number;
	node->next_port = MCAPI_MAX_PORT;
	node->last_gen = UINT32_MAX;
	node->reusable_tail = &node->reusable;
	node->spin_ns = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? SPIN_NS : 0;
	/* Sparse tables: the pages that are never touched cost nothing. */
	node->routes = calloc(65536, sizeof(*node->routes));
	node->seen = calloc(65536 / 8, 1);
	node->ports = calloc(65536, sizeof(*node->ports));
	node->entry_gen = calloc(NODE_ENDPOINTS, sizeof(*node->entry_gen));
	if (!node->routes || !node->seen || !node->ports || !node->entry_gen) {
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
	endpoint_free_all(node);
	request_free_all(node);
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
	for (struct link *link = node->links; link; link = link->next)
		link->ops->forget(link);
	node->links = NULL;
}

/* ---- routes ---- */

static uint32_t route_index(uint32_t domain, uint32_t number)
{
	return domain << 8 | number;
}

struct peer *node_route(struct node *node, uint32_t domain, uint32_t number)
{
	return node->routes[route_index(domain, number)];
}

void node_route_add(struct node *node, struct peer *peer)
{
	uint32_t index = route_index(peer->domain, peer->number);
	struct peer *known = node->routes[index];

	/* Who was there first keeps the name, as long as it lives. */
	if (!known || !peer_alive(known))
		node->routes[index] = peer;
	node->seen[index / 8] |= (uint8_t)(1u << index % 8);
	node->delivered++;
}

void node_route_del(struct node *node, struct peer *peer)
{
	struct peer **route = &node->routes[route_index(peer->domain, peer->number)];
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
}

bool node_seen(struct node *node, uint32_t domain, uint32_t number)
{
	uint32_t index = route_index(domain, number);

	return node->seen[index / 8] & 1u << index % 8;
}

/* ---- progress ---- */

static void look_at_peers(struct link *link)
{
	struct peer *peer;

	link_for_each_peer(link, peer) {
		if (peer->dead) {
			if (!peer->held)
				peer_free(peer);
			continue;
		}
		peer_drain(peer);
		peer_settle(peer);
	}
}

void node_progress(struct node *node)
{
	node->more = false;
	for (struct link *link = node->links; link; link = link->next) {
		link_scan(link);
		if (link->epoch)
			look_at_peers(link);
	}
	if (node->sends)
		message_retry(node);
	if (node->gets)
		endpoint_retry(node);
}

/* ---- waiting ---- */

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
	__asm__ volatile("yield");
#endif
}

static bool look_again(struct node *node, bool (*done)(void *arg), void *arg, int64_t until)
{
	while (node_now() < until) {
		relax();
		if (lock_contended(&node->lock))
			lock_yield(&node->lock, this_thread.owner);
		node_progress(node);
		if (done(arg))
			return true;
	}
	return false;
}

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

bool node_wait(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline)
{
	for (;;) {
		int64_t now;

		node_progress(node);
		if (done(arg))
			return true;
		now = node_now();
		if (deadline <= now)
			return false;
		if (node->sleeping) {
			/* This look may have served the sleeper, or told it whom to watch. */
			node_wake_sleeper(node);
			wait_for_sleeper(node, deadline);
			continue;
		}
		if (node->spin_ns &&
		    look_again(node, done, arg,
			       deadline - now > node->spin_ns ? now + node->spin_ns : deadline))
			return true;
		/* Another thread may have gone to sleep while we looked without the lock. */
		if (node->sleeping)
			continue;
		node->sleeping = true;
		sleep_until_poked(node, done, arg, deadline);
		node->sleeping = false;
		if (node->waiters)
			pthread_cond_broadcast(&node->changed);
	}
}

void node_wake_sleeper(struct node *node)
{
	/* The sleeper's own thread does not run: what we drained for it must wake it. */
	if (node->delivered != node->sleeper_saw) {
		struct link *local = node->links;

		node->sleeper_saw = node->delivered;
		if (local->peers[local->section])
			local->ops->poke(local, local->peers[local->section]);
	}
}
