/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * give.h - the return ring of a packet channel: buffers that go back
 *
 * Each entry carries its own sequence, like a slot, so that the sender finds what
 * came back without an index. It never has more buffers out than the ring has
 * entries: the receiver needs not ask for room.
 *
 * Freestanding.
 */
#ifndef GIVE_H
#define GIVE_H

#include <stdbool.h>

#include "own.h"

/* To a sender; lives in the receiver, entries point into its own section. */
struct give_out {
	struct mcapi_wire_give *entries;
	uint32_t mask;
	uint32_t prod;
};

static inline void give_put(struct give_out *ring, const struct own *own, uint32_t line)
{
	struct mcapi_wire_give *to = &ring->entries[ring->prod & ring->mask];

	own_store(own, &to->line, line);
	ring->prod++;
	own_publish(own, &to->seq, ring->prod);
}

/* From a receiver; lives in the sender. */
struct give_in {
	const struct mcapi_wire_give *entries;
	uint32_t mask;
	uint32_t cons;
};

static inline bool give_take(struct give_in *ring, uint32_t *line)
{
	const struct mcapi_wire_give *from = &ring->entries[ring->cons & ring->mask];

	if (peer_load(&from->seq) != ring->cons + 1)
		return false;
	*line = __atomic_load_n(&from->line, __ATOMIC_RELAXED);
	ring->cons++;
	return true;
}

#endif /* GIVE_H */
