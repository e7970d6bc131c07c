/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * msg_send.c - sending messages
 */
#include "control.h"
#include "endpoint.h"
#include "message.h"

/* What is wrong with these arguments of a send? */
static mcapi_status_t explain_send(const struct endpoint *endpoint, mcapi_endpoint_t to,
				   const void *buffer, size_t len, mcapi_priority_t prio)
{
	if (endpoint->attr[MCAPI_ENDP_ATTR_ENDP_STATUS] & MCAPI_ENDP_ATTR_STATUS_CONNECTED) {
		detail("the sending endpoint is an end of a channel");
		return MCAPI_ERR_GENERAL;
	}
	if (!handle_valid(to)) {
		detail("0x%08x is no endpoint", to);
		return MCAPI_ERR_ENDP_INVALID;
	}
	if (prio >= endpoint->attr[MCAPI_ENDP_ATTR_NUM_PRIORITIES]) {
		detail("priority %u is not below the endpoint's %u", prio,
		       endpoint->attr[MCAPI_ENDP_ATTR_NUM_PRIORITIES]);
		return MCAPI_ERR_PRIORITY;
	}
	if (len > endpoint->attr[MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE]) {
		detail("a message of %zu bytes is longer than the endpoint's %u", len,
		       endpoint->attr[MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE]);
		return MCAPI_ERR_MSG_SIZE;
	}
	return len && !buffer ? failed(MCAPI_ERR_PARAMETER) : MCAPI_SUCCESS;
}

/* What is sent to an endpoint that was deleted is lost; one that never was is a mistake. */
static bool never_was(const struct node *node, mcapi_endpoint_t to)
{
	if (!handle_own(node, to) || node->ports[handle_port(to)] ||
	    endpoint_was(node, handle_port(to)))
		return false;
	detail("this node never had an endpoint with port %u", handle_port(to));
	return true;
}

static inline mcapi_status_t check_send(struct node *node, mcapi_endpoint_t from,
					mcapi_endpoint_t to, const void *buffer, size_t len,
					mcapi_priority_t prio)
{
	mcapi_status_t status = MCAPI_SUCCESS;
	const struct endpoint *endpoint = endpoint_own(node, from, &status);

	if (__builtin_expect(!endpoint, 0))
		return status;
	if (__builtin_expect(!handle_valid(to) ||
			     (endpoint->attr[MCAPI_ENDP_ATTR_ENDP_STATUS] &
			      MCAPI_ENDP_ATTR_STATUS_CONNECTED) ||
			     prio >= endpoint->attr[MCAPI_ENDP_ATTR_NUM_PRIORITIES] ||
			     len > endpoint->attr[MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE] ||
			     (len && !buffer), 0))
		return explain_send(endpoint, to, buffer, len, prio);
	if (__builtin_expect(never_was(node, to), 0))
		return MCAPI_ERR_ENDP_INVALID;
	return MCAPI_SUCCESS;
}

/* No route: never seen is a wrong handle, seen once is a node that ended. */
static mcapi_status_t no_route(struct node *node, mcapi_endpoint_t to)
{
	uint32_t domain = handle_domain(to), number = handle_node(to);

	if (node_seen(node, domain, number)) {
		detail("node %u:%u is gone", domain, number);
		return MCAPI_ERR_TRANSMISSION;
	}
	detail("node %u:%u was never seen on any link", domain, number);
	return MCAPI_ERR_ENDP_INVALID;
}

/* Tries once; PENDING if there is no room. */
static mcapi_status_t send_now(struct node *node, mcapi_endpoint_t to, const struct outgoing *msg)
{
	struct peer *peer = node_route(node, handle_domain(to), handle_node(to));
	enum send_result result;

	if (!peer)
		return no_route(node, to);
	result = peer_send(peer, msg);
	/* Who waits hears of a death that nobody tells of. */
	if (result == SEND_FULL && !peer_lived(peer))
		result = SEND_DEAD;
	switch (result) {
	case SEND_DONE:
		/* The last part counts. */
		node->stats.sent += !msg->total || msg->offset + msg->len == msg->total;
		return MCAPI_SUCCESS;
	case SEND_CONNECTED:
		detail("endpoint %u:%u:%u is an end of a channel", peer->domain, peer->number,
		       msg->dst_port);
		return MCAPI_ERR_GENERAL;
	case SEND_DEAD:
		detail("node %u:%u on %s is gone", peer->domain, peer->number, peer->link->name);
		peer->link->rescan = true;
		return MCAPI_ERR_TRANSMISSION;
	default:
		return MCAPI_PENDING;
	}
}

