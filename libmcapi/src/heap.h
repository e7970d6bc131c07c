/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heap.h - the part of the own section that is handed out: rings and buffers
 *
 * A buddy allocator whose book-keeping is private memory: nothing that a peer
 * writes can confuse it. Offsets are bytes from the start of the section. Each
 * block has a tag that says for whom it is out; only that tag can free it, so a
 * peer gives back its own loans and no others.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stdint.h>

#define HEAP_BLOCK 256u		/* smallest block, bytes */
#define HEAP_ORDERS 24u		/* up to 2 GiB */
#define HEAP_NONE UINT32_MAX

/* For whom a block is out: what the peer can give back, and what only we can free. */
#define HEAP_TAG_BUFFER(section) ((uint16_t)(1 + (section)))
#define HEAP_TAG_RING(section) ((uint16_t)(0x100 + (section)))
#define HEAP_TAG_CHANNEL ((uint16_t)0x200)	/* rings of channels */
#define HEAP_TAG_OUT(channel) ((uint16_t)(0x1000 + (channel)))	/* packets at the receiver */
#define HEAP_TAG_KEPT(channel) ((uint16_t)(0x2000 + (channel)))	/* packets that are not sent yet */

struct heap_block {
	uint32_t next, prev;	/* in the free list of its order */
	uint16_t tag;		/* 0: free */
	uint8_t order;
	bool head;		/* first of a block of 2^order */
};

struct heap {
	struct heap_block *blocks;
	uint32_t count;
	uint32_t free_head[HEAP_ORDERS];
	uint32_t free_bytes;
	uint32_t largest;	/* largest block there can ever be, bytes */
	/* Sees to it that there is memory behind these bytes; NULL if there always is. */
	bool (*back)(void *arg, uint32_t off, uint32_t bytes);
	void *back_arg;
};

/* Manages [@start, @end) of a section; false without memory. */
bool heap_init(struct heap *heap, uint32_t start, uint32_t end);
void heap_fini(struct heap *heap);

/* Offset of a block of at least @bytes, or HEAP_NONE. @tag must not be 0. */
uint32_t heap_alloc(struct heap *heap, uint32_t bytes, uint16_t tag);

/* Bytes that a request of @bytes really takes. */
uint32_t heap_rounded(uint32_t bytes);

/* Frees the block at @offset and returns its bytes; 0 if no block of @tag starts there. */
uint32_t heap_free(struct heap *heap, uint32_t offset, uint16_t tag);

/* Gives the block at @offset another tag and returns its bytes; 0 if it has not the tag @from. */
uint32_t heap_retag(struct heap *heap, uint32_t offset, uint16_t from, uint16_t to);

/* Frees all blocks of @tag. */
void heap_free_tag(struct heap *heap, uint16_t tag);

#endif /* HEAP_H */
