/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * scalar.h - scalars: both ends of a channel
 */
#ifndef SCALAR_H
#define SCALAR_H

#include "channel.h"

#define SCALAR_SENDS (MCAPI_WIRE_TYPE_SCALAR | CHANNEL_SEND)
#define SCALAR_RECEIVES (MCAPI_WIRE_TYPE_SCALAR | CHANNEL_RECV)

/* Room for another value? */
static inline bool scalar_room(struct channel *channel)
{
	struct scalars_out *ring = &channel->scalars_out;

	/* In a line that was begun there is room. */
	if (__builtin_expect(ring->count, 1))
		return true;
	if (!peer_owned(channel->peer))
		return false;
	if (__builtin_expect(!scalars_full(ring), 1))
		return true;
	if (!scalars_ack(ring, peer_load(&channel->their_line->ack))) {
		channel_fault(channel, "it acknowledged scalars that were never sent");
		return false;
	}
	return !scalars_full(ring);
}

/* Says what was consumed, all of it if there is nothing more, else in quarters of the ring. */
static inline void scalar_acknowledge(struct channel *channel, bool all)
{
	struct scalars_in *ring = &channel->scalars_in;

	if (ring->index - ring->acked > (all ? 0 : ring->mask / 4)) {
		ring->acked = ring->index;
		channel_ack(channel, ring->acked);
	}
}

/* Is there a value? */
static inline bool scalar_ready(struct channel *channel)
{
	if (__builtin_expect(channel->holds_peer && scalars_ready(&channel->scalars_in), 1))
		return !channel->peer->faulted;
	scalar_acknowledge(channel, true);
	return false;
}

/* Is there one now, or a moment later? */
static inline bool scalar_soon(struct channel *channel)
{
	if (scalar_ready(channel))
		return true;
	for (uint32_t looks = 0; channel_looks_again(channel, looks); looks++)
		if (channel->holds_peer && scalars_ready(&channel->scalars_in))
			return !channel->peer->faulted;
	return false;
}

/* log2 of the bytes of the value that is ready. */
static inline uint32_t scalar_size(const struct channel *channel)
{
	return scalars_size(channel->scalars_in.head, channel->scalars_in.taken);
}

/* Takes the value that is ready. */
static inline uint64_t scalar_take(struct channel *channel)
{
	uint64_t value;

	if (scalars_take(&channel->scalars_in, &value))
		scalar_acknowledge(channel, false);
	return value;
}

/* There was no room, or no value: waits for it. */
mcapi_status_t scalar_send(struct channel *channel, uint64_t value, uint32_t log2);
mcapi_status_t scalar_receive(struct channel *channel, uint32_t log2, uint64_t *value);

#endif /* SCALAR_H */