/* Sends as many parts of a long message as find room. */
static mcapi_status_t send_parts(struct node *node, struct request *req, struct peer *peer,
				 struct outgoing *msg)
{
	mcapi_status_t status = MCAPI_SUCCESS;

	if (!req->send.serial)
		req->send.serial = ++node->last_serial;
	msg->total = req->send.len;
	msg->serial = req->send.serial;
	while (req->send.sent < msg->total) {
		const uint32_t left = msg->total - req->send.sent, part = peer_max_part(peer);

		msg->offset = req->send.sent;
		msg->buffer = (const uint8_t *)req->send.buffer + msg->offset;
		msg->len = left < part ? left : part;
		msg->gen = req->send.gen;
		status = send_now(node, req->send.to, msg);
		if (status != MCAPI_SUCCESS)
			break;
		if (!req->send.gen)
			req->send.gen = peer_sent_gen(peer, msg->dst_port);
		req->send.sent += msg->len;
	}
	return status;
}

void message_abandon(struct node *node, const struct request *req)
{
	const struct mcapi_wire_control abandon = {
		.op = MCAPI_WIRE_ABANDON, .tag = req->send.serial, .recv = req->send.to,
		.word = { req->send.prio },
	};
	struct peer *peer = node_route(node, handle_domain(req->send.to),
				       handle_node(req->send.to));

	if (peer && req->send.sent)
		control_send(peer, &abandon);
}

/* Tries once; true if the request is complete, one way or another. */
static bool try_send(struct node *node, struct request *req)
{
	struct outgoing msg = {
		.buffer = req->send.buffer,
		.len = req->send.len,
		.src_port = req->send.from_port,
		.dst_port = handle_port(req->send.to),
		.prio = req->send.prio,
	};
	struct peer *peer = node_route(node, handle_domain(req->send.to),
				       handle_node(req->send.to));
	const mcapi_status_t status = peer && msg.len > peer_max_message(peer) ?
				      send_parts(node, req, peer, &msg) :
				      send_now(node, req->send.to, &msg);

	if (status != MCAPI_PENDING) {
		request_complete(req, status, status == MCAPI_SUCCESS ? req->send.len : 0);
		return true;
	}
	/* Say so before the next look, so that what comes back now is not missed. */
	peer->send_waits |= peer->lacks;
	peer_want(peer, peer->send_waits & MCAPI_WIRE_WANT_SLOTS ? MCAPI_WIRE_WANT_SLOTS :
								   MCAPI_WIRE_WANT_RETURNS);
	return false;
}

static bool blocked_before(const struct request *req, const struct request *first)
{
	for (const struct request *other = first; other != req; other = other->next)
		if (other->send.to == req->send.to && other->send.prio == req->send.prio)
			return true;
	return false;
}

static void mark_waiting(struct node *node, bool settle)
{
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, peer) {
			if (settle && !peer->send_waits)
				peer_want(peer, 0);
			if (!settle)
				peer->send_waits = 0;
		}
}

void message_retry(struct node *node)
{
	struct request **at = &node->sends;

	mark_waiting(node, false);
	while (*at) {
		struct request *req = *at;

		if (!blocked_before(req, node->sends) && try_send(node, req)) {
			*at = req->next;
			node->delivered++;
		} else {
			at = &req->next;
		}
	}
	mark_waiting(node, true);
}

/* Behind all of its priority: first in, first out. */
static void queue_send(struct node *node, struct request *req)
{
	struct request **at = &node->sends;

	while (*at && (*at)->send.prio <= req->send.prio)
		at = &(*at)->next;
	req->next = *at;
	*at = req;
	/* Whoever sleeps must watch for this peer's death, too. */
	node->delivered++;
}

