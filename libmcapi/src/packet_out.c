/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet_out.c - the send end of a packet channel: ring, buffers, parts
 */
#include "loan.h"
#include "packet.h"

#define RING_SLOTS_MIN 16u
#define RING_SLOTS_MAX 256u
#define RETURNS_LOG2_MIN 4u
#define RETURNS_LOG2_MAX 16u

/* ---- open ---- */

bool packet_out_open(struct channel *channel, struct mcapi_wire_control *open)
{
	struct link *link = channel->link;
	uint32_t slots = RING_SLOTS_MIN, log2 = 4, off;

	while (slots < RING_SLOTS_MAX && slots * 2 <= link->own.size / 16384) {
		slots *= 2;
		log2++;
	}
	off = heap_alloc(&link->heap, slots * (uint32_t)sizeof(struct mcapi_wire_slot),
			 HEAP_TAG_CHANNEL);
	if (off == HEAP_NONE)
		return false;
	channel->offs[0] = off;
	channel->packet_out.ring.slots = (struct mcapi_wire_slot *)(link->own.base + off);
	channel->packet_out.ring.mask = slots - 1;
	/* No slot may show a sequence that will be valid. */
	own_clear(&link->own, channel->packet_out.ring.slots,
		  slots * sizeof(struct mcapi_wire_slot));
	open->word[0] = link_line(link, off);
	open->word[1] = log2;
	return true;
}

const char *packet_out_opened(struct channel *channel, const struct mcapi_wire_control *open)
{
	const struct side *side = &channel->link->theirs;
	const uint32_t section = channel->peer->section, log2 = open->word[2];
	struct give_in *back = &channel->packet_out.back;

	channel->their_line = side_range(side, section, open->word[0],
					 sizeof(*channel->their_line));
	if (!channel->their_line)
		return "the lines of its channel are not in its section";
	if (log2 < RETURNS_LOG2_MIN || log2 > RETURNS_LOG2_MAX ||
	    !(back->entries = side_range(side, section, open->word[1],
					 (uint32_t)sizeof(*back->entries) << log2)))
		return "the return ring of its channel is not in its section";
	back->mask = (1u << log2) - 1;
	return NULL;
}

/* ---- buffers ---- */

/* What came back is ours again: a loan waits for the program, the rest is free. */
static bool take_back(struct channel *channel, uint32_t line)
{
	struct link *link = channel->link;
	const uint32_t first = link_line(link, 0), off = (line - first) * MCAPI_WIRE_LINE;
	struct buffer *loan = NULL;
	uint32_t bytes;

	if (line < first || line - first >= link->own.size / MCAPI_WIRE_LINE)
		return false;
	if (channel->loans)
		loan = buffer_find(channel->node, link->own.base + off);
	if (loan) {
		bytes = loan_came_back(loan);
	} else {
		bytes = heap_free(&link->heap, off, packet_out_tag(channel));
	}
	channel->packet_out.bytes -= bytes;
	channel->packet_out.count -= bytes != 0;
	return bytes;
}

void packet_out_reclaim(struct channel *channel)
{
	uint32_t line;

	if (!channel->packet_out.back.entries || !channel->peer)
		return;
	while (channel->packet_out.count && give_take(&channel->packet_out.back, &line)) {
		if (!take_back(channel, line)) {
			channel_fault(channel, "it returned a packet that it does not have");
			return;
		}
		channel->node->delivered++;
	}
}

/* The receiver waits, or does nothing at all: it has taken all that was sent. */
static bool all_taken(const struct channel *channel)
{
	return peer_load(&channel->their_line->ack) == channel->packet_out.ring.prod;
}

/*
 * A block for @len bytes. One channel may hold as much as is left for all
 * others: who does not release stops its own sender and nobody else. Who may wait
 * for more before it releases anything gets the next @part all the same: it copies
 * that and gives it back at once.
 */
uint32_t packet_get_block(struct channel *channel, uint32_t len, bool part)
{
	struct packet_out *out = &channel->packet_out;
	struct heap *heap = &channel->link->heap;

	for (int try = 0; try < 3; try++) {
		if (out->count <= out->back.mask &&
		    (out->bytes + heap_rounded(len) <= heap->free_bytes ||
		     (part && all_taken(channel)))) {
			const uint32_t off = heap_alloc(heap, len, packet_out_tag(channel));

			if (off != HEAP_NONE) {
				out->count++;
				out->bytes += heap_rounded(len);
				return off;
			}
		}
		if (!try)
			link_reclaim(channel->link);
		else
			loan_free_back(channel);
	}
	return HEAP_NONE;
}

/* ---- send ---- */

static bool has_slot(struct channel *channel)
{
	struct ring_out *ring = &channel->packet_out.ring;

	if (!ring_full(ring))
		return true;
	if (!ring_ack(ring, peer_load(&channel->their_line->ack))) {
		channel_fault(channel, "it acknowledged packets that were never sent");
		return false;
	}
	return !ring_full(ring);
}

/* @total: bytes of the packet that this is a part of, or 0. */
void packet_publish(struct channel *channel, uint32_t off, uint32_t len, uint32_t total)
{
	struct mcapi_wire_slot slot = {
		.len = len,
		.kind = MCAPI_WIRE_SLOT_PACKET,
		.flags = MCAPI_WIRE_SLOT_BUFFER | (total ? MCAPI_WIRE_SLOT_PART : 0),
	};
	const uint32_t words[2] = { link_line(channel->link, off), total };

	memcpy(slot.data, words, sizeof(words));
	ring_publish(&channel->packet_out.ring, &channel->link->own, &slot, sizeof(words));
}

