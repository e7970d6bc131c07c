/* SPDX-License-Identifier: BSD-3-Clause */
#include "heap.h"

#include <stdlib.h>
#include <string.h>

static void list_add(struct heap *heap, uint32_t block, uint8_t order)
{
	struct heap_block *b = &heap->blocks[block];

	b->order = order;
	b->tag = 0;
	b->head = true;
	b->prev = HEAP_NONE;
	b->next = heap->free_head[order];
	if (b->next != HEAP_NONE)
		heap->blocks[b->next].prev = block;
	heap->free_head[order] = block;
	heap->free_bytes += HEAP_BLOCK << order;
}

static void list_del(struct heap *heap, uint32_t block)
{
	struct heap_block *b = &heap->blocks[block];

	if (b->prev == HEAP_NONE)
		heap->free_head[b->order] = b->next;
	else
		heap->blocks[b->prev].next = b->next;
	if (b->next != HEAP_NONE)
		heap->blocks[b->next].prev = b->prev;
	heap->free_bytes -= HEAP_BLOCK << b->order;
}

static uint8_t order_of(uint32_t bytes)
{
	uint8_t order = 0;

	while (((uint64_t)HEAP_BLOCK << order) < bytes)
		order++;
	return order;
}

bool heap_init(struct heap *heap, uint32_t start, uint32_t end)
{
	uint32_t block = (start + HEAP_BLOCK - 1) / HEAP_BLOCK;

	memset(heap, 0, sizeof(*heap));
	for (unsigned int i = 0; i < HEAP_ORDERS; i++)
		heap->free_head[i] = HEAP_NONE;
	heap->count = end / HEAP_BLOCK;
	heap->blocks = calloc(heap->count, sizeof(*heap->blocks));
	if (!heap->blocks)
		return false;

	/* Blocks are aligned to their size within the section: largest that fits, one by one. */
	while (block < heap->count) {
		uint8_t order = 0;

		while (order + 1u < HEAP_ORDERS && block % (2u << order) == 0 &&
		       block + (2u << order) <= heap->count)
			order++;
		list_add(heap, block, order);
		if (heap->largest < HEAP_BLOCK << order)
			heap->largest = HEAP_BLOCK << order;
		block += 1u << order;
	}
	return true;
}

void heap_fini(struct heap *heap)
{
	free(heap->blocks);
	heap->blocks = NULL;
}

uint32_t heap_rounded(uint32_t bytes)
{
	return HEAP_BLOCK << order_of(bytes);
}

uint32_t heap_alloc(struct heap *heap, uint32_t bytes, uint16_t tag)
{
	uint8_t want, order;
	uint32_t block;

	if (bytes > heap->largest)
		return HEAP_NONE;
	want = order_of(bytes);
	/* The smallest block that fits: large ones stay whole for large messages. */
	for (order = want; order < HEAP_ORDERS; order++)
		if (heap->free_head[order] != HEAP_NONE)
			break;
	if (order == HEAP_ORDERS)
		return HEAP_NONE;
	/* Rings stay for long: they must not break what the largest message needs. */
	if (tag >= HEAP_TAG_RING(0) && tag <= HEAP_TAG_CHANNEL && order > want && HEAP_BLOCK << order == heap->largest)
		return HEAP_NONE;

	block = heap->free_head[order];
	if (heap->back && !heap->back(heap->back_arg, block * HEAP_BLOCK, HEAP_BLOCK << want))
		return HEAP_NONE;
	list_del(heap, block);
	while (order > want) {
		order--;
		list_add(heap, block + (1u << order), order);
	}
	heap->blocks[block].order = want;
	heap->blocks[block].tag = tag;
	heap->blocks[block].head = true;
	return block * HEAP_BLOCK;
}

static void release(struct heap *heap, uint32_t block)
{
	uint8_t order = heap->blocks[block].order;

	while (order + 1u < HEAP_ORDERS) {
		uint32_t buddy = block ^ (1u << order);

		if (buddy + (1u << order) > heap->count || !heap->blocks[buddy].head ||
		    heap->blocks[buddy].tag || heap->blocks[buddy].order != order)
			break;
		list_del(heap, buddy);
		heap->blocks[block].head = heap->blocks[buddy].head = false;
		block &= ~(1u << order);
		order++;
	}
	list_add(heap, block, order);
}

/* Bytes of the block at @offset if it has @tag, else 0. */
static uint32_t bytes_of(const struct heap *heap, uint32_t offset, uint16_t tag)
{
	const uint32_t block = offset / HEAP_BLOCK;

	if (offset % HEAP_BLOCK || block >= heap->count || !tag ||
	    !heap->blocks[block].head || heap->blocks[block].tag != tag)
		return 0;
	return HEAP_BLOCK << heap->blocks[block].order;
}

uint32_t heap_free(struct heap *heap, uint32_t offset, uint16_t tag)
{
	const uint32_t bytes = bytes_of(heap, offset, tag);

	if (bytes)
		release(heap, offset / HEAP_BLOCK);
	return bytes;
}

uint32_t heap_retag(struct heap *heap, uint32_t offset, uint16_t from, uint16_t to)
{
	const uint32_t bytes = bytes_of(heap, offset, from);

	if (bytes)
		heap->blocks[offset / HEAP_BLOCK].tag = to;
	return bytes;
}

void heap_free_tag(struct heap *heap, uint16_t tag)
{
	for (uint32_t block = 0; block < heap->count; block++)
		if (heap->blocks[block].head && heap->blocks[block].tag == tag)
			release(heap, block);
}
