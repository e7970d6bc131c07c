/* SPDX-License-Identifier: BSD-3-Clause */
#include "request.h"

#include <stdlib.h>
#include <string.h>

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
			req->handle = node->request_count;
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
	memset(req, 0, sizeof(*req));
	req->handle = handle;
	req->kind = kind;
	return req;
}

void request_drop(struct node *node, struct request *req)
{
	req->state = REQUEST_ENDED;
	make_reusable(node, req);
}

void request_free_all(struct node *node)
{
	for (uint32_t i = 0; i < node->request_count; i++)
		free(node->requests[i]);
	node->request_count = 0;
	node->reusable = NULL;
	node->reusable_tail = &node->reusable;
	node->sends = NULL;
	node->gets = NULL;
}

void request_complete(struct request *req, mcapi_status_t status, size_t size)
{
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

static struct request *find(struct node *node, mcapi_request_t handle)
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

bool request_wait(struct node *node, struct request *req, int64_t deadline)
{
	struct waited waited = { req, req->handle };

	return node_wait(node, not_pending, &waited, deadline);
}

static mcapi_boolean_t answer(struct request *req, size_t *size, mcapi_status_t *status)
{
	*size = req->size;
	*status = req->status;
	return req->status == MCAPI_SUCCESS ? MCAPI_TRUE : MCAPI_FALSE;
}

mcapi_boolean_t mcapi_test(mcapi_request_t *request, size_t *size, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_boolean_t done = MCAPI_FALSE;
	struct request *req;

	if (!node)
		return MCAPI_FALSE;
	if (!request || !size) {
		*mcapi_status = MCAPI_ERR_PARAMETER;
		node_leave(node);
		return MCAPI_FALSE;
	}
	node_progress(node);
	req = find(node, *request);
	if (!req) {
		*mcapi_status = MCAPI_ERR_REQUEST_INVALID;
	} else if (req->state == REQUEST_PENDING) {
		*mcapi_status = MCAPI_PENDING;
	} else {
		if (req->state == REQUEST_DONE) {
			req->state = REQUEST_RETIRED;
			make_reusable(node, req);
		}
		done = answer(req, size, mcapi_status);
	}
	node_leave(node);
	return done;
}

static mcapi_boolean_t wait_for(struct node *node, mcapi_request_t handle, size_t *size,
				mcapi_timeout_t timeout, mcapi_status_t *status)
{
	struct request *req = find(node, handle);

	if (!req) {
		detail("request 0x%08x was waited for already, or never was one of this node", handle);
		*status = MCAPI_ERR_REQUEST_INVALID;
		return MCAPI_FALSE;
	}
	if (req->waited) {
		detail("another thread waits for this request");
		*status = MCAPI_ERR_WAIT_PENDING;
		return MCAPI_FALSE;
	}
	if (req->state == REQUEST_PENDING) {
		bool done;

		req->waited = true;
		done = request_wait(node, req, node_deadline(timeout));
		if (req->handle == handle)
			req->waited = false;
		if (!done) {
			*status = MCAPI_TIMEOUT;
			return MCAPI_FALSE;
		}
		req = find(node, handle);
		if (!req) {
			*status = MCAPI_ERR_REQUEST_INVALID;
			return MCAPI_FALSE;
		}
	}
	if (req->state == REQUEST_DONE)
		make_reusable(node, req);
	req->state = REQUEST_ENDED;
	return answer(req, size, status);
}

mcapi_boolean_t mcapi_wait(mcapi_request_t *request, size_t *size, mcapi_timeout_t timeout,
			   mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_boolean_t done = MCAPI_FALSE;

	if (!node)
		return MCAPI_FALSE;
	if (!request || !size)
		*mcapi_status = MCAPI_ERR_PARAMETER;
	else
		done = wait_for(node, *request, size, timeout, mcapi_status);
	node_leave(node);
	return done;
}
