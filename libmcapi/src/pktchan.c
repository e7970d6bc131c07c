/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pktchan.c - the packet channels of the standard
 */
#include "connect.h"
#include "loan.h"
#include "packet.h"

void mcapi_pktchan_connect_i(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
			     mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	connect_i(MCAPI_WIRE_TYPE_PACKET, send_endpoint, receive_endpoint, request, mcapi_status);
}

void mcapi_pktchan_recv_open_i(mcapi_pktchan_recv_hndl_t *recv_handle,
			       mcapi_endpoint_t receive_endpoint, mcapi_request_t *request,
			       mcapi_status_t *mcapi_status)
{
	channel_open_i(PACKET_RECEIVES, receive_endpoint, recv_handle, request, mcapi_status);
}

void mcapi_pktchan_send_open_i(mcapi_pktchan_send_hndl_t *send_handle,
			       mcapi_endpoint_t send_endpoint, mcapi_request_t *request,
			       mcapi_status_t *mcapi_status)
{
	channel_open_i(PACKET_SENDS, send_endpoint, send_handle, request, mcapi_status);
}

void mcapi_pktchan_recv_close_i(mcapi_pktchan_recv_hndl_t receive_handle,
				mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	channel_close_i(PACKET_RECEIVES, receive_handle, request, mcapi_status);
}

void mcapi_pktchan_send_close_i(mcapi_pktchan_send_hndl_t send_handle, mcapi_request_t *request,
				mcapi_status_t *mcapi_status)
{
	channel_close_i(PACKET_SENDS, send_handle, request, mcapi_status);
}

/* ---- send ---- */

mcapi_status_t packet_check(const struct channel *channel, const void *buffer, size_t size)
{
	if (size > channel->max_payload) {
		detail("a packet of %zu bytes is longer than the endpoint's %u", size,
		       channel->max_payload);
		return MCAPI_ERR_PKT_SIZE;
	}
	return size && !buffer ? failed(MCAPI_ERR_PARAMETER) : MCAPI_SUCCESS;
}

/* Tries once, behind those that wait; PENDING if that was not enough. */
static mcapi_status_t start_send(struct channel *channel, struct request *req)
{
	mcapi_status_t status = channel_over(channel);

	if (status != MCAPI_SUCCESS)
		return status;
	if (!channel->pending) {
		const bool done = packet_try(channel, req);

		if (done || req->send_packet.sent)
			peer_poke(channel->peer);
		if (done) {
			channel->node->stats.sent++;
			request_complete(req, MCAPI_SUCCESS, req->send_packet.len);
			return MCAPI_SUCCESS;
		}
	}
	if (channel->fail_full && !req->send_packet.sent) {
		detail("no room for this packet, and its endpoint does not wait");
		return MCAPI_ERR_MEM_LIMIT;
	}
	channel_wait(channel, req);
	return MCAPI_PENDING;
}

mcapi_status_t packet_send_all(struct channel *channel, const struct iovec *pieces, uint32_t len,
			       struct buffer *loan)
{
	struct request req = {
		.kind = REQUEST_SEND_PACKET,
		.channel = channel,
		.send_packet = { .pieces = pieces, .len = len, .loan = loan },
	};
	mcapi_status_t status = start_send(channel, &req);

	if (status != MCAPI_PENDING)
		return status;
	channel_wait_done(channel, &req);
	return req.status;
}

void mcapi_pktchan_send_i(mcapi_pktchan_send_hndl_t send_handle, void *buffer, size_t size,
			  mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;
	struct request *req = NULL;

	if (!node)
		return;
	channel = channel_use(node, send_handle, PACKET_SENDS, mcapi_status);
	if (channel) {
		*mcapi_status = request ? packet_check(channel, buffer, size) :
					  failed(MCAPI_ERR_PARAMETER);
		if (*mcapi_status == MCAPI_SUCCESS)
			req = request_new(node, REQUEST_SEND_PACKET, mcapi_status);
	}
	if (req) {
		req->channel = channel;
		req->send_packet.piece = (struct iovec){ buffer, size };
		req->send_packet.pieces = &req->send_packet.piece;
		req->send_packet.len = (uint32_t)size;
		*mcapi_status = start_send(channel, req);
		if (*mcapi_status == MCAPI_SUCCESS || *mcapi_status == MCAPI_PENDING)
			*request = req->handle;
		else
			request_drop(node, req);
	}
	node_leave(node);
}

void mcapi_pktchan_send(mcapi_pktchan_send_hndl_t send_handle, void *buffer, size_t size,
			mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;

	if (!node)
		return;
	channel = channel_use(node, send_handle, PACKET_SENDS, mcapi_status);
	if (channel) {
		*mcapi_status = packet_check(channel, buffer, size);
		if (*mcapi_status == MCAPI_SUCCESS)
			*mcapi_status = packet_send_all(channel, &(struct iovec){ buffer, size },
							(uint32_t)size, NULL);
	}
	node_leave(node);
}