static void gather(uint8_t *to, const struct iovec *piece, uint32_t skip, uint32_t len)
{
	for (; len; piece++) {
		size_t take = piece->iov_len;

		if (skip >= take) {
			skip -= (uint32_t)take;
			continue;
		}
		take -= skip;
		if (take > len)
			take = len;
		memcpy(to, (const uint8_t *)piece->iov_base + skip, take);
		to += take;
		len -= (uint32_t)take;
		skip = 0;
	}
}

static bool send_block(struct channel *channel, const struct iovec *pieces, uint32_t skip,
		       uint32_t len, uint32_t total)
{
	const struct own *own = &channel->link->own;
	const uint32_t off = packet_get_block(channel, len, total);

	if (off == HEAP_NONE)
		return false;
	own_check(own, own->base + off, len);
	gather(own->base + off, pieces, skip, len);
	packet_publish(channel, off, len, total);
	return true;
}

static void send_inline(struct channel *channel, const struct iovec *pieces, uint32_t len)
{
	struct mcapi_wire_slot slot = { .len = len, .kind = MCAPI_WIRE_SLOT_PACKET };

	gather(slot.data, pieces, 0, len);
	ring_publish(&channel->packet_out.ring, &channel->link->own, &slot, len);
}

/* A packet was begun whose rest will not come. */
static bool send_give_up(struct channel *channel)
{
	struct mcapi_wire_slot slot = {
		.kind = MCAPI_WIRE_SLOT_PACKET,
		.flags = MCAPI_WIRE_SLOT_PART,
	};

	if (!has_slot(channel))
		return false;
	ring_publish(&channel->packet_out.ring, &channel->link->own, &slot, 0);
	channel->packet_out.give_up = false;
	return true;
}

/*
 * In parts goes what is longer than any block, and what gets none although the
 * receiver has taken all that was sent: it may wait for this one before it
 * releases the others.
 */
static bool needs_parts(struct channel *channel, uint32_t len)
{
	return len > channel->link->heap.largest ||
	       (channel->packet_out.count && all_taken(channel));
}

static uint32_t part_size(const struct link *link)
{
	return link->heap.largest / 4;
}

bool packet_has_slot(struct channel *channel)
{
	return (!channel->packet_out.give_up || send_give_up(channel)) && has_slot(channel);
}

bool packet_send(struct channel *channel, const struct iovec *pieces, uint32_t len,
		 uint32_t *sent)
{
	if (!*sent) {
		if (!packet_has_slot(channel))
			return false;
		if (len <= MCAPI_WIRE_INLINE) {
			send_inline(channel, pieces, len);
			*sent = len;
			return true;
		}
		if (len <= channel->link->heap.largest &&
		    send_block(channel, pieces, 0, len, 0)) {
			*sent = len;
			return true;
		}
		if (!needs_parts(channel, len))
			return false;
	}
	while (*sent < len) {
		uint32_t part = part_size(channel->link);

		if (part > len - *sent)
			part = len - *sent;
		if (!has_slot(channel) || !send_block(channel, pieces, *sent, part, len))
			return false;
		*sent += part;
	}
	return true;
}

bool packet_try(struct channel *channel, struct request *req)
{
	return req->send_packet.loan ?
	       loan_send(req->send_packet.loan, req->send_packet.len) :
	       packet_send(channel, req->send_packet.pieces, req->send_packet.len,
			   &req->send_packet.sent);
}

void packet_out_work(struct channel *channel)
{
	const bool waited = channel->pending;

	if (channel->closed_here) {
		packet_out_reclaim(channel);
		channel_settle(channel);
		return;
	}
	while (channel->pending) {
		struct request *req = channel->pending;
		const mcapi_status_t status = channel_over(channel);
		uint32_t sent = req->send_packet.sent;

		if (status != MCAPI_SUCCESS) {
			channel_drop_pending(channel, status);
			return;
		}
		if (!packet_try(channel, req)) {
			if (req->send_packet.sent != sent)
				peer_poke(channel->peer);
			channel_busy(channel);
			return;
		}
		peer_poke(channel->peer);
		channel->pending = req->next;
		if (!req->next)
			channel->pending_tail = &channel->pending;
		channel->node->stats.sent++;
		request_complete(req, MCAPI_SUCCESS, req->send_packet.len);
		channel->node->delivered++;
	}
	/* The rest of a packet that was given up must not wait for the next one. */
	if (!waited && channel->packet_out.give_up && !channel->closed_there) {
		if (send_give_up(channel))
			peer_poke(channel->peer);
		else
			channel_busy(channel);
	}
}

/* ---- close ---- */

void packet_out_close(struct channel *channel)
{
	buffer_end_loans(channel);
}

void packet_out_free(struct channel *channel)
{
	struct heap *heap = &channel->link->heap;

	/* Nobody reads them any more. Loans that the program has stay its own. */
	heap_free_tag(heap, packet_out_tag(channel));
	buffer_forget_sent(channel);
	channel->packet_out.count = channel->packet_out.bytes = 0;
}
