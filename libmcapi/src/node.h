/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * node.h - an initialised node of this process
 *
 * One lock for each node. A call enters a node, which takes the lock, looks at
 * the links if it waits for something there, and leaves it. Threads that wait
 * share one sleeper: the first one sleeps in the kernel for all, the others wait
 * until it comes back.
 */
#ifndef NODE_H
#define NODE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "link.h"
#include "lock.h"
#include "mcapix.h"
#include "thread.h"
#include "watch.h"

struct buffers;
struct channel;
struct channel_slot;
struct endpoint;
struct message;
struct peer;
struct request;
struct watcher;

#define NODE_REQUESTS 4096u
#define NODE_ENDPOINTS MCAPI_WIRE_MAX_ENDPOINTS
#define NODE_HOT 4u

/* How long a call looks for what it waits for before it sleeps; wait.c. */
struct spin {
	uint32_t us;		/* or MCAPIX_SPIN_ADAPTIVE, _BUSY */
	uint32_t wake_ns;	/* what a wake-up costs */
	bool measured;
	uint32_t vain;		/* times in a row that looking was in vain */
};

struct said {			/* why a call failed; detail.c */
	bool any;
	char text[512];
};

struct node {
	struct node *next;		/* in the registry */
	struct lock lock;
	uint64_t serial;		/* of this life of the struct; 0: it ended. Atomic */
	uint32_t calls;			/* that gave up the lock to wait, and come back */
	pthread_cond_t changed;		/* signalled when the sleeper comes back */
	uint32_t domain, number;
	uint32_t index;			/* of both: the upper half of own endpoints' handles */
	bool open;			/* registry.c: the struct is in use */

	struct link *links;
	struct peer **routes;		/* by domain << 8 | node */
	uint8_t *seen;			/* bit set: that node was there once */

	struct endpoint **ports;	/* by port */
	uint8_t *ported;		/* bit set: there was an endpoint with that port once */
	struct endpoint *endpoints;
	uint32_t next_port;
	uint32_t last_gen;		/* of the newest endpoint */
	uint32_t last_serial;		/* of the newest message that goes in parts */
	uint32_t *entry_gen;		/* truth of the directories' generations */
	struct message *free_messages;

	struct request *requests[NODE_REQUESTS];
	uint32_t request_count;
	uint32_t first_gen;		/* of their handles */
	struct request *reusable, **reusable_tail;	/* oldest first */
	struct request *sends;		/* pending, by priority, then by age */
	struct request *gets;		/* pending */
	struct request *connects;	/* pending */
	uint32_t last_tag;		/* of a request to another node */
	uint32_t dependants;		/* requests that the death of some peer ends */
	uint32_t looks;			/* since it was last asked whether these live */
	uint32_t controls;		/* control messages that wait for room */
	uint64_t faults_seen;		/* those whose channels know */

	struct channel_slot *channels;	/* by the low bits of the handle; NULL until needed */
	uint32_t next_channel, channel_gen;
	struct channel *channel_list;
	struct channel *busy;		/* channels to look at */
	struct buffers *buffers;	/* in the program's hands; NULL until needed */

	/* look.c: whose rings are looked at */
	struct peer **watch;		/* all peers of all links */
	uint32_t watched, watch_max;
	uint32_t turn;			/* of those in watch, who is looked at next */
	struct peer *hot[NODE_HOT];	/* those that had something lately */
	uint32_t hots, hot_turn;

	bool sleeping;			/* some thread is the sleeper */
	bool more;			/* the last look did not reach the end of a ring */
	bool tell;			/* there are events for the program's function */
	uint32_t waiters;		/* threads that wait, the sleeper included */
	uint32_t delivered;		/* counts what a waiting thread may wait for */
	uint32_t sleeper_saw;		/* its value when the sleeper last looked */
	struct spin spin;

	bool armed;			/* the links say that this node sleeps */
	struct watcher *watcher;	/* NULL until the program wants a file descriptor */
	struct event_queue events;

	struct said passed_over;	/* the first device that was found and could not be used */
	struct mcapix_stats stats;
};

/* The way in of a thread that has no node, or whose node ended. */
struct node *node_enter_any(mcapi_status_t *status);

/* For those who are inside: another thread may come in meanwhile. */
static inline void node_lock(struct node *node)
{
	lock_take(&node->lock, this_thread.owner);
}

