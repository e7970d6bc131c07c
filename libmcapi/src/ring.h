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
 * The words of a slot from src_port to prio: who sends what to whom. One number,
 * so that it takes one store, and one comparison at the receiver.
 */
#define RING_ROUTE_DST_PORT	16
#define RING_ROUTE_DST_GEN	32
#define RING_ROUTE_KIND		48
#define RING_ROUTE_PRIO		56

/* To an endpoint: what all messages to it have in common. */
static inline uint64_t ring_route(uint16_t dst_port, uint32_t dst_gen, uint8_t kind)
{
	return (uint64_t)dst_port << RING_ROUTE_DST_PORT |
	       (uint64_t)(uint16_t)dst_gen << RING_ROUTE_DST_GEN |
	       (uint64_t)kind << RING_ROUTE_KIND;
}

/* Without the sender's part: source and priority. */
static inline uint64_t ring_route_to(uint64_t route)
{
	return route & (((uint64_t)1 << RING_ROUTE_PRIO) - ((uint64_t)1 << RING_ROUTE_DST_PORT));
}

static inline uint64_t ring_route_of(const struct mcapi_wire_slot *slot)
{
	uint64_t route;

	memcpy(&route, &slot->src_port, sizeof(route));
	return route;
}

/*
 * Publishes a slot with @bytes of @data. The ring must not be full.
 *
 * Ordering: seq is stored last, with release, and the consumer loads it with
 * acquire: it sees the whole slot, and the buffer that the slot names.
 */
static inline void ring_put(struct ring_out *ring, const struct own *own, uint64_t route,
			    uint32_t len, uint16_t flags, const void *data, uint32_t bytes)
{
	const uint32_t prod = ring->prod + 1, rest = flags;
	struct mcapi_wire_slot *to = &ring->slots[ring->prod & ring->mask];

	/*
	 * All stores to the line in a row: a consumer that looks takes it away, and
	 * what waits between two of them gives it the time to.
	 */
	own_copy(own, &to->src_port, &route, sizeof(route));
	own_copy(own, &to->flags, &rest, sizeof(rest));
	own_check(own, to->data, bytes);
	copy_small(to->data, data, bytes);
	own_publish_pair(own, &to->seq, prod, len);
	ring->prod = prod;
}

/* The same for @slot, whose seq is ignored, with its first @inline_len bytes of data. */
static inline void ring_publish(struct ring_out *ring, const struct own *own,
				const struct mcapi_wire_slot *slot, uint32_t inline_len)
{
	ring_put(ring, own, ring_route_of(slot), slot->len, slot->flags, slot->data, inline_len);
}

/* Slots from a peer; lives in the receiver, slots point into the sender's section. */
struct ring_in {
	const struct mcapi_wire_slot *slots;
	uint32_t mask;
	uint32_t cons;		/* slots consumed */
	uint32_t acked;		/* of these, acknowledged to the sender */
};

/* The place of the next slot, where the sender can still change it. */
static inline const struct mcapi_wire_slot *ring_place(const struct ring_in *ring)
{
	return &ring->slots[ring->cons & ring->mask];
}

/* Is the next slot there? */
static inline bool ring_ready(const struct ring_in *ring)
{
	return peer_load(&ring_place(ring)->seq) == ring->cons + 1;
}

/* What a slot says of itself. */
struct ring_head {
	uint64_t route;
	uint32_t len;
	uint16_t flags;
};

/* From its place: what is checked and used must be this copy. */
static inline struct ring_head ring_head(const struct mcapi_wire_slot *slot)
{
	struct ring_head head;

	memcpy(&head.route, &slot->src_port, sizeof(head.route));
	head.len = slot->len;
	head.flags = slot->flags;
	/* The compiler may not look at the original again. */
	__asm__ volatile("" ::: "memory");
	return head;
}

/*
 * Copies the next slot, if there is one. What is checked and used afterwards is
 * the copy, which the sender can no longer change.
 */
static inline bool ring_peek(const struct ring_in *ring, struct mcapi_wire_slot *slot)
{
	if (!ring_ready(ring))
		return false;
	memcpy(slot, ring_place(ring), sizeof(*slot));
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
