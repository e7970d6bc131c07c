/* SPDX-License-Identifier: BSD-3-Clause */
#include "request.h"

#include "channel.h"

#include <stdlib.h>
#include <string.h>

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

static mcapi_boolean_t answer(struct request *req, size_t *size, mcapi_status_t *status)
{
	*size = req->size;
	*status = req->status;
	return req->status == MCAPI_SUCCESS ? MCAPI_TRUE : MCAPI_FALSE;
}

/* The program has been told how it ended: the handle is over. */
static mcapi_boolean_t end(struct node *node, struct request *req, size_t *size,
			   mcapi_status_t *status)
{
	if (req->state == REQUEST_DONE)
		make_reusable(node, req);
	req->state = REQUEST_ENDED;
	watch_drop(node, &req->watch);
	return answer(req, size, status);
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
	req = find(node, *request);
	if (req && req->state == REQUEST_PENDING)
		request_look(node, req);
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

/* Several requests, of which one is enough. */
struct wait_set {
	struct node *node;
	mcapi_request_t **handles;
	size_t count;
};

static bool any_done(void *arg)
{
	const struct wait_set *set = arg;

	for (size_t i = 0; i < set->count; i++) {
		struct request *req = find(set->node, *set->handles[i]);

		if (!req || req->state != REQUEST_PENDING)
			return true;
	}
	return false;
}

static void mark_waited(const struct wait_set *set, bool waited)
{
	for (size_t i = 0; i < set->count; i++) {
		struct request *req = find(set->node, *set->handles[i]);

		if (req)
			req->waited = waited;
	}
}

static mcapi_status_t check_set(const struct wait_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct request *req;

		if (!set->handles[i])
			return MCAPI_ERR_PARAMETER;
		req = find(set->node, *set->handles[i]);
		if (!req) {
			detail("request 0x%08x was waited for already, or never was one of this "
			       "node", *set->handles[i]);
			return MCAPI_ERR_REQUEST_INVALID;
		}
		if (req->waited) {
			detail("another thread waits for request 0x%08x", *set->handles[i]);
			return MCAPI_ERR_WAIT_PENDING;
		}
	}
	return MCAPI_SUCCESS;
}

/* Index of the first one that is done, and ended with that; INVALID if none is. */
static mcapi_uint_t wait_for(const struct wait_set *set, size_t *size, mcapi_timeout_t timeout,
			     mcapi_status_t *status)
{
	*status = check_set(set);
	if (*status != MCAPI_SUCCESS)
		return MCAPI_RETURN_VALUE_INVALID;
	if (!any_done((void *)set)) {
		mark_waited(set, true);
		node_wait(set->node, any_done, (void *)set, node_deadline(timeout));
		mark_waited(set, false);
	}
	for (size_t i = 0; i < set->count; i++) {
		struct request *req = find(set->node, *set->handles[i]);

		if (!req) {
			detail("request 0x%08x was ended meanwhile", *set->handles[i]);
			*status = MCAPI_ERR_REQUEST_INVALID;
			return MCAPI_RETURN_VALUE_INVALID;
		}
		if (req->state != REQUEST_PENDING) {
			end(set->node, req, size, status);
			return (mcapi_uint_t)i;
		}
	}
	*status = MCAPI_TIMEOUT;
	return MCAPI_RETURN_VALUE_INVALID;
}

mcapi_boolean_t mcapi_wait(mcapi_request_t *request, size_t *size, mcapi_timeout_t timeout,
			   mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return MCAPI_FALSE;
	if (!request || !size)
		*mcapi_status = MCAPI_ERR_PARAMETER;
	else
		wait_for(&(struct wait_set){ node, &request, 1 }, size, timeout, mcapi_status);
	node_leave(node);
	return *mcapi_status == MCAPI_SUCCESS ? MCAPI_TRUE : MCAPI_FALSE;
}

mcapi_uint_t mcapi_wait_any(size_t number, mcapi_request_t **requests, size_t *size,
			    mcapi_timeout_t timeout, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_uint_t index = MCAPI_RETURN_VALUE_INVALID;

	if (!node)
		return index;
	if (!number || !requests || !size)
		*mcapi_status = MCAPI_ERR_PARAMETER;
	else
		index = wait_for(&(struct wait_set){ node, requests, number }, size, timeout,
				 mcapi_status);
	node_leave(node);
	return index;
}

static mcapi_status_t cancel(struct node *node, mcapi_request_t handle)
{
	struct request *req = find(node, handle);

	if (!req || req->state != REQUEST_PENDING) {
		detail("request 0x%08x is not pending: there is nothing to cancel", handle);
		return MCAPI_ERR_REQUEST_INVALID;
	}
	request_withdraw(node, req);
	request_complete(req, MCAPI_ERR_REQUEST_CANCELLED, 0);
	/* A thread that waits for it takes the answer; else the handle is over at once. */
	if (!req->waited)
		request_drop(node, req);
	node->delivered++;
	return MCAPI_SUCCESS;
}

void mcapi_cancel(mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	if (!request) {
		*mcapi_status = MCAPI_ERR_PARAMETER;
	} else {
		node_progress(node);
		*mcapi_status = cancel(node, *request);
	}
	node_leave(node);
}

static bool has_completed(void *arg)
{
	return ((const struct request *)arg)->state != REQUEST_PENDING;
}

int mcapix_request_fd(const mcapi_request_t *request, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct request *req;
	int fd = -1;

	if (!node)
		return -1;
	req = request ? find(node, *request) : NULL;
	if (req)
		fd = watch_fd(node, &req->watch, has_completed, req, status);
	else
		*status = request ? MCAPI_ERR_REQUEST_INVALID : MCAPI_ERR_PARAMETER;
	node_leave(node);
	return fd;
}
