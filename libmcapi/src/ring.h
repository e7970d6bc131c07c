/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.h - single-producer single-consumer rings of a window
 *
 * Indices run freely over 32 bits; a ring of 2^n entries uses index & mask. The
 * producer's memory holds the entries, the consumer's memory the index up to
 * which it has consumed: each line has one writer.
 *
 * A slot carries its own sequence, so one line moves for a message, and the
 * consumer never looks at an index of the producer. Return entries are small and
 * many, so there a published index says how far they are valid.
 *
 * Freestanding, shared by everything that speaks the wire format.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>

#include "copy.h"
#include "own.h"

/* Slots to a peer; lives in the sender, slots point into its own section. */
struct ring_out {
	struct mcapi_wire_slot *slots;
	uint32_t mask;
	uint32_t prod;		/* slots published */
	uint32_t acked;		/* of these, known to be consumed */
};

static inline bool ring_full(const struct ring_out *ring)
{
	return ring->prod - ring->acked > ring->mask;
}

/*
 * Takes over the consumer's acknowledgement. False if it claims what cannot be:
 * more than was published, or a step back.
 */
static inline bool ring_ack(struct ring_out *ring, uint32_t ack)
{
	if (ring->prod - ack > ring->prod - ring->acked)
		return false;
	ring->acked = ack;
	return true;
}

/*
 * Publishes a slot with the fields of @head, but for its seq and its data, and with
 * @len bytes of @data. The ring must not be full.
 *
 * Ordering: seq is stored last, with release, and the consumer loads it with
 * acquire: it sees the whole slot, and the buffer that the slot names.
 */
static inline void ring_put(struct ring_out *ring, const struct own *own,
			    const struct mcapi_wire_slot *head, const void *data, uint32_t len)
{
	struct mcapi_wire_slot *to = &ring->slots[ring->prod & ring->mask];

	own_copy(own, &to->len, &head->len,
		 offsetof(struct mcapi_wire_slot, data) - offsetof(struct mcapi_wire_slot, len));
	own_check(own, to->data, len);
	copy_small(to->data, data, len);
	ring->prod++;
	own_publish(own, &to->seq, ring->prod);
}

/* The same for @slot, with its first @inline_len bytes of data. */
static inline void ring_publish(struct ring_out *ring, const struct own *own,
				const struct mcapi_wire_slot *slot, uint32_t inline_len)
{
	ring_put(ring, own, slot, slot->data, inline_len);
}

/* Bytes of a slot that say what it is. */
#define RING_HEAD (offsetof(struct mcapi_wire_slot, data) + sizeof(uint32_t))

/* Slots from a peer; lives in the receiver, slots point into the sender's section. */
struct ring_in {
	const struct mcapi_wire_slot *slots;
	uint32_t mask;
	uint32_t cons;		/* slots consumed */
	uint32_t acked;		/* of these, acknowledged to the sender */
};

/*
 * The next slot where the sender has it, or NULL. It can still change: what is
 * checked must be a copy.
 */
static inline const struct mcapi_wire_slot *ring_next(const struct ring_in *ring)
{
	const struct mcapi_wire_slot *next = &ring->slots[ring->cons & ring->mask];

	return peer_load(&next->seq) == ring->cons + 1 ? next : NULL;
}

/* Copies all of a slot but its data, and as much of that as names a buffer. */
static inline void ring_head(struct mcapi_wire_slot *copy, const struct mcapi_wire_slot *slot)
{
	memcpy(copy, slot, RING_HEAD);
	/* The copy is what counts: the compiler may not look at the original again. */
	__asm__ volatile("" ::: "memory");
}

/*
 * Copies the next slot, if there is one. What is checked and used afterwards is
 * the copy, which the sender can no longer change.
 */
static inline bool ring_peek(const struct ring_in *ring, struct mcapi_wire_slot *slot)
{
	const struct mcapi_wire_slot *from = ring_next(ring);

	if (!from)
		return false;
	memcpy(slot, from, sizeof(*slot));
	__asm__ volatile("" ::: "memory");
	return true;
}

/* Returns to a sender; lives in the receiver, entries point into its own section. */
struct return_out {
	struct mcapi_wire_return *entries;
	uint32_t mask;
	uint32_t prod;
};

/* @cons is what the peer says that it has consumed; a lie only loses its own returns. */
static inline bool return_full(const struct return_out *ring, uint32_t cons)
{
	return ring->prod - cons > ring->mask;
}

static inline void return_put(struct return_out *ring, const struct own *own,
			      const struct mcapi_wire_return *entry)
{
	own_copy(own, &ring->entries[ring->prod & ring->mask], entry, sizeof(*entry));
	ring->prod++;
}

/* Returns from a receiver; lives in the sender. */
struct return_in {
	const struct mcapi_wire_return *entries;
	uint32_t mask;
	uint32_t cons;
};

/* The caller has seen by the published index that there is one. */
static inline void return_take(struct return_in *ring, struct mcapi_wire_return *entry)
{
	memcpy(entry, &ring->entries[ring->cons++ & ring->mask], sizeof(*entry));
	__asm__ volatile("" ::: "memory");
}

#endif /* RING_H */
