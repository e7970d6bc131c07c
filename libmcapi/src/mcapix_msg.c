/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapix_msg.c - messages beyond the standard: many at once
 */
#include "mcapix.h"
#include "message.h"
#include "queue.h"

size_t mcapix_msg_send_many(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
			    const struct iovec *messages, size_t count, mcapi_priority_t priority,
			    mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	size_t sent = 0;

	if (!node)
		return 0;
	*status = messages || !count ? MCAPI_SUCCESS : failed(MCAPI_ERR_PARAMETER);
	while (sent < count && *status == MCAPI_SUCCESS) {
		*status = message_send_one(node, send_endpoint, receive_endpoint,
					   messages[sent].iov_base, messages[sent].iov_len,
					   priority);
		sent += *status == MCAPI_SUCCESS;
	}
	node_leave(node);
	return sent;
}

static bool writable(const struct iovec *messages, size_t count)
{
	for (size_t i = 0; messages && i < count; i++)
		if (messages[i].iov_len && !messages[i].iov_base)
			return false;
	return messages && count;
}

size_t mcapix_msg_recv_many(mcapi_endpoint_t receive_endpoint, struct iovec *messages,
			    size_t count, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct endpoint *endpoint;
	size_t received = 0;

	if (!node)
		return 0;
	endpoint = endpoint_own(node, receive_endpoint, status);
	if (endpoint)
		*status = writable(messages, count) ? MCAPI_SUCCESS : failed(MCAPI_ERR_PARAMETER);
	while (endpoint && received < count && *status == MCAPI_SUCCESS) {
		struct landing landing = {
			.buffer = messages[received].iov_base,
			.room = messages[received].iov_len,
		};

		if (!message_receive_one(endpoint, &landing, !received))
			break;
		*status = failed(landing.status);
		/* One that was cut is there, too. */
		if (*status == MCAPI_SUCCESS || *status == MCAPI_ERR_MSG_TRUNCATED)
			messages[received++].iov_len = landing.size;
	}
	node_leave(node);
	return received;
}
