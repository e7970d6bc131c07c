/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * endpoint.c - creating, finding and deleting endpoints
 */
#include "endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "holder.h"
#include "lane.h"
#include "queue.h"

void endpoint_not_own(const struct node *node, mcapi_endpoint_t handle, mcapi_status_t *status)
{
	detail("0x%08x is no endpoint of node %u:%u", handle, node->domain, node->number);
	*status = MCAPI_ERR_ENDP_INVALID;
}

/* ---- create and delete ---- */

/* From the top down, away from the numbers that programs choose. */
static mcapi_port_t any_port(struct node *node)
{
	mcapi_port_t port;

	/* It ends: there are more ports than endpoints. */
	do {
		port = node->next_port;
		node->next_port = port > MCAPI_MIN_PORT ? port - 1 : MCAPI_MAX_PORT;
	} while (node->ports[port]);
	return port;
}

static const uint32_t defaults[MCAPI_WIRE_ATTRS] = {
	[MCAPI_WIRE_ATTR_TYPE] = MCAPI_WIRE_TYPE_MESSAGE,
	[MCAPI_WIRE_ATTR_MAX_PAYLOAD] = MCAPI_MAX_MESSAGE_SIZE,
	[MCAPI_WIRE_ATTR_PRIORITIES] = ENDPOINT_PRIORITIES,
	[MCAPI_WIRE_ATTR_TIMEOUT] = MCAPI_TIMEOUT_INFINITE,
};

static mcapi_status_t create(struct node *node, mcapi_port_t port, mcapi_endpoint_t *handle)
{
	struct endpoint *endpoint;
	uint32_t entry;

	if (port == MCAPI_PORT_ANY) {
		port = any_port(node);
	} else if (port < MCAPI_MIN_PORT || port > MCAPI_MAX_PORT) {
		detail("port %u is not in %u..%u", port, MCAPI_MIN_PORT, MCAPI_MAX_PORT);
		return MCAPI_ERR_PORT_INVALID;
	}
	if (node->ports[port]) {
		detail("node %u:%u has an endpoint with port %u", node->domain, node->number, port);
		return MCAPI_ERR_ENDP_EXISTS;
	}
	endpoint = directory_free_entry(node, &entry) ? calloc(1, sizeof(*endpoint)) : NULL;
	if (!endpoint)
		return failed(MCAPI_ERR_ENDP_LIMIT);

	endpoint->node = node;
	endpoint->port = (uint16_t)port;
	endpoint->entry = entry;
	/* Odd, and another one each time: a port that comes back may get another entry. */
	node->last_gen += 2;
	endpoint->gen = node->entry_gen[entry] = node->last_gen;
	memcpy(endpoint->attr, defaults, sizeof(defaults));
	endpoint->attr[MCAPI_WIRE_ATTR_RECV_BUFFERS] = node->links->credit;
	endpoint->receives_tail = &endpoint->receives;
	for (unsigned int i = 0; i < ENDPOINT_PRIORITIES; i++)
		endpoint->queue[i].last = &endpoint->queue[i].first;
	endpoint->next = node->endpoints;
	node->endpoints = endpoint;
	node->ports[port] = endpoint;
	node->ported[port / 8] |= (uint8_t)(1u << port % 8);
	directory_publish(endpoint);
	*handle = endpoint_handle(node->domain, node->number, port);
	return MCAPI_SUCCESS;
}

static void end_sends(struct node *node, uint16_t port)
{
	struct request **at = &node->sends;

	while (*at) {
		struct request *req = *at;

		if (req->send.from_port == port) {
			*at = req->next;
			message_abandon(node, req);
			request_complete(req, MCAPI_ERR_ENDP_DELETED, 0);
		} else {
			at = &req->next;
		}
	}
}