static inline void node_unlock(struct node *node)
{
	lock_drop(&node->lock, this_thread.owner);
}

/* Locks the node if it still is the one that was found; false if it ended. */
static inline bool node_come_in(struct node *node, uint64_t serial)
{
	node_lock(node);
	if (__builtin_expect(__atomic_load_n(&node->serial, __ATOMIC_RELAXED) == serial, 1))
		return true;
	node_unlock(node);
	return false;
}

/* The calling thread's node, locked; NULL with ERR_NODE_NOTINIT. */
static inline struct node *node_enter(mcapi_status_t *status)
{
	struct node *node = this_thread.node;

	/* Not stored without need: see express.c. */
	if (this_thread.detail)
		this_thread.detail = false;
	if (node && node_come_in(node, this_thread.serial))
		return node;
	return node_enter_any(status);
}

/* This call may have taken something that the sleeping thread waits for. */
void node_wake_sleeper(struct node *node);

static inline void node_leave(struct node *node)
{
	if (node->sleeping)
		node_wake_sleeper(node);
	if (__builtin_expect(node->tell, 0))
		event_tell(node);
	if (node->watcher)
		watch_leave(node);
	node_unlock(node);
}

/* Are these numbers possible? */
mcapi_status_t node_check_id(mcapi_domain_t domain, mcapi_node_t number);

/* Attaches to all links; false with a detail. */
bool node_open(struct node *node, uint32_t domain, uint32_t number);
void node_close(struct node *node);
/* In a forked child. */
void node_forget(struct node *node);

/* Looks at all links and all peers: who is new, messages, returns, requests that can go on. */
void node_progress(struct node *node);
/*
 * Looks at those peers that had something lately and at some others, until
 * done(@arg); @done may be NULL. Who looks again and again looks at all of them.
 */
void node_look(struct node *node, bool (*done)(void *arg), void *arg);

/*
 * Looks at one of the others, and will look at it each time if it has something. Who
 * had something lately takes turns.
 */
void look_around(struct node *node);

bool look_add(struct node *node, struct peer *peer);
void look_remove(struct node *node, struct peer *peer);
/* This peer had something: look at it at each look. */
void look_keep(struct node *node, struct peer *peer);
/* It was sent something: if it is the node itself, look at it at each look. */
void look_after_send(struct peer *peer);

void spin_init(struct spin *spin);
/* A wake-up was measured. */
void spin_woken(struct spin *spin, uint32_t ns);

/*
 * Waits until done(@arg) or @deadline (ns, CLOCK_MONOTONIC; NODE_FOREVER). The
 * lock is given up while asleep. Returns done(@arg).
 */
bool node_wait(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline);

#define NODE_FOREVER INT64_MAX

int64_t node_now(void);
int64_t node_deadline(mcapi_timeout_t ms);

/* Of a node in tables: the upper half of its endpoints' handles. */
static inline uint32_t node_index(uint32_t domain, uint32_t number)
{
	return domain << 8 | number;
}

/* Peer of a domain and node number, or NULL. */
static inline struct peer *node_route(struct node *node, uint32_t domain, uint32_t number)
{
	return node->routes[node_index(domain, number)];
}

void node_route_add(struct node *node, struct peer *peer);
void node_route_del(struct node *node, struct peer *peer);
bool node_seen(struct node *node, uint32_t domain, uint32_t number);

/* Tries pending operations again. */
void message_retry(struct node *node);
/* A send ends before all its parts are sent: the receiver need not keep them. */
void message_abandon(struct node *node, const struct request *req);
void endpoint_retry(struct node *node);

/* The sleep of node_wait(), in sleep.c. */
void sleep_until_poked(struct node *node, bool (*done)(void *arg), void *arg, int64_t deadline);
/* Says on all links that this node sleeps; what comes after it is the look once more. */
void sleep_arm(struct node *node, bool by_fd);
void sleep_disarm(struct node *node);
/* Somebody died: do not trust what was known of who lives. */
void sleep_doubt_peers(struct node *node);

/* ---- detail.c: why the last call of this thread failed ---- */

__attribute__((format(printf, 1, 2))) void detail(const char *format, ...);
/* A status of which nobody has said more yet: the sentence for its code. Returns it. */
mcapi_status_t failed(mcapi_status_t status);

/* What was said, for later; or while a function of the program runs inside a call. */
void detail_keep(struct said *said);
void detail_restore(const struct said *said);

#endif /* NODE_H */
