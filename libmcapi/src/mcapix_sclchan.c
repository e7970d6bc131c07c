/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapix_sclchan.c - scalars beyond the standard: many at once
 */
#include "mcapix.h"
#include "scalar.h"

/* log2 of the size of a scalar; 4 if there are none of that size. */
static uint32_t log2_of(size_t size)
{
	uint32_t log2 = 0;

	while (log2 < 4 && (size_t)1 << log2 != size)
		log2++;
	return log2;
}

static mcapi_status_t check(const void *values, size_t size, size_t count)
{
	if (count && !values)
		return failed(MCAPI_ERR_PARAMETER);
	if (log2_of(size) == 4) {
		detail("scalars have 1, 2, 4 or 8 bytes, not %zu", size);
		return MCAPI_ERR_SCL_SIZE;
	}
	return MCAPI_SUCCESS;
}

static size_t send_many(struct channel *channel, const uint8_t *values, uint32_t log2,
			size_t count, mcapi_status_t *status)
{
	size_t sent = 0;

	while (sent < count) {
		uint32_t put;
		const uint8_t *next = values + (sent << log2);
		const size_t left = count - sent;
		uint64_t value = 0;

		if (!channel->pending && !channel_shut(channel) && scalar_room(channel)) {
			put = scalars_put_many(&channel->scalars_out, &channel->link->own, next,
					       log2, left < MCAPI_WIRE_SCALARS ?
					       (uint32_t)left : MCAPI_WIRE_SCALARS);
			channel->node->stats.sent += put;
			sent += put;
			continue;
		}
		/* What was sent so far must not wait for what comes. */
		if (!channel->lost)
			peer_poke(channel->peer);
		memcpy(&value, next, (size_t)1 << log2);
		*status = scalar_send(channel, value, log2);
		if (*status != MCAPI_SUCCESS)
			break;
		sent++;
	}
	if (!channel->lost)
		peer_poke(channel->peer);
	return sent;
}

size_t mcapix_sclchan_send_many(mcapi_sclchan_send_hndl_t send_handle, const void *values,
				size_t size, size_t count, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	size_t sent = 0;

	if (!node)
		return 0;
	channel = channel_use(node, send_handle, SCALAR_SENDS, status);
	if (channel) {
		*status = check(values, size, count);
		if (*status == MCAPI_SUCCESS)
			sent = send_many(channel, values, log2_of(size), count, status);
	}
	node_leave(node);
	return sent;
}

static size_t receive_many(struct channel *channel, uint8_t *values, uint32_t log2, size_t count,
			   mcapi_status_t *status)
{
	size_t received = 0;
	uint64_t value;

	if (channel->pending || !scalar_ready(channel) || scalar_size(channel) != log2) {
		*status = scalar_receive(channel, log2, &value);
		if (*status != MCAPI_SUCCESS)
			return 0;
		memcpy(values, &value, (size_t)1 << log2);
		received = 1;
	}
	while (received < count && scalar_ready(channel)) {
		const size_t left = count - received;
		uint32_t taken = scalars_take_many(&channel->scalars_in,
						   values + (received << log2), log2,
						   left < MCAPI_WIRE_SCALARS ?
						   (uint32_t)left : MCAPI_WIRE_SCALARS);

		scalar_acknowledge(channel, false);
		channel->node->stats.received += taken;
		received += taken;
		if (!taken)
			break;
	}
	return received;
}

size_t mcapix_sclchan_recv_many(mcapi_sclchan_recv_hndl_t receive_handle, void *values,
				size_t size, size_t count, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	size_t received = 0;

	if (!node)
		return 0;
	channel = channel_use(node, receive_handle, SCALAR_RECEIVES, status);
	if (channel) {
		*status = count ? check(values, size, count) : failed(MCAPI_ERR_PARAMETER);
		if (*status == MCAPI_SUCCESS)
			received = receive_many(channel, values, log2_of(size), count, status);
	}
	node_leave(node);
	return received;
}
