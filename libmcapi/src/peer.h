/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer.h - another node, seen over a link
 *
 * Everything here is private memory. What the peer wrote is reached through the
 * read-only pointers of its rings and of its side, and is hostile input.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"
#include "ring.h"

struct endpoint;
struct landing;
struct lane;

/* Traffic with one port: @out to the peer's endpoint there, @in to the own one. */
struct flow {
	struct {
		uint64_t route;		/* of all slots to it */
		const struct mcapi_wire_endpoint *line;	/* in the peer's directory */
		uint32_t gen;		/* of the peer's endpoint; 0: look it up */
		uint32_t credit;	/* how many may be outstanding */
		uint32_t outstanding;
		uint32_t bytes;		/* of own buffers that are out */
	} out;
	struct {
		uint64_t route;		/* of all slots to it */
		uint32_t gen;		/* of the own endpoint */
		uint32_t queued;	/* in the own endpoint's queue, from this peer */
		uint32_t owed;		/* taken, credit not returned yet */
		uint32_t limit;		/* of what may be owed while none waits */
		uint32_t batch;		/* how many to return at once while the sender waits */
	} in;
	uint32_t held, held_gen;	/* times that the program got the peer's endpoint */
};

struct peer {
	/* What each message needs comes first. */
	struct link *link;
	struct node *node;
	const struct mcapi_wire_owner *owner;	/* its owner line */
	const uint32_t *wake_word;	/* odd while it sleeps */
	uint32_t epoch;
	bool dead;			/* no sends; kept while its buffers are queued here */
	bool faulted;			/* it broke the wire format: cut off */
	bool fences;			/* it fences for us before it sleeps */
	bool hot;			/* looked at at each look */
	bool smooth;			/* a small message may go to its ring at once; express.c */

	/* to the peer */
	bool out_open;
	uint8_t last_prio;		/* of the last message */
	struct ring_out out;

	/* from the peer */
	bool in_open;			/* there is a ring, and we may take from it */
	uint32_t urgent_seen;		/* of its out line, when its ring was last drained */
	const struct mcapi_wire_out *its_out;	/* its out line for us */
	struct ring_in in;
	uint32_t owed;			/* sum over the flows */
	uint32_t queued;		/* messages of this peer in private queues */
	struct lane *lanes;		/* long messages that come in parts */

	/* the rest of both */
	size_t lane_bytes;		/* private memory that they have */
	uint32_t dependants;		/* requests that its death ends */
	uint32_t want;			/* what the out line says that sends wait for */
	uint32_t lacks;			/* what the last send would have to wait for */
	uint32_t send_waits;		/* for what, found at the last look at pending sends */
	uint32_t urgent;		/* truth of the out line's word */
	struct return_in ret_in;	/* entries == NULL until the peer made it */
	uint32_t ring_seq;		/* of the peer's out table when last looked at */
	struct return_out ret_out;
	struct mcapi_wire_return *backlog;	/* buffers that found the ring full */
	uint32_t backlog_len, backlog_max;
	bool returns_wait;		/* in the backlog, or owed; it was told */

	uint32_t section;
	uint32_t domain, number;
	uint32_t held;			/* messages queued here whose payload is its buffer */
	uint32_t rung;			/* its wake_seq when it was last rung */
	uint32_t watch_index;		/* in the node's list */
	int death_fd;			/* of the link's death_fd(), -1 until asked for */
	bool watched;			/* death_fd is part of the node's doorbell */
	int wake_fd;			/* local link: its FIFO, -1 until needed */
	int64_t next_check;		/* when to ask the system again whether it lives */

	struct mcapi_wire_control *control;	/* what waits for room in the ring, in order */
	uint32_t control_len, control_max;

	struct flow *flows[256];	/* by high byte of the port */
};

/* @domain and @number are checked; NULL without memory. */
struct peer *peer_new(struct link *link, uint32_t section, uint32_t epoch,
		      uint32_t domain, uint32_t number);
void peer_free(struct peer *peer);

/* What its owner line tells. */
static inline bool peer_owned(const struct peer *peer)
{
	return peer_glance(&peer->owner->epoch) == peer->epoch &&
	       peer_glance(&peer->owner->state) == MCAPI_WIRE_OWNER_LIVE;
}

/* As far as can be told without asking the system; cheap. */
static inline bool peer_alive(struct peer *peer)
{
	return !peer->dead && link_up(peer->link) && peer_owned(peer);
}

/* Sends between two thoughts of whether the peer lives: who was killed has not said so. */
#define PEER_UNASKED 64u

/* Asks the system. */
bool peer_lives(struct peer *peer);
/* The same, unless it was asked a moment ago. */
bool peer_lived(struct peer *peer);

/*
 * The peer died or was cut off. What it had sent stays deliverable unless
 * @memory_gone. Frees the peer if nothing of it is held.
 */
void peer_dead(struct peer *peer, bool memory_gone);

/* It broke the wire format. */
void peer_fault(struct peer *peer, const char *what);

struct flow *peer_new_flow(struct peer *peer, uint16_t port);

/* The flow of a port, made if need be; NULL without memory. */
static inline struct flow *peer_flow(struct peer *peer, uint16_t port)
{
	struct flow *page = peer->flows[port >> 8];

	return __builtin_expect(page != NULL, 1) ? page + (port & 0xff) : peer_new_flow(peer, port);
}

/*
 * Does the peer sleep on what was just published? A peer that fences makes this
 * process execute a full barrier before it takes its last look, unless it says that
 * it sleeps too often for that: the compiler is all that must be kept in order here.
 */
