/* SPDX-License-Identifier: BSD-3-Clause */
#include "loan.h"

static uint16_t kept_tag(const struct channel *channel)
{
	return HEAP_TAG_KEPT(channel->handle & CHANNEL_MASK);
}

static struct buffer *take_back(struct channel *channel, uint32_t size)
{
	struct buffer **at = &channel->back, *loan;

	while (*at && (*at)->size != heap_rounded(size))
		at = &(*at)->next_back;
	loan = *at;
	if (loan) {
		*at = loan->next_back;
		loan->kind = BUFFER_LOAN;
	}
	return loan;
}

struct buffer *loan_new(struct channel *channel, uint32_t size)
{
	struct link *link = channel->link;
	struct buffer *loan;
	uint32_t off;

	packet_out_reclaim(channel);
	loan = take_back(channel, size);
	if (loan)
		return loan;
	off = packet_get_block(channel, size, false);
	if (off == HEAP_NONE)
		return NULL;
	/* Ours until it is sent. */
	channel->packet_out.count--;
	channel->packet_out.bytes -= heap_rounded(size);
	heap_retag(&link->heap, off, packet_out_tag(channel), kept_tag(channel));
	loan = buffer_new(channel, BUFFER_LOAN);
	if (!loan) {
		heap_free(&link->heap, off, kept_tag(channel));
		return NULL;
	}
	loan->at = link->own.base + off;
	loan->place = off;
	loan->size = heap_rounded(size);
	channel->loans++;
	buffer_give(loan);
	return loan;
}

bool loan_send(struct buffer *loan, uint32_t len)
{
	struct channel *channel = loan->channel;
	struct packet_out *out = &channel->packet_out;

	if (!packet_has_slot(channel))
		return false;
	if (out->count > out->back.mask) {
		packet_out_reclaim(channel);
		if (out->count > out->back.mask)
			return false;
	}
	heap_retag(&channel->link->heap, loan->place, kept_tag(channel), packet_out_tag(channel));
	out->count++;
	out->bytes += loan->size;
	loan->kind = BUFFER_SENT;
	packet_publish(channel, loan->place, len, 0);
	return true;
}

uint32_t loan_came_back(struct buffer *loan)
{
	struct channel *channel = loan->channel;
	const uint32_t bytes = heap_retag(&channel->link->heap, loan->place,
					  packet_out_tag(channel), kept_tag(channel));

	if (bytes) {
		loan->kind = BUFFER_BACK;
		loan->next_back = channel->back;
		channel->back = loan;
	}
	return bytes;
}

void loan_keep(struct buffer *loan)
{
	struct buffer **at = &loan->channel->back;

	while (*at != loan)
		at = &(*at)->next_back;
	*at = loan->next_back;
	loan->kind = BUFFER_LOAN;
}

void loan_free(struct buffer *loan)
{
	struct channel *channel = loan->channel;

	if (loan->kind == BUFFER_BACK)
		loan_keep(loan);
	heap_free(&channel->link->heap, loan->place, kept_tag(channel));
	channel->loans--;
	buffer_take(channel->node, loan);
	buffer_drop(channel->node, loan);
}

void loan_free_back(struct channel *channel)
{
	while (channel->back)
		loan_free(channel->back);
}
