/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * returns.c - what goes back to a peer for its messages: credits, buffers
 */
#include <stdlib.h>

#include "lane.h"
#include "peer.h"

#define RETURNS_LOG2_MAX 10u
#define BACKLOG_MAX 65536u

/* The return ring is ours and was made for this peer, like the rings to it. */
bool returns_open(struct peer *peer, struct mcapi_wire_in *line, uint32_t ring_log2)
{
	struct link *link = peer->link;
	const uint32_t log2 = ring_log2 < RETURNS_LOG2_MAX ? ring_log2 : RETURNS_LOG2_MAX;
	uint32_t off = link_ring_room(peer, (uint32_t)sizeof(struct mcapi_wire_return) << log2);

	if (off == HEAP_NONE)
		return false;
	peer->ret_out = (struct return_out){
		.entries = (struct mcapi_wire_return *)(link->own.base + off),
		.mask = (1u << log2) - 1,
	};
	own_store(&link->own, &line->ret_log2, log2);
	own_publish(&link->own, &line->ret_off, link_line(link, off));
	return true;
}

/* Tells the peer that it has to ring when it has taken returns. */
static void returns_wait(struct peer *peer, bool wait)
{
	if (peer->returns_wait == wait)
		return;
	peer->returns_wait = wait;
	own_publish(&peer->link->own, &link_in(peer->link, peer->section)->waiting, wait);
	/* It may have made room before it could see this: whoever waits looks once more. */
	if (wait)
		full_barrier();
}

/*
 * Returns of buffers that found the ring full wait here, in order. Its section has not
 * as many: who brings more makes them up.
 */
static void backlog_add(struct peer *peer, const struct mcapi_wire_return *entry)
{
	if (peer->backlog_len == BACKLOG_MAX) {
		peer_fault(peer, "it does not take what is returned to it");
		return;
	}
	if (peer->backlog_len == peer->backlog_max) {
		uint32_t max = peer->backlog_max ? peer->backlog_max * 2 : 64;
		struct mcapi_wire_return *grown =
			realloc(peer->backlog, max * sizeof(*grown));

		if (!grown)
			return;		/* the peer loses a credit; nothing else is harmed */
		peer->backlog = grown;
		peer->backlog_max = max;
	}
	peer->backlog_len++;
	returns_wait(peer, true);
	peer->backlog[peer->backlog_len - 1] = *entry;
}

static uint32_t consumed(const struct peer *peer)
{
	return peer_load(&peer->its_out->ret_cons);
}

static void publish_returns(struct peer *peer)
{
	struct link *link = peer->link;

	own_publish(&link->own, &link_in(link, peer->section)->ret_prod, peer->ret_out.prod);
	peer_poke(peer);
}

/* Behind the backlog nothing goes into the ring, which it leaves in order. */
static bool return_fits(const struct peer *peer)
{
	return !peer->backlog_len && !return_full(&peer->ret_out, consumed(peer));
}

static bool put_return(struct peer *peer, const struct mcapi_wire_return *entry)
{
	if (!return_fits(peer))
		return false;
	return_put(&peer->ret_out, &peer->link->own, entry);
	publish_returns(peer);
	return true;
}

/* Behind the backlog, as everything: buffers go back in order. */
void returns_buffer(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	struct mcapi_wire_return entry = {
		.kind = MCAPI_WIRE_RET_BUFFER,
		.gen = (uint8_t)slot->dst_gen,
		.port = slot->dst_port,
	};

	memcpy(&entry.value, slot->data, sizeof(entry.value));
	if (!put_return(peer, &entry))
		backlog_add(peer, &entry);
}

/*
 * What finds no room stays owed, and grows together with what comes: a peer that does not
 * run for a while costs nothing, however much it had sent.
 */
void returns_credits(struct peer *peer, struct flow *flow, uint16_t port)
{
	struct mcapi_wire_return entry = {
		.kind = MCAPI_WIRE_RET_CREDIT,
		.gen = (uint8_t)flow->in.gen,
		.port = port,
		.value = flow->in.owed,
	};

	if (!put_return(peer, &entry)) {
		returns_wait(peer, true);
		return;
	}
	peer->owed -= flow->in.owed;
	flow->in.owed = 0;
}

static void flush_backlog(struct peer *peer)
{
	uint32_t done = 0;

	while (done < peer->backlog_len && !return_full(&peer->ret_out, consumed(peer)))
		return_put(&peer->ret_out, &peer->link->own, &peer->backlog[done++]);
	if (!done)
		return;
	peer->backlog_len -= done;
	memmove(peer->backlog, peer->backlog + done, peer->backlog_len * sizeof(*peer->backlog));
	publish_returns(peer);
}

/* If there is no room, the peer knows that it has to ring for it. */
static bool room_to_return(struct peer *peer)
{
	if (return_fits(peer))
		return true;
	returns_wait(peer, true);
	return return_fits(peer);
}

static void return_all_credits(struct peer *peer)
{
	for (unsigned int page = 0; page < 256 && peer->owed; page++)
		for (unsigned int i = 0; peer->flows[page] && i < 256; i++) {
			struct flow *flow = &peer->flows[page][i];

			if (!flow->in.owed)
				continue;
			flow->in.batch = 1;
			returns_credits(peer, flow, (uint16_t)(page << 8 | i));
			if (flow->in.owed)
				return;
		}
}

void peer_settle(struct peer *peer)
{
	if (!peer->in_open)
		return;
	if (peer->lanes)
		lane_progress(peer);
	flush_backlog(peer);
	if (!peer->returns_wait && (!peer->owed || !peer_wanted(peer)))
		return;
	while (room_to_return(peer)) {
		returns_wait(peer, false);
		/* As long as there is more to take, credits go back in batches. */
		if (ring_ready(&peer->in) && peer_fits(peer))
			return;
		return_all_credits(peer);
		if (!peer->returns_wait)
			return;
	}
}