static inline bool peer_asleep(const struct peer *peer)
{
	if (peer->fences) {
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		if (__builtin_expect(!(peer_glance(peer->wake_word) &
				       (MCAPI_WIRE_WAKE_ASLEEP | MCAPI_WIRE_WAKE_ASKS)), 1))
			return false;
	}
	full_barrier();
	return __builtin_expect(peer_glance(peer->wake_word) & MCAPI_WIRE_WAKE_ASLEEP, 0);
}

void peer_ring(struct peer *peer);

/* Wakes the peer if it sleeps. Call after publishing something for it. */
static inline void peer_poke(struct peer *peer)
{
	if (peer_asleep(peer))
		peer_ring(peer);
}

/* ---- sender.c ---- */

/*
 * SEND_SIZE: longer than a buffer can be, it must go in parts. SEND_CONNECTED: the
 * endpoint is an end of a channel.
 */
enum send_result { SEND_DONE, SEND_FULL, SEND_SIZE, SEND_CONNECTED, SEND_DEAD };

struct outgoing {
	const void *buffer;
	uint32_t len;
	uint16_t src_port, dst_port;
	uint8_t prio;
	/* of a part: the whole message's bytes, its number, where in it this part is */
	uint32_t total, serial, offset;
	uint32_t gen;			/* not 0: only to this endpoint, and no successor */
};

/* The heap is one for all peers: what any of them gave back counts. */
void link_reclaim(struct link *link);
/* heap_alloc() for a ring; what peers gave back counts. HEAP_NONE if there is no room. */
uint32_t link_ring_room(struct peer *peer, uint32_t bytes);
/* Is there a free slot in the ring to the peer? Makes the ring if need be. */
bool peer_has_slot(struct peer *peer);
enum send_result peer_send(struct peer *peer, const struct outgoing *msg);
/* Says what a send waits for; 0: none does. */
void peer_want(struct peer *peer, uint32_t want);
/* Longest message that goes in one buffer, and part of one that goes in several. */
uint32_t peer_max_message(struct peer *peer);
uint32_t peer_max_part(struct peer *peer);
/* Generation of the endpoint at @port that was sent to last. */
uint32_t peer_sent_gen(struct peer *peer, uint16_t port);
/* How many messages to the endpoint with @port find room now; it may be less than there will be. */
uint32_t peer_room(struct peer *peer, uint16_t port);

/* ---- receiver.c ---- */

/* What sends there wait for. */
static inline uint32_t peer_wanted(const struct peer *peer)
{
	return peer_load(&peer->its_out->want);
}

/* Is there something in the peer's ring, which is opened if need be? */
bool peer_stirs(struct peer *peer);
/* Delivers what is in the open ring, until done(@arg) if there is a @done. */
void peer_drain(struct peer *peer, bool (*done)(void *arg), void *arg);

#define PEER_NOTHING 0x100u
#define PEER_QUEUED_MAX 65536u	/* messages of one peer in private queues */

/* Does what the peer has sent fit in our memory? Of the dead it does: it is but a ring. */
static inline bool peer_fits(const struct peer *peer)
{
	return peer->queued < PEER_QUEUED_MAX || peer->dead;
}

/* The order of the ring is not the order to receive in, or the sender wants all of it. */
void peer_reorder(struct peer *peer);

/*
 * How urgent the next thing in the peer's ring is: the priority of a message, below
 * which there is none behind it; 0 for anything else; PEER_NOTHING.
 */
static inline unsigned int peer_next(struct peer *peer)
{
	const struct mcapi_wire_slot *next;

	if (!peer->in_open)
		return PEER_NOTHING;
	if (__builtin_expect(peer_load(&peer->its_out->urgent) != peer->urgent_seen ||
			     peer_wanted(peer) == MCAPI_WIRE_WANT_SLOTS, 0))
		peer_reorder(peer);
	if (!ring_ready(&peer->in) || !peer->in_open || !peer_fits(peer))
		return PEER_NOTHING;
	next = ring_place(&peer->in);
	return __atomic_load_n(&next->kind, __ATOMIC_RELAXED) == MCAPI_WIRE_SLOT_MSG ?
	       __atomic_load_n(&next->prio, __ATOMIC_RELAXED) : 0;
}

/*
 * Takes the next thing out of the ring, which is not empty. True if it was a message
 * for @endpoint, where nothing waits, and is now in @landing; else it was delivered.
 */
bool peer_take(struct peer *peer, struct endpoint *endpoint, struct landing *landing);
/* A message of the peer was taken: its credit, and its buffer if there is one, go back. */
void peer_return(struct peer *peer, const struct mcapi_wire_slot *slot);
/* Address of the buffer that a checked slot names. */
const void *peer_buffer(struct peer *peer, const struct mcapi_wire_slot *slot);

/* ---- returns.c ---- */

/* Makes the return ring and tells of it in @line; false without memory for it. */
bool returns_open(struct peer *peer, struct mcapi_wire_in *line, uint32_t ring_log2);
/* The buffer that a checked slot names goes back, now or when there is room for it. */
void returns_buffer(struct peer *peer, const struct mcapi_wire_slot *slot);
/* All credits that @flow owes to the sender to @port go back, if there is room for them. */
void returns_credits(struct peer *peer, struct flow *flow, uint16_t port);
/* Returns all that is owed. */
void peer_settle(struct peer *peer);

#endif /* PEER_H */
