/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * msg_recv.c - receiving messages
 */
#include "endpoint.h"
#include "message.h"
#include "queue.h"

static bool receive_now(struct endpoint *endpoint, struct landing *landing)
{
	/* Earlier receives come first. */
	if (endpoint->receives)
		return false;
	/* So many senders that not all of them are hot: each has its turn. */
	look_around(endpoint->node);
	if (queue_receive(endpoint, landing))
		return true;
	/* From those that were silent it is not the first that counts, but the most urgent. */
	node_look(endpoint->node, NULL, NULL);
	return endpoint->occupied && queue_receive(endpoint, landing);
}

static void receive_later(struct endpoint *endpoint, struct request *req)
{
	req->next = NULL;
	*endpoint->receives_tail = req;
	endpoint->receives_tail = &req->next;
}

static struct endpoint *check_receive(struct node *node, mcapi_endpoint_t handle,
				      const void *buffer, size_t size, const void *result,
				      mcapi_status_t *status)
{
	struct endpoint *endpoint = endpoint_own(node, handle, status);

	if (endpoint && (!result || (size && !buffer))) {
		*status = failed(MCAPI_ERR_PARAMETER);
		return NULL;
	}
	return endpoint;
}

void mcapi_msg_recv_i(mcapi_endpoint_t receive_endpoint, void *buffer, size_t buffer_size,
		      mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct endpoint *endpoint;
	struct request *req;

	if (!node)
		return;
	endpoint = check_receive(node, receive_endpoint, buffer, buffer_size, request,
				 mcapi_status);
	req = endpoint ? request_new(node, REQUEST_RECV, mcapi_status) : NULL;
	if (req) {
		struct landing landing = { .buffer = buffer, .room = buffer_size };

		req->recv.endpoint = endpoint;
		req->recv.buffer = buffer;
		req->recv.size = buffer_size;
		if (receive_now(endpoint, &landing)) {
			request_complete(req, landing.status, landing.size);
		} else {
			receive_later(endpoint, req);
			request_look(node, req);
		}
		request_report(req, request, mcapi_status);
	}
	node_leave(node);
}

__attribute__((noinline))
static void wait_for_message(struct endpoint *endpoint, struct landing *landing)
{
	struct request req = {
		.kind = REQUEST_RECV,
		.recv = {
			.endpoint = endpoint,
			.buffer = landing->buffer,
			.size = landing->room,
		},
	};

	receive_later(endpoint, &req);
	request_wait_at(endpoint, &req);
	landing->size = req.size;
	landing->status = req.status;
}

bool message_receive_one(struct endpoint *endpoint, struct landing *landing, bool wait)
{
	if (!receive_now(endpoint, landing)) {
		if (!wait)
			return false;
		wait_for_message(endpoint, landing);
	}
	return true;
}

void message_receive(mcapi_endpoint_t handle, void *buffer, size_t room, size_t *size,
		     mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct endpoint *endpoint;

	if (!node)
		return;
	endpoint = check_receive(node, handle, buffer, room, size,
				 mcapi_status);
	if (endpoint) {
		struct landing landing = { .buffer = buffer, .room = room };

		message_receive_one(endpoint, &landing, true);
		*size = landing.size;
		*mcapi_status = failed(landing.status);
	}
	node_leave(node);
}

mcapi_uint_t mcapi_msg_available(mcapi_endpoint_t receive_endpoint, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct endpoint *endpoint;
	mcapi_uint_t count = 0;

	if (!node)
		return 0;
	endpoint = endpoint_own(node, receive_endpoint, mcapi_status);
	if (endpoint) {
		node_progress(node);
		count = endpoint->queued;
		*mcapi_status = MCAPI_SUCCESS;
	}
	node_leave(node);
	return count;
}