static void destroy(struct endpoint *endpoint)
{
	struct node *node = endpoint->node;
	struct endpoint **at = &node->endpoints;

	while (*at != endpoint)
		at = &(*at)->next;
	*at = endpoint->next;
	node->ports[endpoint->port] = NULL;
	endpoint->gen = ++node->entry_gen[endpoint->entry];
	lane_drop_endpoint(endpoint);
	holder_free(endpoint);
	queue_drop_all(endpoint);
	directory_retract(endpoint);
	for (struct request *req = endpoint->receives; req; req = req->next)
		request_complete(req, MCAPI_ERR_ENDP_DELETED, 0);
	end_sends(node, endpoint->port);
	if (endpoint->open)
		request_complete(endpoint->open, MCAPI_ERR_ENDP_DELETED, 0);
	watch_drop(node, &endpoint->watch);
	node->delivered++;
	free(endpoint);
}

void endpoint_free_all(struct node *node)
{
	while (node->endpoints)
		destroy(node->endpoints);
	queue_free_spare(node);
}

mcapi_endpoint_t mcapi_endpoint_create(mcapi_port_t port_id, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_endpoint_t handle = MCAPI_RETURN_VALUE_INVALID;

	if (!node)
		return handle;
	*mcapi_status = create(node, port_id, &handle);
	node_leave(node);
	return handle;
}

bool endpoint_was(const struct node *node, uint32_t port)
{
	return node->ported[port / 8] & 1u << port % 8;
}

bool endpoint_foreign(struct node *node, mcapi_endpoint_t handle)
{
	struct peer *peer = handle_valid(handle) ? node_route(node, handle_domain(handle),
							      handle_node(handle)) : NULL;
	struct mcapi_wire_endpoint line;
	uint32_t entry;

	if (handle_own(node, handle) || !peer || peer->faulted ||
	    !directory_find(peer, handle_port(handle), &entry, &line))
		return false;
	detail("endpoint %u:%u:%u belongs to another node", handle_domain(handle),
	       handle_node(handle), handle_port(handle));
	return true;
}

void mcapi_endpoint_delete(mcapi_endpoint_t endpoint, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct endpoint *own;

	if (!node)
		return;
	if (endpoint_foreign(node, endpoint)) {
		*mcapi_status = MCAPI_ERR_ENDP_NOTOWNER;
	} else {
		own = endpoint_own(node, endpoint, mcapi_status);
		/* The other end of its channel may have closed. */
		if (own && own->channel)
			node_progress(node);
		if (own && own->channel) {
			detail("the endpoint is connected: close the channel first");
			*mcapi_status = MCAPI_ERR_CHAN_CONNECTED;
		} else if (own) {
			destroy(own);
			*mcapi_status = MCAPI_SUCCESS;
		}
	}
	node_leave(node);
}

/* ---- get ---- */

static bool try_get(struct node *node, struct request *req)
{
	const mcapi_endpoint_t wanted = req->get.wanted;
	struct peer *peer = node_route(node, handle_domain(wanted), handle_node(wanted));
	struct mcapi_wire_endpoint line;
	uint32_t entry;

	if (!peer || peer->faulted ||
	    !directory_find(peer, handle_port(wanted), &entry, &line) || !peer_lives(peer))
		return false;
	return holder_get(peer, &line, req);
}

void endpoint_retry(struct node *node)
{
	struct request **at = &node->gets;

	while (*at) {
		struct request *req = *at;

		if (try_get(node, req)) {
			*at = req->next;
			node->delivered++;
		} else {
			at = &req->next;
		}
	}
}

static mcapi_status_t check_get(mcapi_domain_t domain, mcapi_node_t number, mcapi_port_t port)
{
	mcapi_status_t status = node_check_id(domain, number);

	if (status == MCAPI_SUCCESS && (port < MCAPI_MIN_PORT || port > MCAPI_MAX_PORT)) {
		detail("port %u is not in %u..%u", port, MCAPI_MIN_PORT, MCAPI_MAX_PORT);
		status = MCAPI_ERR_PORT_INVALID;
	}
	return status;
}

static const char *condition(struct link *link)
{
	if (link->epoch)
		return "";
	return link->ops->mismatch && link->ops->mismatch(link) ?
	       " (other side speaks another wire format)" : " (other side is down)";
}

