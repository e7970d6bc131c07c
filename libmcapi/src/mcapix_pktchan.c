/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapix_pktchan.c - packets beyond the standard: in place, from pieces, many at once
 */
#include "loan.h"
#include "mcapix.h"
#include "packet.h"

/* ---- in place ---- */

void *mcapix_buffer_alloc(mcapi_pktchan_send_hndl_t send_handle, size_t size,
			  mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	struct buffer *loan = NULL;

	if (!node)
		return NULL;
	channel = channel_use(node, send_handle, PACKET_SENDS, status);
	if (channel) {
		*status = size > channel->link->heap.largest ? failed(MCAPI_ERR_PKT_SIZE) :
							       channel_over(channel);
		if (*status == MCAPI_SUCCESS) {
			loan = loan_new(channel, size ? (uint32_t)size : 1);
			if (!loan)
				*status = failed(MCAPI_ERR_MEM_LIMIT);
		}
	}
	node_leave(node);
	return loan ? loan->at : NULL;
}

/* What the program may write to and send, or NULL with ERR_BUF_INVALID. */
static struct buffer *find_loan(struct node *node, const void *buffer, mcapi_status_t *status)
{
	struct buffer *loan = buffer_find(node, buffer);

	if (loan && (loan->kind == BUFFER_LOAN || loan->kind == BUFFER_BACK))
		return loan;
	detail("%p is no buffer of mcapix_buffer_alloc() that this program has", buffer);
	*status = MCAPI_ERR_BUF_INVALID;
	return NULL;
}

void mcapix_buffer_free(void *buffer, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct buffer *loan;

	if (!node)
		return;
	loan = find_loan(node, buffer, status);
	if (loan) {
		loan_free(loan);
		*status = MCAPI_SUCCESS;
	}
	node_leave(node);
}

void mcapix_pktchan_send_buffer(mcapi_pktchan_send_hndl_t send_handle, void *buffer, size_t size,
				mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	struct buffer *loan = NULL;

	if (!node)
		return;
	channel = channel_use(node, send_handle, PACKET_SENDS, status);
	if (channel)
		loan = find_loan(node, buffer, status);
	if (loan) {
		if (loan->kind == BUFFER_BACK)
			loan_keep(loan);
		*status = packet_check(channel, buffer, size);
		if (loan->channel != channel)
			*status = failed(MCAPI_ERR_BUF_INVALID);
		else if (size > loan->size)
			*status = failed(MCAPI_ERR_PKT_SIZE);
		if (*status == MCAPI_SUCCESS)
			*status = packet_send_all(channel, NULL, (uint32_t)size, loan);
	}
	node_leave(node);
}

/* ---- from pieces ---- */

void mcapix_pktchan_send_pieces(mcapi_pktchan_send_hndl_t send_handle, const struct iovec *pieces,
				size_t count, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	size_t size = 0;

	if (!node)
		return;
	channel = channel_use(node, send_handle, PACKET_SENDS, status);
	if (channel) {
		*status = count && !pieces ? failed(MCAPI_ERR_PARAMETER) : MCAPI_SUCCESS;
		for (size_t i = 0; i < count && *status == MCAPI_SUCCESS; i++) {
			*status = packet_check(channel, pieces[i].iov_base, pieces[i].iov_len);
			size += pieces[i].iov_len;
			if (*status == MCAPI_SUCCESS)
				*status = packet_check(channel, channel, size);
		}
		if (*status == MCAPI_SUCCESS)
			*status = packet_send_all(channel, pieces, (uint32_t)size, NULL);
	}
	node_leave(node);
}

/* ---- many at once ---- */

size_t mcapix_pktchan_send_many(mcapi_pktchan_send_hndl_t send_handle,
				const struct iovec *packets, size_t count,
				mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	size_t sent = 0;

	if (!node)
		return 0;
	channel = channel_use(node, send_handle, PACKET_SENDS, status);
	if (channel) {
		*status = packets || !count ? MCAPI_SUCCESS : failed(MCAPI_ERR_PARAMETER);
		while (sent < count && *status == MCAPI_SUCCESS) {
			const struct iovec *packet = &packets[sent];

			*status = packet_check(channel, packet->iov_base, packet->iov_len);
			if (*status == MCAPI_SUCCESS)
				*status = packet_send_all(channel, packet,
							  (uint32_t)packet->iov_len, NULL);
			sent += *status == MCAPI_SUCCESS;
		}
	}
	node_leave(node);
	return sent;
}

size_t mcapix_pktchan_recv_many(mcapi_pktchan_recv_hndl_t receive_handle, struct iovec *packets,
				size_t count, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	size_t received = 0;

	if (!node)
		return 0;
	channel = channel_use(node, receive_handle, PACKET_RECEIVES, status);
	if (channel && (!packets || !count)) {
		*status = failed(MCAPI_ERR_PARAMETER);
	} else if (channel) {
		*status = packet_receive_one(channel, &packets[0].iov_base, &packets[0].iov_len);
		for (received = *status == MCAPI_SUCCESS; received && received < count;
		     received++) {
			uint32_t len;
			struct buffer *packet = packet_receive(channel, &len);

			if (!packet)
				break;
			packets[received] = (struct iovec){ packet->at, len };
		}
	}
	node_leave(node);
	return received;
}

size_t mcapix_pktchan_release_many(const struct iovec *packets, size_t count,
				   mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	size_t released = 0;

	if (!node)
		return 0;
	*status = packets || !count ? MCAPI_SUCCESS : failed(MCAPI_ERR_PARAMETER);
	while (released < count && *status == MCAPI_SUCCESS) {
		*status = packet_release(node, packets[released].iov_base);
		released += *status == MCAPI_SUCCESS;
	}
	node_leave(node);
	return released;
}
