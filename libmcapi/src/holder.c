/* SPDX-License-Identifier: BSD-3-Clause */
#include "holder.h"

#include <stdlib.h>

#include "control.h"
#include "directory.h"

/* ---- the owner ---- */

static struct holder **find(struct endpoint *endpoint, const struct peer *peer)
{
	struct holder **at = &endpoint->holders;

	while (*at && (*at)->peer != peer)
		at = &(*at)->next;
	return at;
}

static mcapi_status_t count_in(struct endpoint *endpoint, struct peer *peer)
{
	const uint32_t count = endpoint->attr[MCAPI_WIRE_ATTR_GET_COUNT];
	struct holder **at = find(endpoint, peer);

	if (count && endpoint->attr[MCAPI_WIRE_ATTR_TYPE] != MCAPI_WIRE_TYPE_MESSAGE)
		return MCAPI_ERR_ENDP_GET_LIMIT;
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			return MCAPI_ERR_MEM_LIMIT;
		(*at)->peer = peer;
	}
	(*at)->count++;
	directory_set(endpoint, MCAPI_WIRE_ATTR_GET_SOURCE,
		      endpoint_handle(peer->domain, peer->number, 0));
	directory_set(endpoint, MCAPI_WIRE_ATTR_GET_COUNT, count + 1);
	return MCAPI_SUCCESS;
}

static void count_out(struct endpoint *endpoint, struct holder **at, uint32_t count)
{
	struct holder *holder = *at;

	directory_set(endpoint, MCAPI_WIRE_ATTR_GET_COUNT,
		      endpoint->attr[MCAPI_WIRE_ATTR_GET_COUNT] - count);
	holder->count -= count;
	if (holder->count)
		return;
	*at = holder->next;
	free(holder);
}

/* The endpoint that a control message names, and not its successor. */
static struct endpoint *meant(struct node *node, const struct mcapi_wire_control *control,
			      mcapi_status_t *status)
{
	struct endpoint *endpoint = endpoint_own(node, control->recv, status);

	if (!endpoint || endpoint->gen == control->word[0])
		return endpoint;
	*status = MCAPI_ERR_ENDP_INVALID;
	return NULL;
}

const char *holder_asked(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct mcapi_wire_control answer = {
		.op = MCAPI_WIRE_GOT, .tag = control->tag, .recv = control->recv,
		.word = { control->word[0] },
	};
	struct endpoint *endpoint = meant(peer->node, control, &answer.status);

	if (endpoint)
		answer.status = count_in(endpoint, peer);
	if (control->tag)
		control_send(peer, &answer);
	return NULL;
}

const char *holder_released(struct peer *peer, const struct mcapi_wire_control *control)
{
	mcapi_status_t status;
	struct endpoint *endpoint = meant(peer->node, control, &status);
	struct holder **at = endpoint ? find(endpoint, peer) : NULL;

	if (at && *at)
		count_out(endpoint, at, 1);
	return NULL;
}

uint32_t holder_others(const struct endpoint *endpoint, const mcapi_endpoint_t *names,
		       unsigned int count)
{
	uint32_t others = 0;

	for (const struct holder *at = endpoint->holders; at; at = at->next) {
		const mcapi_endpoint_t name = endpoint_handle(at->peer->domain, at->peer->number, 0);
		bool named = false;

		for (unsigned int i = 0; i < count; i++)
			named |= names[i] == name;
		if (!named)
			others += at->count;
	}
	return others;
}

void holder_free(struct endpoint *endpoint)
{
	while (endpoint->holders) {
		struct holder *holder = endpoint->holders;

		endpoint->holders = holder->next;
		free(holder);
	}
}

/* ---- who gets ---- */

/* How often this node holds the endpoint of that line. */
static uint32_t *held(struct peer *peer, const struct mcapi_wire_endpoint *line)
{
	struct flow *flow = peer_flow(peer, line->port);

	if (!flow)
		return NULL;
	/* What was held of a former endpoint with this port does not count. */
	if (flow->held_gen != line->gen)
		flow->held = 0;
	flow->held_gen = line->gen;
	return &flow->held;
}

