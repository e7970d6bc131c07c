/* SPDX-License-Identifier: BSD-3-Clause */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "endpoint.h"

#define INDEX_BITS 12
#define INDEX_MASK (NODE_REQUESTS - 1)

_Static_assert(NODE_REQUESTS == 1u << INDEX_BITS, "a handle holds the index in its low bits");

static struct request *oldest_reusable(struct node *node)
{
	struct request *req = node->reusable;

	if (req) {
		node->reusable = req->next_reusable;
		if (!node->reusable)
			node->reusable_tail = &node->reusable;
	}
	return req;
}

static void make_reusable(struct node *node, struct request *req)
{
	req->next_reusable = NULL;
	*node->reusable_tail = req;
	node->reusable_tail = &req->next_reusable;
}

struct request *request_new(struct node *node, enum request_kind kind, mcapi_status_t *status)
{
	struct request *req = NULL;
	mcapi_request_t handle;

	/* New slots first, so that a retired answer stays readable for long. */
	if (node->request_count < NODE_REQUESTS) {
		req = calloc(1, sizeof(*req));
		if (req) {
			req->handle = node->first_gen | node->request_count;
			node->requests[node->request_count++] = req;
		}
	}
	if (!req)
		req = oldest_reusable(node);
	if (!req) {
		detail("%u requests are under way: wait for some of them", NODE_REQUESTS);
		*status = MCAPI_ERR_REQUEST_LIMIT;
		return NULL;
	}
	/* The next generation; a handle is never 0. */
	handle = req->handle + NODE_REQUESTS;
	if (handle < NODE_REQUESTS)
		handle += NODE_REQUESTS;
	watch_drop(node, &req->watch);
	memset(req, 0, sizeof(*req));
	req->handle = handle;
	req->kind = kind;
	return req;
}

uint32_t request_room(const struct node *node)
{
	uint32_t room = NODE_REQUESTS - node->request_count;

	for (const struct request *req = node->reusable; req; req = req->next_reusable)
		room++;
	return room;
}

void request_drop(struct node *node, struct request *req)
{
	req->state = REQUEST_ENDED;
	watch_drop(node, &req->watch);
	make_reusable(node, req);
}

void request_free_all(struct node *node)
{
	for (uint32_t i = 0; i < node->request_count; i++) {
		watch_drop(node, &node->requests[i]->watch);
		free(node->requests[i]);
	}
	node->request_count = 0;
	node->reusable = NULL;
	node->reusable_tail = &node->reusable;
	node->sends = NULL;
	node->gets = NULL;
	node->connects = NULL;
}

void request_watch(struct request *req, struct peer *peer)
{
	if (req->watched) {
		req->watched->dependants--;
		req->watched->node->dependants--;
	}
	req->watched = peer;
	if (peer) {
		peer->dependants++;
		peer->node->dependants++;
	}
}

void request_complete(struct request *req, mcapi_status_t status, size_t size)
{
	request_watch(req, NULL);
	req->state = REQUEST_DONE;
	req->status = status;
	req->size = size;
}

void request_report(struct request *req, mcapi_request_t *handle, mcapi_status_t *status)
{
	*handle = req->handle;
	*status = req->state == REQUEST_DONE && req->status == MCAPI_SUCCESS ?
		  MCAPI_SUCCESS : MCAPI_PENDING;
}

void request_retire(struct node *node, struct request *req, enum request_state state)
{
	if (req->state == REQUEST_DONE)
		make_reusable(node, req);
	req->state = state;
}

struct request *request_find(struct node *node, mcapi_request_t handle)
{
	uint32_t index = handle & INDEX_MASK;
	struct request *req = index < node->request_count ? node->requests[index] : NULL;

	return req && req->handle == handle && req->state != REQUEST_ENDED ? req : NULL;
}

struct waited {
	struct request *req;
	mcapi_request_t handle;
};

/* The slot may have been ended and used again by another thread meanwhile. */
static bool not_pending(void *arg)
{
	struct waited *waited = arg;

	return waited->req->handle != waited->handle || waited->req->state != REQUEST_PENDING;
}

void request_look(struct node *node, struct request *req)
{
	struct waited waited = { req, req->handle };

	node_look(node, not_pending, &waited);
}

bool request_wait(struct node *node, struct request *req, int64_t deadline)
{
	struct waited waited = { req, req->handle };

	return node_wait(node, not_pending, &waited, deadline);
}

static void unlink_request(struct request **at, struct request *req)
{
	while (*at != req)
		at = &(*at)->next;
	*at = req->next;
}

void request_withdraw(struct node *node, struct request *req)
{
	struct endpoint *endpoint;

	switch (req->kind) {
	case REQUEST_RECV:
		endpoint = req->recv.endpoint;
		unlink_request(&endpoint->receives, req);
		endpoint->receives_tail = &endpoint->receives;
		while (*endpoint->receives_tail)
			endpoint->receives_tail = &(*endpoint->receives_tail)->next;
		break;
	case REQUEST_SEND:
		unlink_request(&node->sends, req);
		message_abandon(node, req);
		break;
	case REQUEST_GET:
		unlink_request(&node->gets, req);
		break;
	case REQUEST_CONNECT:
		unlink_request(&node->connects, req);
		break;
	case REQUEST_OPEN:
		channel_withdraw_open(req);
		break;
	case REQUEST_CLOSE:
		break;
	case REQUEST_SEND_PACKET:
	case REQUEST_RECV_PACKET:
	case REQUEST_SCALAR:
		channel_withdraw(req);
		break;
	}
}

void request_wait_at(struct endpoint *endpoint, struct request *req)
{
	struct node *node = endpoint->node;

	if (request_wait(node, req, node_deadline(endpoint->attr[MCAPI_ENDP_ATTR_TIMEOUT]))) {
		failed(req->status);
		return;
	}
	request_withdraw(node, req);
	request_complete(req, MCAPI_TIMEOUT, 0);
	detail("the timeout of endpoint attribute MCAPI_ENDP_ATTR_TIMEOUT has passed");
}
