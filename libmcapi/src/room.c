/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * room.c - how much a channel takes before its sender has to wait
 */
#include "endpoint.h"
#include "packet.h"
#include "scalar.h"

/* What the sender may still publish, by the receiver's last word. */
static uint32_t room_to_send(struct channel *channel)
{
	if (!channel->usable)
		return 0;
	if (channel_has_packets(channel)) {
		const struct ring_out *ring = &channel->packet_out.ring;

		/* Takes over what was acknowledged. */
		packet_has_slot(channel);
		return ring->mask + 1 - (ring->prod - ring->acked);
	} else {
		struct scalars_out *ring = &channel->scalars_out;
		uint32_t lines;

		if (!scalars_ack(ring, peer_load(&channel->their_line->ack)))
			return 0;
		lines = ring->mask + 1 - (ring->index - ring->acked);
		return lines * MCAPI_WIRE_SCALARS - ring->count;
	}
}

/* The same as the receiver sees it: what is not taken up. */
static uint32_t room_to_receive(struct channel *channel)
{
	uint32_t size, used;

	if (!channel->usable)
		return 0;
	if (channel_has_packets(channel)) {
		size = channel->packet_in.ring.mask + 1;
		used = packet_available(channel);
	} else {
		size = (channel->scalars_in.mask + 1) * MCAPI_WIRE_SCALARS;
		used = scalars_available(&channel->scalars_in);
	}
	return used < size ? size - used : 0;
}

uint32_t channel_room(struct node *node, mcapi_endpoint_t handle)
{
	struct channel *channel;

	if (handle_own(node, handle)) {
		channel = node->ports[handle_port(handle)]->channel;
		return channel && !channel_sends(channel) ? room_to_receive(channel) : 0;
	}
	for (channel = node->channel_list; channel; channel = channel->next)
		if (channel_sends(channel) && channel->endpoint && channel->other == handle)
			return room_to_send(channel);
	return 0;
}
