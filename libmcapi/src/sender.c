/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sender.c - messages to a peer: ring, buffers, credits
 */
#include "channel.h"
#include "directory.h"
#include "node.h"
#include "peer.h"

#define PART_MAX 262144u	/* of a message that goes in parts */

static bool open_ring(struct peer *peer)
{
	struct link *link = peer->link;
	struct mcapi_wire_out *line = link_out(link, peer->section);
	const uint32_t slots = 1u << link->ring_log2;
	uint32_t off;

	off = link_ring_room(peer, slots * (uint32_t)sizeof(struct mcapi_wire_slot));
	if (off == HEAP_NONE)
		return false;
	peer->out = (struct ring_out){
		.slots = (struct mcapi_wire_slot *)(link->own.base + off),
		.mask = slots - 1,
	};
	peer->ret_in = (struct return_in){ 0 };
	/* No slot may show a sequence that will be valid. */
	own_clear(&link->own, peer->out.slots, slots * sizeof(struct mcapi_wire_slot));
	own_store(&link->own, &line->ring_off, link_line(link, off));
	own_store(&link->own, &line->ring_log2, link->ring_log2);
	own_store(&link->own, &line->ret_cons, 0);
	own_store(&link->own, &line->want, 0);
	own_store(&link->own, &line->urgent, 0);
	own_publish(&link->own, &line->epoch, peer->epoch);
	own_publish(&link->own, &link_head(link)->ring_seq, ++link->ring_seq);
	peer->want = peer->urgent = 0;
	peer->last_prio = 0;
	peer->out_open = true;
	return true;
}

/* The receiver makes the return ring when it opens ours. */
static bool open_returns(struct peer *peer, const struct mcapi_wire_in *line)
{
	struct link *link = peer->link;
	uint32_t off = peer_load(&line->ret_off);
	uint32_t log2 = peer_load(&line->ret_log2);
	const struct mcapi_wire_return *entries;

	if (!off)
		return false;
	if (log2 > 16 ||
	    !(entries = side_range(&link->theirs, peer->section, off,
				   (uint32_t)sizeof(*entries) << log2))) {
		peer_fault(peer, "its return ring is not in its section");
		return false;
	}
	peer->ret_in = (struct return_in){ .entries = entries, .mask = (1u << log2) - 1 };
	return true;
}

static void take_return(struct peer *peer, const struct mcapi_wire_return *entry)
{
	struct flow *flow = peer_flow(peer, entry->port);
	uint32_t credits = entry->value;

	if (!flow)
		return;
	if (entry->kind == MCAPI_WIRE_RET_BUFFER) {
		uint32_t first = link_line(peer->link, 0), bytes = 0;

		if (entry->value >= first &&
		    entry->value - first < peer->link->own.size / MCAPI_WIRE_LINE)
			bytes = heap_free(&peer->link->heap,
					  (entry->value - first) * MCAPI_WIRE_LINE,
					  HEAP_TAG_BUFFER(peer->section));
		if (!bytes) {
			peer_fault(peer, "it returned a buffer that it does not have");
			return;
		}
		flow->out.bytes = bytes < flow->out.bytes ? flow->out.bytes - bytes : 0;
		credits = 1;
	} else if (entry->kind != MCAPI_WIRE_RET_CREDIT) {
		peer_fault(peer, "unknown kind of return");
		return;
	}
	/* Credits of an endpoint that was deleted since do not count for its successor. */
	if ((flow->out.gen & 0xff) == entry->gen)
		flow->out.outstanding -= credits < flow->out.outstanding ?
					 credits : flow->out.outstanding;
}