/* Does the sending endpoint fail where others wait? */
static bool fails_on_limit(const struct node *node, const struct request *req)
{
	return node->ports[req->send.from_port]->attr[MCAPI_ENDP_ATTR_MEMORY_TYPE] &
	       MCAPI_ENDP_ATTR_FAIL_ON_LIMIT;
}

static bool known(struct node *node, mcapi_endpoint_t to)
{
	return node_route(node, handle_domain(to), handle_node(to));
}

static void start_send(struct node *node, struct request *req)
{
	bool waits = false;

	for (struct request *other = node->sends; other; other = other->next)
		waits |= other->send.to == req->send.to && other->send.prio <= req->send.prio;
	/* A node that joined since the last look is only known after another one. */
	if (!known(node, req->send.to))
		node_progress(node);
	if (!waits && try_send(node, req))
		return;
	if (!req->send.sent && fails_on_limit(node, req)) {
		detail("no room for this message, and its endpoint does not wait");
		request_complete(req, MCAPI_ERR_MEM_LIMIT, 0);
	} else {
		queue_send(node, req);
	}
}

void mcapi_msg_send_i(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
		      void *buffer, size_t buffer_size, mcapi_priority_t priority,
		      mcapi_request_t *request, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct request *req;

	if (!node)
		return;
	*mcapi_status = check_send(node, send_endpoint, receive_endpoint, buffer, buffer_size,
				   priority);
	if (*mcapi_status == MCAPI_SUCCESS && !request)
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	if (*mcapi_status == MCAPI_SUCCESS) {
		req = request_new(node, REQUEST_SEND, mcapi_status);
		if (req) {
			req->send.to = receive_endpoint;
			req->send.from_port = handle_port(send_endpoint);
			req->send.prio = (uint8_t)priority;
			req->send.buffer = buffer;
			req->send.len = (uint32_t)buffer_size;
			start_send(node, req);
			if (req->state == REQUEST_DONE && req->status != MCAPI_SUCCESS) {
				*mcapi_status = req->status;
				request_drop(node, req);
			} else {
				request_report(req, request, mcapi_status);
			}
		}
	}
	node_leave(node);
}

/* A blocking send that has to wait, or to look who is there. */
__attribute__((noinline))
static mcapi_status_t send_later(struct node *node, mcapi_endpoint_t to,
				 const struct outgoing *msg)
{
	struct request req = {
		.kind = REQUEST_SEND,
		.send = {
			.to = to,
			.from_port = msg->src_port,
			.prio = msg->prio,
			.buffer = msg->buffer,
			.len = msg->len,
		},
	};

	start_send(node, &req);
	if (req.state == REQUEST_PENDING) {
		request_wait_at(node->ports[msg->src_port], &req);
		/* Whichever thread found out: this one is told. */
		if (req.status == MCAPI_ERR_TRANSMISSION)
			detail("node %u:%u is gone", handle_domain(to), handle_node(to));
	}
	return req.status;
}

mcapi_status_t message_send_one(struct node *node, mcapi_endpoint_t from, mcapi_endpoint_t to,
				const void *buffer, size_t size, mcapi_priority_t prio)
{
	mcapi_status_t status = check_send(node, from, to, buffer, size, prio);

	if (status == MCAPI_SUCCESS) {
		const struct outgoing msg = {
			.buffer = buffer,
			.len = (uint32_t)size,
			.src_port = handle_port(from),
			.dst_port = handle_port(to),
			.prio = (uint8_t)prio,
		};

		status = node->sends || !known(node, to) ?
			 MCAPI_PENDING : send_now(node, to, &msg);
		if (status == MCAPI_PENDING)
			status = send_later(node, to, &msg);
	}
	return status;
}

void message_send(mcapi_endpoint_t from, mcapi_endpoint_t to, void *buffer, size_t size,
		  mcapi_priority_t prio, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	*mcapi_status = message_send_one(node, from, to, buffer, size, prio);
	node_leave(node);
}
