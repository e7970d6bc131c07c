/* SPDX-License-Identifier: BSD-3-Clause */
#include "scalar.h"

#define RING_LOG2_MIN 4u
#define RING_LOG2_OURS 8u
#define RING_LOG2_MAX 13u

bool scalar_out_open(struct channel *channel, struct mcapi_wire_control *open)
{
	struct link *link = channel->link;
	struct scalars_out *ring = &channel->scalars_out;
	uint32_t log2 = RING_LOG2_MIN;

	while (log2 < RING_LOG2_OURS && 2u << log2 <= link->own.size / 8192)
		log2++;
	channel->offs[0] = heap_alloc(&link->heap, (uint32_t)sizeof(*ring->lines) << log2,
				      HEAP_TAG_CHANNEL);
	if (channel->offs[0] == HEAP_NONE)
		return false;
	ring->lines = (struct mcapi_wire_scalars *)(link->own.base + channel->offs[0]);
	ring->mask = (1u << log2) - 1;
	own_clear(&link->own, ring->lines, sizeof(*ring->lines) << log2);
	open->word[0] = link_line(link, channel->offs[0]);
	open->word[1] = log2;
	return true;
}

const char *scalar_out_opened(struct channel *channel, const struct mcapi_wire_control *open)
{
	channel->their_line = side_range(&channel->link->theirs, channel->peer->section,
					 open->word[0], sizeof(*channel->their_line));
	return channel->their_line ? NULL : "the lines of its channel are not in its section";
}

bool scalar_in_open(struct channel *channel, struct mcapi_wire_control *open)
{
	if (!channel_make_lines(channel))
		return false;
	open->word[0] = link_line(channel->link, channel->offs[0]);
	return true;
}

const char *scalar_in_opened(struct channel *channel, const struct mcapi_wire_control *open)
{
	struct scalars_in *ring = &channel->scalars_in;
	const uint32_t log2 = open->word[1];

	if (log2 < RING_LOG2_MIN || log2 > RING_LOG2_MAX ||
	    !(ring->lines = side_range(&channel->link->theirs, channel->peer->section,
				       open->word[0], (uint32_t)sizeof(*ring->lines) << log2)))
		return "the ring of its channel is not in its section";
	ring->mask = (1u << log2) - 1;
	channel_hold_peer(channel);
	return NULL;
}

static bool try_send(struct channel *channel, struct request *req)
{
	if (!scalar_room(channel))
		return false;
	scalars_put(&channel->scalars_out, &channel->link->own, req->scalar.value,
		    req->scalar.log2);
	channel->node->stats.sent++;
	peer_poke(channel->peer);
	request_complete(req, MCAPI_SUCCESS, 0);
	return true;
}

static bool try_receive(struct channel *channel, struct request *req)
{
	if (!scalar_ready(channel))
		return false;
	if (scalar_size(channel) != req->scalar.log2) {
		detail("the next scalar has %u bits, not %u", 8u << scalar_size(channel),
		       8u << req->scalar.log2);
		request_complete(req, MCAPI_ERR_SCL_SIZE, 0);
		return true;
	}
	req->scalar.value = scalar_take(channel);
	channel->node->stats.received++;
	request_complete(req, MCAPI_SUCCESS, 0);
	return true;
}

void scalar_work(struct channel *channel)
{
	const bool sends = channel_sends(channel);

	while (channel->pending) {
		struct request *req = channel->pending;
		struct request *next = req->next;
		mcapi_status_t status = sends ? channel_over(channel) : MCAPI_SUCCESS;

		if (status == MCAPI_SUCCESS &&
		    !(sends ? try_send(channel, req) : try_receive(channel, req))) {
			status = channel_over(channel);
			if (status == MCAPI_SUCCESS) {
				channel_busy(channel);
				return;
			}
		}
		if (status != MCAPI_SUCCESS) {
			channel_drop_pending(channel, status);
			return;
		}
		channel->pending = next;
		if (!next)
			channel->pending_tail = &channel->pending;
		channel->node->delivered++;
	}
}

/* There was no value, no room, or somebody waits before us. */
static mcapi_status_t wait_for(struct channel *channel, struct request *req)
{
	channel_wait(channel, req);
	channel_wait_done(channel, req);
	return req->status;
}

mcapi_status_t scalar_send(struct channel *channel, uint64_t value, uint32_t log2)
{
	struct request req = {
		.kind = REQUEST_SCALAR,
		.channel = channel,
		.scalar = { .value = value, .log2 = log2 },
	};
	const mcapi_status_t over = channel_over(channel);

	if (over != MCAPI_SUCCESS)
		return over;
	if (channel->fail_full) {
		detail("no room for this scalar, and its endpoint does not wait");
		return MCAPI_ERR_MEM_LIMIT;
	}
	return wait_for(channel, &req);
}

mcapi_status_t scalar_receive(struct channel *channel, uint32_t log2, uint64_t *value)
{
	struct request req = {
		.kind = REQUEST_SCALAR,
		.channel = channel,
		.scalar = { .log2 = log2 },
	};
	const mcapi_status_t status = wait_for(channel, &req);

	*value = req.scalar.value;
	return status;
}