/* ---- receive ---- */

void mcapi_pktchan_recv_i(mcapi_pktchan_recv_hndl_t receive_handle, void **buffer,
			  mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;
	struct request *req = NULL;

	if (!node)
		return;
	channel = channel_use(node, receive_handle, PACKET_RECEIVES, mcapi_status);
	if (channel && (!buffer || !request))
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	else if (channel)
		req = request_new(node, REQUEST_RECV_PACKET, mcapi_status);
	if (req) {
		req->channel = channel;
		req->recv_packet.buffer = buffer;
		channel_wait(channel, req);
		packet_in_work(channel);
		request_report(req, request, mcapi_status);
	}
	node_leave(node);
}

/* Is there something in the ring a moment later? */
static bool packet_soon(const struct channel *channel)
{
	for (uint32_t looks = 0; channel_looks_again(channel, looks); looks++)
		if (channel->holds_peer && ring_ready(&channel->packet_in.ring))
			return true;
	return false;
}

static mcapi_status_t wait_for_packet(struct channel *channel, void **buffer, size_t *size)
{
	struct request req = {
		.kind = REQUEST_RECV_PACKET,
		.channel = channel,
		.recv_packet = { .buffer = buffer },
	};

	channel_wait(channel, &req);
	packet_in_work(channel);
	channel_wait_done(channel, &req);
	*size = req.size;
	return req.status;
}

mcapi_status_t packet_receive_one(struct channel *channel, void **buffer, size_t *size)
{
	uint32_t len;
	struct buffer *packet = channel->pending ? NULL : packet_receive(channel, &len);

	if (!packet && !channel->pending && packet_soon(channel))
		packet = packet_receive(channel, &len);
	if (!packet)
		return wait_for_packet(channel, buffer, size);
	*buffer = packet->at;
	*size = len;
	return MCAPI_SUCCESS;
}

void mcapi_pktchan_recv(mcapi_pktchan_recv_hndl_t receive_handle, void **buffer,
			size_t *received_size, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;

	if (!node)
		return;
	channel = channel_use(node, receive_handle, PACKET_RECEIVES, mcapi_status);
	if (channel && (!buffer || !received_size))
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	else if (channel)
		*mcapi_status = packet_receive_one(channel, buffer, received_size);
	node_leave(node);
}

mcapi_uint_t mcapi_pktchan_available(mcapi_pktchan_recv_hndl_t receive_handle,
				     mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct channel *channel;
	mcapi_uint_t count = 0;

	if (!node)
		return 0;
	channel = channel_use(node, receive_handle, PACKET_RECEIVES, mcapi_status);
	if (channel) {
		count = packet_available(channel);
		*mcapi_status = MCAPI_SUCCESS;
	}
	node_leave(node);
	return count;
}

/* ---- release ---- */

mcapi_status_t packet_release(struct node *node, const void *at)
{
	struct buffer *packet = buffer_find(node, at);

	if (!packet || (packet->kind != BUFFER_RECEIVED && packet->kind != BUFFER_COPY)) {
		detail("%p is no packet that was received and not released", at);
		return MCAPI_ERR_BUF_INVALID;
	}
	buffer_take(node, packet);
	if (packet->kind == BUFFER_RECEIVED) {
		packet_in_release(packet);
		/* It may be the last thing that a closed channel was kept for. */
		channel_settle(packet->channel);
	}
	buffer_drop(node, packet);
	return MCAPI_SUCCESS;
}

void mcapi_pktchan_release(void *buffer, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	*mcapi_status = packet_release(node, buffer);
	node_leave(node);
}

mcapi_boolean_t mcapi_pktchan_release_test(void *buffer, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct buffer *packet;

	if (!node)
		return MCAPI_FALSE;
	node_progress(node);
	packet = buffer_find(node, buffer);
	if (packet && packet->kind == BUFFER_SENT)
		packet_out_reclaim(packet->channel);
	if (!buffer) {
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	} else if (!packet) {
		detail("%p is no packet of this node", buffer);
		*mcapi_status = MCAPI_ERR_BUF_INVALID;
	} else if (packet->kind == BUFFER_LOAN || packet->kind == BUFFER_BACK) {
		if (packet->kind == BUFFER_BACK)
			loan_keep(packet);
		*mcapi_status = MCAPI_SUCCESS;
	} else {
		*mcapi_status = MCAPI_PENDING;
	}
	node_leave(node);
	return *mcapi_status == MCAPI_SUCCESS ? MCAPI_TRUE : MCAPI_FALSE;
}