/* Takes back what the peer has acknowledged and returned. */
static void peer_reclaim(struct peer *peer)
{
	struct link *link = peer->link;
	const struct mcapi_wire_in *line = side_in(&link->theirs, peer->section, link->section);
	uint32_t prod, before;

	if (!peer->out_open || peer->faulted || peer_load(&line->epoch) != link->section_epoch)
		return;
	if (!ring_ack(&peer->out, peer_load(&line->ack))) {
		peer_fault(peer, "it acknowledged messages that were never sent");
		return;
	}
	if (!peer->ret_in.entries && !open_returns(peer, line))
		return;
	prod = peer_load(&line->ret_prod);
	if (prod - peer->ret_in.cons > peer->ret_in.mask + 1) {
		peer_fault(peer, "its return ring overflowed");
		return;
	}
	before = peer->ret_in.cons;
	while (peer->ret_in.cons != prod && !peer->faulted) {
		struct mcapi_wire_return entry;

		return_take(&peer->ret_in, &entry);
		take_return(peer, &entry);
	}
	if (peer->ret_in.cons == before)
		return;
	own_publish(&link->own, &link_out(link, peer->section)->ret_cons, peer->ret_in.cons);
	/* It may sleep on returns that found no room. */
	full_barrier();
	if (peer_load(&line->waiting))
		peer_poke(peer);
}

void peer_want(struct peer *peer, uint32_t want)
{
	if (peer->want == want || !peer->out_open)
		return;
	peer->want = want;
	own_publish(&peer->link->own, &link_out(peer->link, peer->section)->want, want);
	/* It may sleep on what it owes us. */
	if (want)
		peer_poke(peer);
}

uint32_t peer_max_message(struct peer *peer)
{
	uint32_t largest = peer->link->heap.largest;

	return largest < MCAPI_MAX_MESSAGE_SIZE ? largest : MCAPI_MAX_MESSAGE_SIZE;
}

/* So small that several are under way at once, whatever else the pool holds. */
uint32_t peer_max_part(struct peer *peer)
{
	const uint32_t part = peer->link->heap.largest / 8;

	return part < PART_MAX ? part : PART_MAX;
}

uint32_t peer_sent_gen(struct peer *peer, uint16_t port)
{
	const struct flow *flow = peer_flow(peer, port);

	return flow ? flow->out.gen : 0;
}

/* Is there an endpoint to send to, and may it have one more? */
static enum send_result check_credit(struct peer *peer, struct flow *flow, uint16_t port,
				     bool *gone)
{
	if (!flow->out.gen || peer_load(&flow->out.line->gen) != flow->out.gen) {
		struct mcapi_wire_endpoint line;
		uint32_t entry;

		if (!directory_find(peer, port, &entry, &line)) {
			*gone = true;
			return SEND_DONE;
		}
		flow->out.gen = line.gen;
		flow->out.line = &side_dir(&peer->link->theirs, peer->section)[entry];
		flow->out.credit = line.credit;
		flow->out.route = ring_route(port, line.gen, MCAPI_WIRE_SLOT_MSG);
		flow->out.outstanding = 0;
	}
	if (peer_load(&flow->out.line->attr[MCAPI_WIRE_ATTR_STATUS]) &
	    MCAPI_ENDP_ATTR_STATUS_CONNECTED)
		return SEND_CONNECTED;
	if (flow->out.outstanding >= flow->out.credit)
		peer_reclaim(peer);
	return flow->out.outstanding < flow->out.credit ? SEND_DONE : SEND_FULL;
}

uint32_t peer_room(struct peer *peer, uint16_t port)
{
	struct flow *flow = peer_flow(peer, port);
	bool gone = false;

	peer_reclaim(peer);
	if (!flow || check_credit(peer, flow, port, &gone) != SEND_DONE || gone)
		return 0;
	return flow->out.credit - flow->out.outstanding;
}

bool peer_has_slot(struct peer *peer)
{
	if (peer->faulted || (!peer->out_open && !open_ring(peer)))
		return false;
	if (ring_full(&peer->out))
		peer_reclaim(peer);
	return !peer->faulted && !ring_full(&peer->out);
}

void link_reclaim(struct link *link)
{
	struct peer *peer;

	link_for_each_peer(link, peer)
		if (!peer->dead)
			peer_reclaim(peer);
	channel_reclaim(link);
}

uint32_t link_ring_room(struct peer *peer, uint32_t bytes)
{
	struct link *link = peer->link;
	uint32_t off = heap_alloc(&link->heap, bytes, HEAP_TAG_RING(peer->section));

	if (off != HEAP_NONE)
		return off;
	link_reclaim(link);
	return heap_alloc(&link->heap, bytes, HEAP_TAG_RING(peer->section));
}

