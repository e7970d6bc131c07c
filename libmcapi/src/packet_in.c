/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet_in.c - the receive end of a packet channel: validation, parts, returns
 */
#include "packet.h"

#define RING_LOG2_MIN 4u
#define RING_LOG2_MAX 16u
#define RETURNS_LOG2_MIN 4u
#define RETURNS_LOG2_MAX 10u

/* ---- open ---- */

bool packet_in_open(struct channel *channel, struct mcapi_wire_control *open)
{
	struct link *link = channel->link;
	struct give_out *back = &channel->packet_in.back;
	uint32_t log2 = RETURNS_LOG2_MIN;

	while (log2 < RETURNS_LOG2_MAX && 2u << log2 <= link->own.size / 4096)
		log2++;
	if (!channel_make_lines(channel))
		return false;
	channel->offs[1] = heap_alloc(&link->heap, (uint32_t)sizeof(*back->entries) << log2,
				      HEAP_TAG_CHANNEL);
	if (channel->offs[1] == HEAP_NONE)
		return false;
	back->entries = (struct mcapi_wire_give *)(link->own.base + channel->offs[1]);
	back->mask = (1u << log2) - 1;
	own_clear(&link->own, back->entries, sizeof(*back->entries) << log2);
	open->word[0] = link_line(link, channel->offs[0]);
	open->word[1] = link_line(link, channel->offs[1]);
	open->word[2] = log2;
	return true;
}

const char *packet_in_opened(struct channel *channel, const struct mcapi_wire_control *open)
{
	struct ring_in *ring = &channel->packet_in.ring;
	const uint32_t log2 = open->word[1];

	if (log2 < RING_LOG2_MIN || log2 > RING_LOG2_MAX ||
	    !(ring->slots = side_range(&channel->link->theirs, channel->peer->section,
				       open->word[0], (uint32_t)sizeof(*ring->slots) << log2)))
		return "the ring of its channel is not in its section";
	ring->mask = (1u << log2) - 1;
	channel_hold_peer(channel);
	return NULL;
}

/* ---- receive ---- */

/* Slots are acknowledged in quarters of the ring, so that the sender's line moves rarely. */
static void consume(struct channel *channel)
{
	struct ring_in *ring = &channel->packet_in.ring;

	ring->cons++;
	if (ring->cons - ring->acked > ring->mask / 4) {
		ring->acked = ring->cons;
		channel_ack(channel, ring->acked);
	}
}

/* Before one says that there is nothing: the sender may wait to hear that all was taken. */
static void acknowledge_all(struct channel *channel)
{
	struct ring_in *ring = &channel->packet_in.ring;

	if (ring->acked != ring->cons) {
		ring->acked = ring->cons;
		channel_ack(channel, ring->acked);
	}
}

static void give_back(struct channel *channel, uint32_t line)
{
	give_put(&channel->packet_in.back, &channel->link->own, line);
	if (!channel->lost)
		peer_poke(channel->peer);
}

static uint32_t line_of(const struct mcapi_wire_slot *slot)
{
	uint32_t line;

	memcpy(&line, slot->data, sizeof(line));
	return line;
}

static const void *memory_of(struct channel *channel, const struct mcapi_wire_slot *slot)
{
	return side_range(&channel->link->theirs, channel->peer->section, line_of(slot),
			  slot->len);
}

static const char *slot_fault(struct channel *channel, const struct mcapi_wire_slot *slot)
{
	if (slot->kind != MCAPI_WIRE_SLOT_PACKET)
		return "unknown kind of slot in a channel";
	if (!(slot->flags & MCAPI_WIRE_SLOT_BUFFER))
		return slot->len > MCAPI_WIRE_INLINE ? "inline packet longer than a slot" : NULL;
	return memory_of(channel, slot) ? NULL : "its packet is not in its section";
}

static void drop_parts(struct channel *channel)
{
	struct packet_in *in = &channel->packet_in;

	if (in->parts)
		buffer_drop(channel->node, in->parts);
	in->parts = NULL;
	in->have = in->total = 0;
}

/* Memory for a packet whose first part is here; NULL without. */
static bool begin_parts(struct channel *channel, uint32_t total)
{
	struct packet_in *in = &channel->packet_in;
	struct buffer *whole = buffer_new(channel, BUFFER_COPY);

	if (!whole)
		return false;
	if (!buffer_room(whole, total)) {
		buffer_drop(channel->node, whole);
		return false;
	}
	in->parts = whole;
	in->total = total;
	in->have = 0;
	return true;
}

static bool is_whole(const struct packet_in *in)
{
	return in->parts && in->have == in->total;
}

/* Copies a part to where it belongs and gives its buffer back. False: no memory now. */
static bool take_part(struct channel *channel, const struct mcapi_wire_slot *slot)
{
	struct packet_in *in = &channel->packet_in;
	uint32_t words[2];

	memcpy(words, slot->data, sizeof(words));
	if (!slot->len) {
		drop_parts(channel);
		consume(channel);
		return true;
	}
	if (!(slot->flags & MCAPI_WIRE_SLOT_BUFFER) || words[1] > MCAPI_MAX_PACKET_SIZE ||
	    (in->parts && words[1] != in->total) || slot->len > words[1] - in->have) {
		channel_fault(channel, "parts of a packet that do not fit together");
		return false;
	}
	if (!in->parts && !begin_parts(channel, words[1]))
		return false;
	memcpy((uint8_t *)in->parts->at + in->have, memory_of(channel, slot), slot->len);
	in->have += slot->len;
	consume(channel);
	give_back(channel, words[0]);
	return true;
}

