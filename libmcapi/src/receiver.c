/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receiver.c - messages from a peer: ring, validation
 */
#include "control.h"
#include "endpoint.h"
#include "lane.h"
#include "peer.h"
#include "queue.h"

#define RING_LOG2_MIN 4u
#define RING_LOG2_MAX 16u

/* Says how far the ring was consumed. */
static void acknowledge(struct peer *peer)
{
	struct link *link = peer->link;

	peer->in.acked = peer->in.cons;
	own_publish(&link->own, &link_in(link, peer->section)->ack, peer->in.acked);
	peer_poke(peer);
}

static void open_ring(struct peer *peer)
{
	struct link *link = peer->link;
	const struct mcapi_wire_out *out = peer->its_out;
	struct mcapi_wire_in *line = link_in(link, peer->section);
	const struct mcapi_wire_slot *slots;
	uint32_t log2, off;

	if (peer_load(&out->epoch) != link->section_epoch)
		return;
	own_store(&link->own, &line->ack, 0);
	own_store(&link->own, &line->ret_off, 0);
	own_store(&link->own, &line->ret_prod, 0);
	own_store(&link->own, &line->waiting, 0);
	/*
	 * From here on the section stays as it is should its owner die. The barrier
	 * orders this claim before the look at the owner line: who hands the section
	 * out again makes the line free first and looks for claims afterwards.
	 */
	own_publish(&link->own, &line->epoch, peer->epoch);
	full_barrier();
	if (peer_load(&peer->owner->state) == MCAPI_WIRE_OWNER_FREE ||
	    peer_load(&peer->owner->epoch) != peer->epoch)
		return;

	off = peer_load(&out->ring_off);
	log2 = peer_load(&out->ring_log2);
	if (log2 < RING_LOG2_MIN || log2 > RING_LOG2_MAX ||
	    !(slots = side_range(&link->theirs, peer->section, off,
				 (uint32_t)sizeof(*slots) << log2))) {
		peer_fault(peer, "its ring is not in its section");
		return;
	}
	if (!returns_open(peer, line, log2))
		return;
	peer->in = (struct ring_in){ .slots = slots, .mask = (1u << log2) - 1 };
	peer->urgent_seen = 0;
	peer->returns_wait = false;
	peer->in_open = true;
	peer_poke(peer);
}

const void *peer_buffer(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	uint32_t line;

	memcpy(&line, slot->data, sizeof(line));
	return side_range(&peer->link->theirs, peer->section, line, slot->len);
}

/* Does the slot make sense at all? What it says of endpoints is checked later. */
static const char *slot_fault(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	if (slot->kind == MCAPI_WIRE_SLOT_CONTROL)
		return slot->len == sizeof(struct mcapi_wire_control) && !slot->flags ?
		       NULL : "impossible control message";
	if (slot->kind != MCAPI_WIRE_SLOT_MSG)
		return "unknown kind of slot";
	if (slot->prio > MCAPI_MIN_PRORITY)
		return "impossible priority";
	if (slot->flags & MCAPI_WIRE_SLOT_BUFFER) {
		if (slot->len > MCAPI_MAX_MESSAGE_SIZE || !peer_buffer(peer, slot))
			return "its buffer is not in its section";
	} else if (slot->len > MCAPI_WIRE_INLINE) {
		return "inline payload longer than a slot";
	}
	return slot->flags & MCAPI_WIRE_SLOT_PART ? lane_fault(slot) : NULL;
}

/* The flow to a live endpoint; NULL if it was deleted while the message was on its way. */
static struct flow *flow_to(struct peer *peer, const struct endpoint *endpoint,
			    const struct mcapi_wire_slot *slot)
{
	struct flow *flow = peer_flow(peer, slot->dst_port);

	if (!endpoint || !flow || (uint16_t)endpoint->gen != slot->dst_gen)
		return NULL;
	if (flow->in.gen != endpoint->gen) {
		peer->owed -= flow->in.owed;
		memset(&flow->in, 0, sizeof(flow->in));
		flow->in.gen = endpoint->gen;
		flow->in.route = ring_route(endpoint->port, endpoint->gen, MCAPI_WIRE_SLOT_MSG);
		flow->in.limit = peer->link->credit / 2;
		flow->in.batch = 1;
	}
	return flow;
}

static void deliver(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	struct endpoint *endpoint = endpoint_by_port(peer->node, slot->dst_port);
	const struct flow *flow = flow_to(peer, endpoint, slot);

	if (!flow) {
		/* Dropped, and what it used goes back. */
		peer_return(peer, slot);
		return;
	}
	if (flow->in.queued >= peer->link->credit) {
		peer_fault(peer, "it sent more than its credit");
		return;
	}
	if ((peer->lanes || (slot->flags & MCAPI_WIRE_SLOT_PART)) &&
	    lane_take(endpoint, peer, slot))
		return;
	if (!endpoint_deliver(endpoint, peer, slot))
		peer_return(peer, slot);
}

