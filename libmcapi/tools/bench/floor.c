/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simplest code that moves the same data between the same processes. Each
 * process keeps its own indices in static memory; what is shared lies on lines
 * that have one writer each.
 */
#include "floor.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pair.h"

#define SLOTS 1024u

struct line {
	_Alignas(64) uint32_t word;
};

struct slot {
	_Alignas(64) uint32_t seq;
	uint32_t len;
	uint64_t value;
};

struct ring {
	struct line ack;
	struct line sleeping;
	struct slot slots[SLOTS];
};

struct memory {
	struct line ping[2];		/* by the leading process, by the peer */
	struct ring ring[2];		/* to the peer, from the peer */
};

static struct memory *memory;
static volatile uint64_t sink;

void floor_setup(void)
{
	memory = pair_memory(sizeof(*memory));
}

static uint32_t load(const struct line *line)
{
	return __atomic_load_n(&line->word, __ATOMIC_ACQUIRE);
}

static void publish(struct line *line, uint32_t value)
{
	__atomic_store_n(&line->word, value, __ATOMIC_RELEASE);
}

/* ---- ping-pong ---- */

static uint32_t turn;

static void ping_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	while (count--) {
		publish(&memory->ping[0], ++turn);
		while (load(&memory->ping[1]) != turn)
			;
	}
}

static void ping_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	while (count--) {
		turn++;
		while (load(&memory->ping[0]) != turn)
			;
		publish(&memory->ping[1], turn);
	}
}

const struct task floor_pingpong = {
	.name = "ping-pong of two lines", .trips = 2, .lead = ping_lead, .peer = ping_peer,
};

/* ---- slots ---- */

struct cursor {
	uint32_t at;
	uint32_t limit;		/* the other side's, when last looked at */
};

static struct cursor out[2], in[2];

static inline void put_slot(struct ring *ring, struct cursor *cursor, uint64_t value)
{
	struct slot *slot = &ring->slots[cursor->at % SLOTS];

	while (cursor->at - cursor->limit == SLOTS)
		cursor->limit = load(&ring->ack);
	slot->len = sizeof(value);
	slot->value = value;
	__atomic_store_n(&slot->seq, ++cursor->at, __ATOMIC_RELEASE);
}

static inline bool take_slot(struct ring *ring, struct cursor *cursor, uint64_t *value)
{
	struct slot *slot = &ring->slots[cursor->at % SLOTS];

	if (__atomic_load_n(&slot->seq, __ATOMIC_ACQUIRE) != cursor->at + 1)
		return false;
	*value = slot->value;
	/* In quarters, so that the producer's line moves rarely. */
	if (++cursor->at % (SLOTS / 4) == 0)
		publish(&ring->ack, cursor->at);
	return true;
}

static void slots_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	(void)lane;
	for (uint32_t i = 0; i < count; i++)
		put_slot(&memory->ring[0], &out[0], i);
}

static void slots_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t sum = 0, value = 0;

	(void)task;
	(void)lane;
	while (count--) {
		while (!take_slot(&memory->ring[0], &in[0], &value))
			;
		sum += value;
	}
	sink = sum;
}

const struct task floor_slots = {
	.name = "raw ring of slots", .trips = 1, .bytes = 8, .lead = slots_lead, .peer = slots_peer,
};

/* ---- futex ---- */

static void futex_wake(struct line *line)
{
	syscall(SYS_futex, &line->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void futex_wait(struct line *line, uint32_t value)
{
	syscall(SYS_futex, &line->word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void await_turn(struct line *line)
{
	while (load(line) != turn)
		futex_wait(line, turn - 1);
}

static void futex_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)lane;
	while (count--) {
		hold(task);
		publish(&memory->ping[0], ++turn);
		futex_wake(&memory->ping[0]);
		await_turn(&memory->ping[1]);
	}
}

static void futex_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)lane;
	while (count--) {
		turn++;
		await_turn(&memory->ping[0]);
		hold(task);
		publish(&memory->ping[1], turn);
		futex_wake(&memory->ping[1]);
	}
}

const struct task floor_futex = {
	.name = "raw futex", .trips = 2, .hold_ns = SLEEP_HOLD_NS,
	.lead = futex_lead, .peer = futex_peer,
};

/* ---- slots and futex ---- */

static void ring_put(unsigned int to, uint64_t value)
{
	struct ring *ring = &memory->ring[to];

	put_slot(ring, &out[to], value);
	/* Against the same in ring_take(): one of both sees the other. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (load(&ring->sleeping)) {
		publish(&ring->sleeping, 0);
		futex_wake(&ring->sleeping);
	}
}

static void ring_take(unsigned int from)
{
	struct ring *ring = &memory->ring[from];
	uint64_t value;

	while (!take_slot(ring, &in[from], &value)) {
		publish(&ring->sleeping, 1);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (!take_slot(ring, &in[from], &value)) {
			futex_wait(&ring->sleeping, 1);
			continue;
		}
		publish(&ring->sleeping, 0);
		break;
	}
}

static void ring_futex_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)lane;
	while (count--) {
		hold(task);
		ring_put(0, count);
		ring_take(1);
	}
}

static void ring_futex_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)lane;
	while (count--) {
		ring_take(0);
		hold(task);
		ring_put(1, count);
	}
}

const struct task floor_ring_futex = {
	.name = "raw ring and futex", .trips = 2, .bytes = 8, .hold_ns = SLEEP_HOLD_NS,
	.lead = ring_futex_lead, .peer = ring_futex_peer,
};