static void tell(struct peer *peer, uint32_t op, mcapi_endpoint_t endpoint, uint32_t gen,
		 uint32_t tag)
{
	const struct mcapi_wire_control control = {
		.op = op, .tag = tag, .recv = endpoint, .word = { gen },
	};

	control_send(peer, &control);
}

static void complete(struct request *req, uint32_t *count)
{
	if (count)
		++*count;
	*req->get.endpoint = req->get.wanted;
	request_complete(req, MCAPI_SUCCESS, 0);
}

bool holder_get(struct peer *peer, const struct mcapi_wire_endpoint *line, struct request *req)
{
	if (req->get.asked)
		return false;
	if (line->attr[MCAPI_WIRE_ATTR_TYPE] == MCAPI_WIRE_TYPE_MESSAGE) {
		tell(peer, MCAPI_WIRE_GET, req->get.wanted, line->gen, 0);
		complete(req, held(peer, line));
		return true;
	}
	req->get.asked = peer;
	/* 0 asks for no answer. */
	req->get.tag = ++peer->node->last_tag | 1u << 31;
	tell(peer, MCAPI_WIRE_GET, req->get.wanted, line->gen, req->get.tag);
	return false;
}

const char *holder_answered(struct peer *peer, const struct mcapi_wire_control *control)
{
	const mcapi_status_t status = control_status(control);
	struct request **at = &peer->node->gets, *req;
	struct mcapi_wire_endpoint line;
	uint32_t entry;

	while (*at && ((*at)->get.asked != peer || (*at)->get.tag != control->tag))
		at = &(*at)->next;
	req = *at;
	if (!req) {
		/* Given up meanwhile. */
		if (status == MCAPI_SUCCESS)
			tell(peer, MCAPI_WIRE_RELEASE, control->recv, control->word[0], 0);
		return NULL;
	}
	req->get.asked = NULL;
	/* Deleted meanwhile: go on looking for it. */
	if (status == MCAPI_ERR_ENDP_INVALID)
		return NULL;
	*at = req->next;
	peer->node->delivered++;
	if (status == MCAPI_SUCCESS)
		complete(req, directory_find(peer, handle_port(req->get.wanted), &entry, &line) ?
			      held(peer, &line) : NULL);
	else
		request_complete(req, status, 0);
	return NULL;
}

void holder_lose_peer(struct peer *peer)
{
	struct node *node = peer->node;

	for (struct endpoint *endpoint = node->endpoints; endpoint; endpoint = endpoint->next) {
		struct holder **at = find(endpoint, peer);

		if (*at)
			count_out(endpoint, at, (*at)->count);
	}
	for (struct request *req = node->gets; req; req = req->next)
		if (req->get.asked == peer)
			req->get.asked = NULL;
}

static mcapi_status_t release(struct node *node, mcapi_endpoint_t endpoint)
{
	struct mcapi_wire_endpoint line;
	struct peer *peer = NULL;
	uint32_t entry, *count = NULL;

	if (handle_valid(endpoint))
		peer = node_route(node, handle_domain(endpoint), handle_node(endpoint));
	if (peer && directory_find(peer, handle_port(endpoint), &entry, &line))
		count = held(peer, &line);
	if (!count || !*count) {
		detail("0x%08x is no endpoint that this node got and has not released", endpoint);
		return MCAPI_ERR_ENDP_INVALID;
	}
	--*count;
	tell(peer, MCAPI_WIRE_RELEASE, endpoint, line.gen, 0);
	return MCAPI_SUCCESS;
}

void mcapi_endpoint_release(mcapi_endpoint_t endpoint, mcapi_status_t *mcapi_status)
{
	struct node *node = node_enter(mcapi_status);

	if (!node)
		return;
	*mcapi_status = release(node, endpoint);
	node_leave(node);
}
