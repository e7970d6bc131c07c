/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * floor_stream.c - the simplest streams of scalars and of copied blocks
 */
#include <string.h>

#include "floor.h"
#include "pair.h"

#define SCALARS 8192u
#define BLOCK 65536u
#define BLOCKS 8u

struct line {
	_Alignas(64) uint32_t word;
};

struct cursor {
	uint32_t at;
	uint32_t limit;		/* the other side's, when last looked at */
};

static struct memory {
	struct line scalar_head, scalar_tail;
	uint64_t scalars[SCALARS];
	struct line block_head, block_tail;
	uint8_t blocks[BLOCKS][BLOCK];
} *memory;

static uint8_t block[BLOCK];		/* the program's own data */
static volatile uint64_t sink;

void floor_stream_setup(void)
{
	memory = pair_memory(sizeof(*memory));
	memset(block, 1, sizeof(block));
}

static uint32_t load(const struct line *line)
{
	return __atomic_load_n(&line->word, __ATOMIC_ACQUIRE);
}

static void publish(struct line *line, uint32_t value)
{
	__atomic_store_n(&line->word, value, __ATOMIC_RELEASE);
}

/* ---- scalars ---- */

static struct cursor scalar_out, scalar_in;

static inline void put_scalar(uint32_t value)
{
	while (scalar_out.at - scalar_out.limit == SCALARS)
		scalar_out.limit = load(&memory->scalar_tail);
	__atomic_store_n(&memory->scalars[scalar_out.at++ % SCALARS], value, __ATOMIC_RELAXED);
}

static void scalars_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	for (uint32_t i = 0; i < count; i++) {
		put_scalar(i);
		publish(&memory->scalar_head, scalar_out.at);
	}
}

static void scalar_batches_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	for (uint32_t i = 0; i < count; i++) {
		put_scalar(i);
		if (scalar_out.at % 64 == 0)
			publish(&memory->scalar_head, scalar_out.at);
	}
	publish(&memory->scalar_head, scalar_out.at);
}

static void scalars_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t sum = 0;

	(void)task;
	(void)lane;
	while (count--) {
		while (scalar_in.at == scalar_in.limit)
			scalar_in.limit = load(&memory->scalar_head);
		sum += __atomic_load_n(&memory->scalars[scalar_in.at % SCALARS], __ATOMIC_RELAXED);
		if (++scalar_in.at % (SCALARS / 4) == 0)
			publish(&memory->scalar_tail, scalar_in.at);
	}
	sink = sum;
}

const struct task floor_scalars = {
	.name = "raw ring of scalars", .trips = 1, .bytes = 8,
	.lead = scalars_lead, .peer = scalars_peer,
};


const struct task floor_scalar_batches = {
	.name = "raw ring of scalars, 64 at once", .trips = 1, .bytes = 8,
	.lead = scalar_batches_lead, .peer = scalars_peer,
};

/* ---- copies ---- */

static struct cursor block_out, block_in;

static void copies_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	while (count--) {
		while (block_out.at - block_out.limit == BLOCKS)
			block_out.limit = load(&memory->block_tail);
		memcpy(memory->blocks[block_out.at % BLOCKS], block, BLOCK);
		publish(&memory->block_head, ++block_out.at);
	}
}

static void copies_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	while (count--) {
		while (block_in.at == block_in.limit)
			block_in.limit = load(&memory->block_head);
		memcpy(block, memory->blocks[block_in.at % BLOCKS], BLOCK);
		publish(&memory->block_tail, ++block_in.at);
	}
}

const struct task floor_copies = {
	.name = "raw copy ring, 64 KiB", .trips = 1, .bytes = BLOCK,
	.lead = copies_lead, .peer = copies_peer,
};
