/* SPDX-License-Identifier: BSD-3-Clause */
#include "buffer.h"

#include <stdlib.h>

#define BUCKETS_MIN 64u

struct buffers {
	struct buffer **buckets;
	uint32_t mask;		/* buckets - 1 */
	uint32_t count;
	struct buffer *spare;
};

static struct buffers *buffers_of(struct node *node)
{
	struct buffers *all = node->buffers;

	if (all)
		return all;
	all = calloc(1, sizeof(*all));
	if (!all)
		return NULL;
	all->buckets = calloc(BUCKETS_MIN, sizeof(struct buffer *));
	if (!all->buckets) {
		free(all);
		return NULL;
	}
	all->mask = BUCKETS_MIN - 1;
	return node->buffers = all;
}

static struct buffer **bucket(const struct buffers *all, const void *at)
{
	/* Addresses are multiples of at least 32: mix what differs into the low bits. */
	const uint64_t mixed = (uint64_t)(uintptr_t)at * UINT64_C(0x9e3779b97f4a7c15);

	return &all->buckets[mixed >> 40 & all->mask];
}

/* More buckets than buffers; without memory the lists get longer, that is all. */
static void grow(struct buffers *all)
{
	const uint32_t mask = all->mask * 2 + 1;
	struct buffer **old = all->buckets, **fresh = calloc(mask + 1, sizeof(*fresh));
	const uint32_t old_mask = all->mask;

	if (!fresh)
		return;
	all->buckets = fresh;
	all->mask = mask;
	for (uint32_t i = 0; i <= old_mask; i++)
		while (old[i]) {
			struct buffer *buffer = old[i], **to = bucket(all, buffer->at);

			old[i] = buffer->next;
			buffer->next = *to;
			*to = buffer;
		}
	free(old);
}

struct buffer *buffer_new(struct channel *channel, enum buffer_kind kind)
{
	struct buffers *all = buffers_of(channel->node);
	struct buffer *buffer = all ? all->spare : NULL;

	if (buffer)
		all->spare = buffer->next;
	else if (!all || !(buffer = aligned_alloc(MCAPI_BUF_ALIGN, sizeof(*buffer))))
		return NULL;
	buffer->at = buffer->data;
	buffer->kind = kind;
	buffer->channel = channel;
	buffer->peer = NULL;
	return buffer;
}

bool buffer_room(struct buffer *buffer, uint32_t size)
{
	const size_t bytes = (size + (size_t)MCAPI_BUF_ALIGN - 1) / MCAPI_BUF_ALIGN *
			     MCAPI_BUF_ALIGN;
	void *room = aligned_alloc(MCAPI_BUF_ALIGN, bytes);

	if (!room)
		return false;
	buffer->at = room;
	return true;
}

void buffer_give(struct buffer *buffer)
{
	struct buffers *all = buffers_of(buffer->channel->node);
	struct buffer **to;

	if (all->count++ > all->mask)
		grow(all);
	to = bucket(all, buffer->at);
	buffer->next = *to;
	*to = buffer;
}

struct buffer *buffer_find(struct node *node, const void *at)
{
	struct buffer *buffer = node->buffers ? *bucket(node->buffers, at) : NULL;

	while (buffer && buffer->at != at)
		buffer = buffer->next;
	return buffer;
}

void buffer_take(struct node *node, struct buffer *buffer)
{
	struct buffer **at = bucket(node->buffers, buffer->at);

	while (*at != buffer)
		at = &(*at)->next;
	*at = buffer->next;
	node->buffers->count--;
}

void buffer_drop(struct node *node, struct buffer *buffer)
{
	if (buffer->kind == BUFFER_COPY && buffer->at != buffer->data)
		free(buffer->at);
	buffer->next = node->buffers->spare;
	node->buffers->spare = buffer;
}

void buffer_lose_peer(struct peer *peer, bool memory_gone)
{
	struct buffers *all = peer->node->buffers;

	if (!all || !memory_gone)
		return;
	for (uint32_t i = 0; i <= all->mask; i++)
		for (struct buffer *buffer = all->buckets[i]; buffer; buffer = buffer->next)
			if (buffer->peer == peer) {
				buffer->peer = NULL;
				peer->held--;
			}
}

/* Loans leave the hands of the program: all, or those that were sent. */
static void end_loans(struct channel *channel, bool all_of_them)
{
	struct buffers *all = channel->node->buffers;

	for (uint32_t i = 0; all && channel->loans && i <= all->mask; i++) {
		struct buffer **at = &all->buckets[i];

		while (*at) {
			struct buffer *buffer = *at;

			if (buffer->kind < BUFFER_LOAN || buffer->channel != channel ||
			    (!all_of_them && buffer->kind != BUFFER_SENT)) {
				at = &buffer->next;
				continue;
			}
			*at = buffer->next;
			all->count--;
			channel->loans--;
			heap_free(&channel->link->heap, buffer->place,
				  HEAP_TAG_KEPT(channel->handle & CHANNEL_MASK));
			buffer_drop(channel->node, buffer);
		}
	}
}

void buffer_forget_sent(struct channel *channel)
{
	end_loans(channel, false);
}

void buffer_end_loans(struct channel *channel)
{
	end_loans(channel, true);
	channel->back = NULL;
}

void buffer_free_all(struct node *node)
{
	struct buffers *all = node->buffers;

	if (!all)
		return;
	for (uint32_t i = 0; i <= all->mask; i++)
		while (all->buckets[i]) {
			struct buffer *buffer = all->buckets[i];

			all->buckets[i] = buffer->next;
			buffer_drop(node, buffer);
		}
	while (all->spare) {
		struct buffer *buffer = all->spare;

		all->spare = buffer->next;
		free(buffer);
	}
	free(all->buckets);
	free(all);
	node->buffers = NULL;
}
