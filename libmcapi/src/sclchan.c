/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sclchan.c - the scalar channels of the standard
 */
#include "connect.h"
#include "scalar.h"

void mcapi_sclchan_connect_i(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
			     mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	connect_i(MCAPI_WIRE_TYPE_SCALAR, send_endpoint, receive_endpoint, request, mcapi_status);
}

void mcapi_sclchan_recv_open_i(mcapi_sclchan_recv_hndl_t *receive_handle,
			       mcapi_endpoint_t receive_endpoint, mcapi_request_t *request,
			       mcapi_status_t *mcapi_status)
{
	channel_open_i(SCALAR_RECEIVES, receive_endpoint, receive_handle, request, mcapi_status);
}

void mcapi_sclchan_send_open_i(mcapi_sclchan_send_hndl_t *send_handle,
			       mcapi_endpoint_t send_endpoint, mcapi_request_t *request,
			       mcapi_status_t *mcapi_status)
{
	channel_open_i(SCALAR_SENDS, send_endpoint, send_handle, request, mcapi_status);
}

void mcapi_sclchan_recv_close_i(mcapi_sclchan_recv_hndl_t receive_handle,
				mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	channel_close_i(SCALAR_RECEIVES, receive_handle, request, mcapi_status);
}

void mcapi_sclchan_send_close_i(mcapi_sclchan_send_hndl_t send_handle, mcapi_request_t *request,
				mcapi_status_t *mcapi_status)
{
	channel_close_i(SCALAR_SENDS, send_handle, request, mcapi_status);
}

/* ---- data ---- */

/* Once for each size: the size is a constant then. */
#define FAST static inline __attribute__((always_inline))

FAST void send(mcapi_sclchan_send_hndl_t handle, uint64_t value, uint32_t log2,
	       mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;

	if (!node)
		return;
	channel = channel_use(node, handle, SCALAR_SENDS, status);
	if (channel) {
		if (__builtin_expect(!channel->pending && !channel_shut(channel) &&
				     scalar_room(channel), 1)) {
			scalars_put(&channel->scalars_out, &channel->link->own, value, log2);
			node->stats.sent++;
			peer_poke(channel->peer);
			*status = MCAPI_SUCCESS;
		} else {
			*status = scalar_send(channel, value, log2);
		}
	}
	node_leave(node);
}

FAST uint64_t receive(mcapi_sclchan_recv_hndl_t handle, uint32_t log2, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	uint64_t value = 0;

	if (!node)
		return 0;
	channel = channel_use(node, handle, SCALAR_RECEIVES, status);
	if (channel) {
		if (__builtin_expect(!channel->pending && scalar_soon(channel) &&
				     scalar_size(channel) == log2, 1)) {
			value = scalar_take(channel);
			node->stats.received++;
			*status = MCAPI_SUCCESS;
		} else {
			*status = scalar_receive(channel, log2, &value);
		}
	}
	node_leave(node);
	return value;
}

#define SCALAR(bits, log2)								\
	void mcapi_sclchan_send_uint##bits(mcapi_sclchan_send_hndl_t send_handle,		\
					   mcapi_uint##bits##_t dataword,			\
					   mcapi_status_t *mcapi_status)			\
	{											\
		send(send_handle, dataword, log2, mcapi_status);				\
	}											\
												\
	mcapi_uint##bits##_t									\
	mcapi_sclchan_recv_uint##bits(mcapi_sclchan_recv_hndl_t receive_handle,		\
				      mcapi_status_t *mcapi_status)				\
	{											\
		return (mcapi_uint##bits##_t)receive(receive_handle, log2, mcapi_status);	\
	}

SCALAR(8, 0)
SCALAR(16, 1)
SCALAR(32, 2)
SCALAR(64, 3)

mcapi_uint_t mcapi_sclchan_available(mcapi_sclchan_recv_hndl_t receive_handle,
				     mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;
	mcapi_uint_t count = 0;

	if (!node)
		return 0;
	channel = channel_use(node, receive_handle, SCALAR_RECEIVES, mcapi_status);
	if (channel) {
		if (channel->holds_peer)
			count = scalars_available(&channel->scalars_in);
		*mcapi_status = MCAPI_SUCCESS;
	}
	node_leave(node);
	return count;
}