/*
 * A buffer for @len bytes. One endpoint may hold as much as is left for all
 * others: who does not receive stops its own senders and nobody else.
 */
static uint32_t get_buffer(struct peer *peer, const struct flow *flow, uint32_t len)
{
	struct heap *heap = &peer->link->heap;

	for (int try = 0; try < 2; try++) {
		if (flow->out.bytes + heap_rounded(len) <= heap->free_bytes) {
			uint32_t off = heap_alloc(heap, len,
						  HEAP_TAG_BUFFER(peer->section));

			if (off != HEAP_NONE)
				return off;
		}
		link_reclaim(peer->link);
	}
	return HEAP_NONE;
}

/* Copies the payload to a buffer; its line, or 0 if there is none. */
static uint32_t put_in_buffer(struct peer *peer, struct flow *flow, const struct outgoing *msg)
{
	struct link *link = peer->link;
	uint32_t off = get_buffer(peer, flow, msg->len);

	if (off == HEAP_NONE)
		return 0;
	own_copy(&link->own, link->own.base + off, msg->buffer, msg->len);
	flow->out.bytes += heap_rounded(msg->len);
	return link_line(link, off);
}

static enum send_result full(struct peer *peer, uint32_t lacks)
{
	peer->lacks = lacks;
	return peer->faulted ? SEND_DEAD : SEND_FULL;
}

enum send_result peer_send(struct peer *peer, const struct outgoing *msg)
{
	struct link *link = peer->link;
	const void *data = msg->buffer;
	uint32_t len = msg->len, words[4];
	uint16_t flags = 0;
	enum send_result result;
	struct flow *flow;
	bool gone = false;

	if (peer->faulted || !peer_alive(peer))
		return SEND_DEAD;
	if ((!peer->smooth || peer->out.prod % PEER_UNASKED == 0) && !peer_lived(peer))
		return SEND_DEAD;
	if (len > MCAPI_WIRE_INLINE && len > peer_max_message(peer))
		return SEND_SIZE;
	if (!peer->out_open && !open_ring(peer))
		return full(peer, MCAPI_WIRE_WANT_RETURNS);
	peer->smooth = link->constant;
	flow = peer_flow(peer, msg->dst_port);
	result = flow ? check_credit(peer, flow, msg->dst_port, &gone) : SEND_FULL;
	if (result != SEND_DONE)
		return result == SEND_FULL ? full(peer, MCAPI_WIRE_WANT_RETURNS) : result;
	if (gone || (msg->gen && msg->gen != flow->out.gen))
		return SEND_DONE;
	if (ring_full(&peer->out)) {
		peer_reclaim(peer);
		if (peer->faulted || ring_full(&peer->out))
			return full(peer, MCAPI_WIRE_WANT_SLOTS);
	}

	if (len > MCAPI_WIRE_INLINE || msg->total) {
		words[0] = put_in_buffer(peer, flow, msg);
		if (!words[0])
			return full(peer, MCAPI_WIRE_WANT_RETURNS);
		flags = MCAPI_WIRE_SLOT_BUFFER;
		data = words;
		len = sizeof(words[0]);
		if (msg->total) {
			flags |= MCAPI_WIRE_SLOT_PART;
			words[1] = msg->total;
			words[2] = msg->serial;
			words[3] = msg->offset;
			len = sizeof(words);
		}
	}
	flow->out.outstanding++;
	/* Before the slot, so that who sees the slot sees that it comes first. */
	if (msg->prio < peer->last_prio)
		own_publish(&link->own, &link_out(link, peer->section)->urgent, ++peer->urgent);
	peer->last_prio = msg->prio;
	ring_put(&peer->out, &link->own,
		 flow->out.route | msg->src_port | (uint64_t)msg->prio << RING_ROUTE_PRIO,
		 msg->len, flags, data, len);
	peer_poke(peer);
	look_after_send(peer);
	return SEND_DONE;
}