/* Where one looked in vain, so that a wrong number and a missing driver can be told apart. */
static void explain_timeout(struct node *node, mcapi_endpoint_t wanted)
{
	char names[200] = "";
	const char *why = "";
	size_t len = 0;
	struct peer *peer = node_route(node, handle_domain(wanted), handle_node(wanted));

	if (peer && peer_lives(peer)) {
		detail("node %u:%u is there (%s) but has no endpoint with port %u",
		       peer->domain, peer->number, peer->link->name, handle_port(wanted));
		return;
	}
	for (struct link *link = node->links; link && len < sizeof(names); link = link->next)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s%s",
					len ? ", " : "", link->name,
					condition(link));
	if (node->passed_over.any)
		why = node->passed_over.text;
	else if (access("/dev/mcapi0", F_OK))
		why = "there is no /dev/mcapi0: to reach another processor, load the mcapi driver";
	detail("node %u:%u is on none of the links: %s%s%s", handle_domain(wanted),
	       handle_node(wanted), names, *why ? "; " : "", why);
}

void mcapi_endpoint_get_i(mcapi_domain_t domain_id, mcapi_node_t node_id, mcapi_port_t port_id,
			  mcapi_endpoint_t *endpoint, mcapi_request_t *request,
			  mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	struct request *req;

	if (!node)
		return;
	*mcapi_status = check_get(domain_id, node_id, port_id);
	if (*mcapi_status == MCAPI_SUCCESS && (!endpoint || !request))
		*mcapi_status = failed(MCAPI_ERR_PARAMETER);
	if (*mcapi_status == MCAPI_SUCCESS) {
		req = request_new(node, REQUEST_GET, mcapi_status);
		if (req) {
			node_progress(node);
			req->get.wanted = endpoint_handle(domain_id, node_id, port_id);
			req->get.endpoint = endpoint;
			if (!try_get(node, req)) {
				req->next = node->gets;
				node->gets = req;
			}
			request_report(req, request, mcapi_status);
		}
	}
	node_leave(node);
}

mcapi_endpoint_t mcapi_endpoint_get(mcapi_domain_t domain_id, mcapi_node_t node_id,
				    mcapi_port_t port_id, mcapi_timeout_t timeout,
				    mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);
	mcapi_endpoint_t found = MCAPI_RETURN_VALUE_INVALID;
	struct request req = { .kind = REQUEST_GET, .get.endpoint = &found };

	if (!node)
		return found;
	*mcapi_status = check_get(domain_id, node_id, port_id);
	if (*mcapi_status == MCAPI_SUCCESS) {
		req.get.wanted = endpoint_handle(domain_id, node_id, port_id);
		req.next = node->gets;
		node->gets = &req;
		if (!request_wait(node, &req, node_deadline(timeout))) {
			request_withdraw(node, &req);
			explain_timeout(node, req.get.wanted);
			request_complete(&req, MCAPI_TIMEOUT, 0);
		}
		*mcapi_status = failed(req.status);
	}
	node_leave(node);
	return found;
}

/* ---- beyond the standard ---- */

mcapi_domain_t mcapix_endpoint_domain(mcapi_endpoint_t endpoint)
{
	return handle_domain(endpoint);
}

mcapi_node_t mcapix_endpoint_node(mcapi_endpoint_t endpoint)
{
	return handle_node(endpoint);
}

mcapi_port_t mcapix_endpoint_port(mcapi_endpoint_t endpoint)
{
	return handle_port(endpoint);
}

static bool has_messages(void *arg)
{
	return ((const struct endpoint *)arg)->queued;
}

int mcapix_endpoint_fd(mcapi_endpoint_t endpoint, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct endpoint *own;
	int fd = -1;

	if (!node)
		return -1;
	own = endpoint_own(node, endpoint, status);
	if (own)
		fd = watch_fd(node, &own->watch, has_messages, own, status);
	node_leave(node);
	return fd;
}