/* A copy of the next slot, checked, behind all parts; false if there is none. */
static bool next_slot(struct channel *channel, struct mcapi_wire_slot *slot)
{
	const struct packet_in *in = &channel->packet_in;
	const char *fault;

	while (!is_whole(in)) {
		if (!channel->holds_peer || channel->peer->faulted ||
		    !ring_peek(&in->ring, slot))
			return false;
		fault = slot_fault(channel, slot);
		if (fault) {
			channel_fault(channel, fault);
			return false;
		}
		if (!(slot->flags & MCAPI_WIRE_SLOT_PART))
			break;
		if (!take_part(channel, slot))
			return false;
	}
	if (in->parts && !is_whole(in)) {
		channel_fault(channel, "a packet between the parts of another");
		return false;
	}
	return true;
}

static struct buffer *take_whole(struct channel *channel, uint32_t *len)
{
	struct packet_in *in = &channel->packet_in;
	struct buffer *whole = in->parts;

	*len = in->total;
	in->parts = NULL;
	drop_parts(channel);
	return whole;
}

static struct buffer *take_inline(struct channel *channel, const struct mcapi_wire_slot *slot)
{
	struct buffer *buffer = buffer_new(channel, BUFFER_COPY);

	if (buffer) {
		memcpy(buffer->data, slot->data, MCAPI_WIRE_INLINE);
		consume(channel);
	}
	return buffer;
}

static struct buffer *take_in_place(struct channel *channel, const struct mcapi_wire_slot *slot)
{
	struct buffer *buffer = buffer_new(channel, BUFFER_RECEIVED);

	if (!buffer)
		return NULL;
	/* Read-only memory: a program that writes there does what it was told not to. */
	buffer->at = (void *)(uintptr_t)memory_of(channel, slot);
	buffer->place = line_of(slot);
	buffer->peer = channel->peer;
	buffer->peer->held++;
	channel->held++;
	consume(channel);
	return buffer;
}

/* The next packet, in nobody's hands yet; NULL if there is none. */
static struct buffer *take_packet(struct channel *channel, uint32_t *len)
{
	struct mcapi_wire_slot slot;

	if (!next_slot(channel, &slot))
		return NULL;
	if (channel->packet_in.parts)
		return take_whole(channel, len);
	*len = slot.len;
	return slot.flags & MCAPI_WIRE_SLOT_BUFFER ? take_in_place(channel, &slot) :
						     take_inline(channel, &slot);
}

struct buffer *packet_receive(struct channel *channel, uint32_t *len)
{
	struct buffer *buffer = take_packet(channel, len);

	if (buffer) {
		buffer_give(buffer);
		channel->node->stats.received++;
		return buffer;
	}
	acknowledge_all(channel);
	if (channel->packet_in.parts)
		channel_busy(channel);
	return NULL;
}

uint32_t packet_available(struct channel *channel)
{
	struct ring_in at;
	struct mcapi_wire_slot slot;
	uint32_t count = 0, have = 0;

	/* The parts of the first one may need more room than there is: take them. */
	if (next_slot(channel, &slot) && channel->packet_in.parts)
		count++;
	if (channel->packet_in.parts && !count) {
		acknowledge_all(channel);
		channel_busy(channel);
	}
	at = channel->packet_in.ring;
	for (uint32_t n = 0; channel->holds_peer && n <= at.mask && ring_peek(&at, &slot); n++) {
		uint32_t words[2];

		memcpy(words, slot.data, sizeof(words));
		have = slot.flags & MCAPI_WIRE_SLOT_PART ? have + slot.len : 0;
		/* The last part makes a packet. */
		if (!have || have >= words[1]) {
			have = 0;
			count++;
		}
		at.cons++;
	}
	return count;
}

void packet_in_work(struct channel *channel)
{
	struct mcapi_wire_slot slot;

	/* Parts are taken as they come, so that the sender can go on. */
	if (!channel->pending && channel->packet_in.parts && !channel->closed_here) {
		if (!next_slot(channel, &slot)) {
			acknowledge_all(channel);
			channel_busy(channel);
		}
		return;
	}
	while (channel->pending) {
		struct request *req = channel->pending;
		uint32_t len;
		struct buffer *buffer = packet_receive(channel, &len);
		mcapi_status_t status;

		if (!buffer) {
			status = channel_over(channel);
			if (status != MCAPI_SUCCESS)
				channel_drop_pending(channel, status);
			else
				channel_busy(channel);
			return;
		}
		*req->recv_packet.buffer = buffer->at;
		channel->pending = req->next;
		if (!req->next)
			channel->pending_tail = &channel->pending;
		request_complete(req, MCAPI_SUCCESS, len);
		channel->node->delivered++;
	}
}

/* ---- close ---- */

/* What is still in the ring goes back unread. */
void packet_in_close(struct channel *channel)
{
	struct buffer *buffer;
	uint32_t len;

	while ((buffer = take_packet(channel, &len))) {
		if (buffer->kind == BUFFER_RECEIVED)
			packet_in_release(buffer);
		buffer_drop(channel->node, buffer);
	}
	drop_parts(channel);
}

void packet_in_release(struct buffer *buffer)
{
	struct channel *channel = buffer->channel;

	if (buffer->peer)
		buffer->peer->held--;
	channel->held--;
	give_back(channel, buffer->place);
}
