/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * await.c - what programs do with their requests: test, wait, cancel, poll
 */
#include "request.h"

static mcapi_boolean_t answer(struct request *req, size_t *size, mcapi_status_t *status)
{
	*size = req->size;
	*status = failed(req->status);
	return req->status == MCAPI_SUCCESS ? MCAPI_TRUE : MCAPI_FALSE;
}

/* The program has been told how it ended: the handle is over. */
static void end(struct node *node, struct request *req, size_t *size, mcapi_status_t *status)
{
	request_retire(node, req, REQUEST_ENDED);
	watch_drop(node, &req->watch);
	answer(req, size, status);
}

mcapi_boolean_t mcapi_test(mcapi_request_t *request, size_t *size, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_boolean_t done = MCAPI_FALSE;
	struct request *req;

	if (!node)
		return MCAPI_FALSE;
	if (!request || !size) {
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
		node_leave(node);
		return MCAPI_FALSE;
	}
	req = request_find(node, *request);
	if (req && req->state == REQUEST_PENDING)
		request_look(node, req);
	if (!req) {
		*mcapi_status = failed(MCAPI_ERR_REQUEST_INVALID);
	} else if (req->state == REQUEST_PENDING) {
		*mcapi_status = MCAPI_PENDING;
	} else {
		if (req->state == REQUEST_DONE)
			request_retire(node, req, REQUEST_RETIRED);
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
		struct request *req = request_find(set->node, *set->handles[i]);

		if (!req || req->state != REQUEST_PENDING)
			return true;
	}
	return false;
}

static void mark_waited(const struct wait_set *set, bool waited)
{
	for (size_t i = 0; i < set->count; i++) {
		struct request *req = request_find(set->node, *set->handles[i]);

		if (req)
			req->waited = waited;
	}
}

static mcapi_status_t check_set(const struct wait_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct request *req;

		if (!set->handles[i])
			return failed(MCAPI_ERR_PARAMETER);
		req = request_find(set->node, *set->handles[i]);
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
		struct request *req = request_find(set->node, *set->handles[i]);

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
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
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
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	else
		index = wait_for(&(struct wait_set){ node, requests, number }, size, timeout,
				 mcapi_status);
	node_leave(node);
	return index;
}

static mcapi_status_t cancel(struct node *node, mcapi_request_t handle)
{
	struct request *req = request_find(node, handle);

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
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
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
	req = request ? request_find(node, *request) : NULL;
	if (req)
		fd = watch_fd(node, &req->watch, has_completed, req, status);
	else
		*status = request ? failed(MCAPI_ERR_REQUEST_INVALID) : failed(MCAPI_ERR_PARAMETER);
	node_leave(node);
	return fd;
}
