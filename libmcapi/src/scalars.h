/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * scalars.h - the ring of a scalar channel: lines of seven values
 *
 * The head of a line says how many values there are and how large each is, so
 * one line moves for a value, a value costs two stores, and the consumer loads a
 * head once for all values that it vouches for.
 *
 * Freestanding.
 */
#ifndef SCALARS_H
#define SCALARS_H

#include <stdbool.h>

#include "own.h"

static inline uint32_t scalars_sequence(uint32_t index)
{
	return (index + 1) << MCAPI_WIRE_SCALARS_SEQ_SHIFT;
}

static inline uint32_t scalars_count(uint32_t head)
{
	return head >> MCAPI_WIRE_SCALARS_COUNT_SHIFT & MCAPI_WIRE_SCALARS_COUNT_MASK;
}

/* log2 of the bytes of a value. */
static inline uint32_t scalars_size(uint32_t head, uint32_t i)
{
	return head >> 2 * i & 3;
}

/* Lives in the sender; lines point into its own section. */
struct scalars_out {
	struct mcapi_wire_scalars *lines;
	uint32_t mask;
	uint32_t index;		/* of the line that is being filled */
	uint32_t acked;		/* complete lines known to be consumed */
	uint32_t count;		/* values in that line */
	uint32_t head;		/* its head: sequence and sizes, without the count */
};

/* Is the next value the first of a line that the consumer may still read? */
static inline bool scalars_full(const struct scalars_out *ring)
{
	return !ring->count && ring->index - ring->acked > ring->mask;
}

/* False if the consumer claims what cannot be. */
static inline bool scalars_ack(struct scalars_out *ring, uint32_t ack)
{
	if (ring->index - ack > ring->index - ring->acked)
		return false;
	ring->acked = ack;
	return true;
}

/*
 * Adds a value; the ring must not be full.
 *
 * Ordering: the head is stored after the value, with release, and the consumer
 * loads it with acquire. A consumer that sees the head sees the value.
 */
static inline void scalars_put(struct scalars_out *ring, const struct own *own, uint64_t value,
			       uint32_t log2)
{
	struct mcapi_wire_scalars *line = &ring->lines[ring->index & ring->mask];

	if (!ring->count)
		ring->head = scalars_sequence(ring->index);
	own_copy(own, line->value[ring->count], &value, sizeof(value));
	ring->head |= log2 << 2 * ring->count;
	ring->count++;
	own_publish(own, &line->head, ring->head | ring->count << MCAPI_WIRE_SCALARS_COUNT_SHIFT);
	if (ring->count == MCAPI_WIRE_SCALARS) {
		ring->count = 0;
		ring->index++;
	}
}

/*
 * Adds as many of @count values of 1 << @log2 bytes as the line has room for, and
 * returns how many; the ring must not be full. All become visible at once.
 */
static inline uint32_t scalars_put_many(struct scalars_out *ring, const struct own *own,
					const uint8_t *values, uint32_t log2, uint32_t count)
{
	struct mcapi_wire_scalars *line = &ring->lines[ring->index & ring->mask];
	uint64_t fresh[MCAPI_WIRE_SCALARS];

	if (count > MCAPI_WIRE_SCALARS - ring->count)
		count = MCAPI_WIRE_SCALARS - ring->count;
	if (!ring->count)
		ring->head = scalars_sequence(ring->index);
	for (uint32_t i = 0; i < count; i++) {
		fresh[i] = 0;
		memcpy(&fresh[i], values + ((size_t)i << log2), (size_t)1 << log2);
		ring->head |= log2 << 2 * (ring->count + i);
	}
	own_copy(own, line->value[ring->count], fresh, count * sizeof(fresh[0]));
	ring->count += count;
	own_publish(own, &line->head, ring->head | ring->count << MCAPI_WIRE_SCALARS_COUNT_SHIFT);
	if (ring->count == MCAPI_WIRE_SCALARS) {
		ring->count = 0;
		ring->index++;
	}
	return count;
}

/* Values ever put, as the pair of lines and values that a CLOSE tells: lines * 7 + values. */
static inline uint32_t scalars_total(const struct scalars_out *ring)
{
	return ring->index * MCAPI_WIRE_SCALARS + ring->count;
}

/* Lives in the receiver; lines point into the sender's section. */
struct scalars_in {
	const struct mcapi_wire_scalars *lines;
	uint32_t mask;
	uint32_t index;		/* of the line that is being read */
	uint32_t acked;
	uint32_t taken;		/* values of that line */
	uint32_t count;		/* values of it that are known to be there */
	uint32_t head;		/* what said so */
};

/* Is there a value? Then its size is scalars_size(ring->head, ring->taken). */
static inline bool scalars_ready(struct scalars_in *ring)
{
	uint32_t head;

	if (ring->taken < ring->count)
		return true;
	head = peer_load(&ring->lines[ring->index & ring->mask].head);
	/* The line's last lap has another sequence. */
	if ((head ^ scalars_sequence(ring->index)) >> MCAPI_WIRE_SCALARS_SEQ_SHIFT)
		return false;
	ring->head = head;
	ring->count = scalars_count(head);
	return ring->taken < ring->count;
}

/* The value that is ready. True at the end of a line. */
static inline bool scalars_take(struct scalars_in *ring, uint64_t *value)
{
	memcpy(value, ring->lines[ring->index & ring->mask].value[ring->taken], sizeof(*value));
	if (++ring->taken < MCAPI_WIRE_SCALARS)
		return false;
	ring->taken = ring->count = 0;
	ring->index++;
	return true;
}

/*
 * Takes up to @count values of 1 << @log2 bytes out of the line that is being
 * read, and returns how many; scalars_ready() has said that there is one. Stops
 * before one of another size.
 */
static inline uint32_t scalars_take_many(struct scalars_in *ring, uint8_t *values, uint32_t log2,
					 uint32_t count)
{
	const struct mcapi_wire_scalars *line = &ring->lines[ring->index & ring->mask];
	uint64_t taken[MCAPI_WIRE_SCALARS];
	uint32_t n = 0;

	if (count > ring->count - ring->taken)
		count = ring->count - ring->taken;
	memcpy(taken, line->value[ring->taken], count * sizeof(taken[0]));
	for (; n < count && scalars_size(ring->head, ring->taken + n) == log2; n++)
		memcpy(values + ((size_t)n << log2), &taken[n], (size_t)1 << log2);
	ring->taken += n;
	if (ring->taken == MCAPI_WIRE_SCALARS) {
		ring->taken = ring->count = 0;
		ring->index++;
	}
	return n;
}

/* How many values are there? */
static inline uint32_t scalars_available(const struct scalars_in *ring)
{
	uint32_t available = 0, taken = ring->taken;

	for (uint32_t n = 0; n <= ring->mask; n++) {
		const uint32_t index = ring->index + n;
		const uint32_t head = peer_load(&ring->lines[index & ring->mask].head);

		if ((head ^ scalars_sequence(index)) >> MCAPI_WIRE_SCALARS_SEQ_SHIFT)
			break;
		/* A peer that takes values back makes none of them negative. */
		if (scalars_count(head) > taken)
			available += scalars_count(head) - taken;
		if (scalars_count(head) < MCAPI_WIRE_SCALARS)
			break;
		taken = 0;
	}
	return available;
}

#endif /* SCALARS_H */