/* One slot more was consumed. */
static void consumed_one(struct peer *peer)
{
	peer->in.cons++;
	/* In quarters of the ring, so that the sender's line moves rarely. */
	if (peer->in.cons - peer->in.acked > peer->in.mask / 4)
		acknowledge(peer);
}

/* Takes the next slot out of the ring; false if that is empty. */
static bool deliver_next(struct peer *peer)
{
	struct mcapi_wire_slot slot;
	const char *fault;

	if (!ring_peek(&peer->in, &slot))
		return false;
	fault = slot_fault(peer, &slot);
	if (!fault && slot.kind == MCAPI_WIRE_SLOT_CONTROL)
		fault = control_handle(peer, &slot);
	else if (!fault)
		deliver(peer, &slot);
	if (fault) {
		peer_fault(peer, fault);
		return false;
	}
	consumed_one(peer);
	return !peer->faulted;
}

bool peer_stirs(struct peer *peer)
{
	if (peer->faulted)
		return false;
	if (!peer->in_open) {
		uint32_t seq = peer_load(&side_node(&peer->link->theirs, peer->section)->ring_seq);

		if (seq == peer->ring_seq)
			return false;
		open_ring(peer);
		if (!peer->in_open)
			return false;
		peer->ring_seq = seq;
	}
	return ring_ready(&peer->in);
}

void peer_drain(struct peer *peer, bool (*done)(void *arg), void *arg)
{
	uint32_t left;

	/* One round at most: who sends without end must not keep us here. */
	for (left = peer->in.mask + 1; left; left--) {
		/* What our memory has no room for stays in the sender's. */
		if (!peer_fits(peer) || !deliver_next(peer) || (done && done(arg)))
			break;
	}
	peer->node->more |= !left;
	if (peer->in.acked != peer->in.cons && peer_wanted(peer) == MCAPI_WIRE_WANT_SLOTS)
		acknowledge(peer);
}

void peer_reorder(struct peer *peer)
{
	/* Before the look at the ring: what comes later counts as news again. */
	peer->urgent_seen = peer_load(&peer->its_out->urgent);
	peer_drain(peer, NULL, NULL);
}

/* Is it time to return what @flow owes? */
static bool due(struct peer *peer, struct flow *flow)
{
	if (flow->in.owed >= flow->in.limit)
		return true;
	if (flow->in.owed < flow->in.batch || !peer_wanted(peer))
		return false;
	/*
	 * A sender that waits gets one at once, so that it goes on, then ever more: one by
	 * one, both would work in lock step for as long as it is the faster one.
	 */
	if (flow->in.batch < peer->link->credit / 4)
		flow->in.batch *= 2;
	return true;
}

static void credit_one(struct peer *peer, struct flow *flow, uint16_t port)
{
	flow->in.owed++;
	peer->owed++;
	if (due(peer, flow))
		returns_credits(peer, flow, port);
}

void peer_return(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	struct flow *flow = peer_flow(peer, slot->dst_port);

	if (peer->dead || peer->faulted || !flow)
		return;
	if (slot->flags & MCAPI_WIRE_SLOT_BUFFER) {
		returns_buffer(peer, slot);
		return;
	}
	if ((uint16_t)flow->in.gen != slot->dst_gen)
		return;		/* the sender starts afresh with the next generation */
	credit_one(peer, flow, slot->dst_port);
}

/* Anything but a small message for @endpoint. */
__attribute__((noinline))
static bool take_other(struct peer *peer, struct endpoint *endpoint, struct landing *landing)
{
	struct mcapi_wire_slot slot;
	bool landed;

	if (!ring_peek(&peer->in, &slot) || slot.kind != MCAPI_WIRE_SLOT_MSG ||
	    slot.dst_port != endpoint->port || (slot.flags & MCAPI_WIRE_SLOT_PART) ||
	    peer->lanes || slot_fault(peer, &slot) || !flow_to(peer, endpoint, &slot)) {
		deliver_next(peer);
		return false;
	}
	landed = landing_take(landing, endpoint, peer, &slot, slot.data);
	peer_return(peer, &slot);
	consumed_one(peer);
	return landed;
}

bool peer_take(struct peer *peer, struct endpoint *endpoint, struct landing *landing)
{
	const struct mcapi_wire_slot *place = ring_place(&peer->in);
	const struct ring_head head = ring_head(place);
	struct flow *flow = peer_flow(peer, endpoint->port);

	if (!flow || flow->in.gen != endpoint->gen || ring_route_to(head.route) != flow->in.route ||
	    head.route >> RING_ROUTE_PRIO > MCAPI_MIN_PRORITY || head.flags ||
	    head.len > MCAPI_WIRE_INLINE || peer->lanes)
		return take_other(peer, endpoint, landing);
	landing_take_small(landing, endpoint, head.len, place->data);
	credit_one(peer, flow, endpoint->port);
	consumed_one(peer);
	return true;
}
