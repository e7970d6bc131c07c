/* SPDX-License-Identifier: BSD-3-Clause */
#include "connect.h"

#include "control.h"
#include "directory.h"
#include "holder.h"

/* ---- who connects ---- */

static mcapi_status_t check_ends(mcapi_endpoint_t send, mcapi_endpoint_t recv)
{
	if (!handle_valid(send) || !handle_valid(recv)) {
		detail("0x%08x is no endpoint", handle_valid(send) ? recv : send);
		return MCAPI_ERR_ENDP_INVALID;
	}
	if (send == recv) {
		detail("an endpoint cannot be both ends of a channel");
		return MCAPI_ERR_ENDP_INVALID;
	}
	return MCAPI_SUCCESS;
}

/* The owner of an endpoint; NULL with why it cannot be reached. */
static struct peer *owner_of(struct node *node, mcapi_endpoint_t handle, mcapi_status_t *status)
{
	const uint32_t domain = handle_domain(handle), number = handle_node(handle);
	struct peer *peer = node_route(node, domain, number);

	/* Who asks may have met a node that joined after our last look. */
	if (!peer) {
		for (struct link *link = node->links; link; link = link->next)
			link_meet(link);
		peer = node_route(node, domain, number);
	}
	if (peer && !peer->faulted && peer_alive(peer))
		return peer;
	detail("node %u:%u %s", domain, number,
	       node_seen(node, domain, number) ? "is gone" : "was never seen on any link");
	*status = node_seen(node, domain, number) ? MCAPI_ERR_TRANSMISSION :
						    MCAPI_ERR_ENDP_INVALID;
	return NULL;
}

void connect_i(uint32_t type, mcapi_endpoint_t send, mcapi_endpoint_t recv,
	       mcapi_request_t *request, mcapi_status_t *status)
{
	struct mcapi_wire_control connect = {
		.op = MCAPI_WIRE_CONNECT, .send = send, .recv = recv, .word = { type },
	};
	struct node *node = node_enter(status);
	struct request *req = NULL;
	struct peer *peer = NULL;

	if (!node)
		return;
	node_progress(node);
	*status = request ? check_ends(send, recv) : failed(MCAPI_ERR_PARAMETER);
	if (*status == MCAPI_SUCCESS)
		peer = owner_of(node, send, status);
	if (peer)
		req = request_new(node, REQUEST_CONNECT, status);
	if (req) {
		connect.tag = req->connect.tag = ++node->last_tag;
		req->next = node->connects;
		node->connects = req;
		request_watch(req, peer);
		control_send(peer, &connect);
		*request = req->handle;
		*status = MCAPI_PENDING;
		/* What this node has to say to itself is said before the call returns. */
		node_progress(node);
	}
	node_leave(node);
}

const char *connect_answered(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct request **at = &peer->node->connects;

	while (*at && ((*at)->connect.tag != control->tag || (*at)->watched != peer))
		at = &(*at)->next;
	if (*at) {
		struct request *req = *at;

		*at = req->next;
		request_complete(req, control_status(control), 0);
		peer->node->delivered++;
	}
	return NULL;
}

void connect_lose_peer(struct peer *peer)
{
	struct request **at = &peer->node->connects;

	while (*at) {
		struct request *req = *at;

		if (req->watched != peer) {
			at = &req->next;
			continue;
		}
		*at = req->next;
		request_complete(req, MCAPI_ERR_TRANSMISSION, 0);
		peer->node->delivered++;
	}
}

/* ---- the owners of the two ends ---- */

static bool type_known(uint32_t type)
{
	return type == MCAPI_WIRE_TYPE_PACKET || type == MCAPI_WIRE_TYPE_SCALAR;
}

/*
 * Is the own endpoint free for a channel of this type? One for messages may have
 * been got by the three nodes that take part (handles without a port), and by no other.
 */
static struct endpoint *take_endpoint(struct node *node, mcapi_endpoint_t handle, uint32_t type,
				      const mcapi_endpoint_t *parties, mcapi_status_t *status)
{
	struct endpoint *endpoint = endpoint_own(node, handle, status);
	uint32_t is;

	if (!endpoint)
		return NULL;
	/* The other end may have closed, and its word for it is under way still. */
	if (endpoint->channel && channel_sends(endpoint->channel) &&
	    channel_look_closed(endpoint->channel))
		channel_settle(endpoint->channel);
	is = endpoint->attr[MCAPI_WIRE_ATTR_TYPE];
	if (is == MCAPI_WIRE_TYPE_MESSAGE && holder_others(endpoint, parties, 3)) {
		*status = MCAPI_ERR_ENDP_GET_LIMIT;
		return NULL;
	}
	if (endpoint->channel)
		*status = endpoint->channel->closed_here ? MCAPI_ERR_CHAN_CLOSEPENDING :
							   MCAPI_ERR_CHAN_CONNECTED;
	else if (is != type && is != MCAPI_WIRE_TYPE_MESSAGE)
		*status = MCAPI_ERR_ATTR_INCOMPATIBLE;
	else
		return endpoint;
	return NULL;
}

const char *connect_asked(struct peer *peer, const struct mcapi_wire_control *control)
{
	const uint32_t type = control->word[0];
	struct mcapi_wire_control reserve = {
		.op = MCAPI_WIRE_RESERVE, .send = control->send, .recv = control->recv,
		.word = { type, endpoint_handle(peer->domain, peer->number, 0) },
	};
	const mcapi_endpoint_t parties[] = {
		reserve.word[1], control->send & ~0xffffu, control->recv & ~0xffffu,
	};
	struct node *node = peer->node;
	mcapi_status_t status = check_ends(control->send, control->recv);
	struct endpoint *endpoint = NULL;
	struct channel *channel;
	struct peer *other = NULL;

	if (!type_known(type))
		return "it connects a type of channel that is not known";
	if (status == MCAPI_SUCCESS)
		endpoint = take_endpoint(node, control->send, type, parties, &status);
	if (endpoint)
		other = owner_of(node, control->recv, &status);
	if (other) {
		channel = channel_new(endpoint, type | CHANNEL_SEND, other, control->recv);
		if (channel) {
			channel_ask(channel, true);
			channel->asked.peer = peer;
			channel->asked.tag = control->tag;
			reserve.tag = channel->handle;
			control_send(other, &reserve);
			return NULL;
		}
		status = MCAPI_ERR_MEM_LIMIT;
	}
	control_answer(peer, control, MCAPI_WIRE_CONNECTED, status, 0);
	return NULL;
}

/* Both ends must have the same of what the standard wants equal. */
static mcapi_status_t compare(const struct endpoint *endpoint, struct peer *peer,
			      mcapi_endpoint_t other)
{
	static const uint32_t equal[] = {
		MCAPI_WIRE_ATTR_MAX_PAYLOAD, MCAPI_WIRE_ATTR_BUFFER_TYPE,
		MCAPI_WIRE_ATTR_MEMORY_TYPE, MCAPI_WIRE_ATTR_PRIORITIES,
		MCAPI_WIRE_ATTR_PRIORITY,
	};
	struct mcapi_wire_endpoint line;
	uint32_t entry;

	if (!directory_find(peer, handle_port(other), &entry, &line))
		return MCAPI_ERR_ENDP_INVALID;
	for (unsigned int i = 0; i < sizeof(equal) / sizeof(equal[0]); i++)
		if (endpoint->attr[equal[i]] != line.attr[equal[i]])
			return MCAPI_ERR_ATTR_INCOMPATIBLE;
	return MCAPI_SUCCESS;
}

const char *connect_reserve(struct peer *peer, const struct mcapi_wire_control *control)
{
	const uint32_t type = control->word[0];
	const mcapi_endpoint_t parties[] = {
		control->word[1], control->send & ~0xffffu, control->recv & ~0xffffu,
	};
	struct node *node = peer->node;
	mcapi_status_t status = check_ends(control->send, control->recv);
	struct endpoint *endpoint;
	struct channel *channel = NULL;

	if (!type_known(type) || status != MCAPI_SUCCESS ||
	    handle_domain(control->send) != peer->domain ||
	    handle_node(control->send) != peer->number)
		return "it connects what is not its own";
	endpoint = take_endpoint(node, control->recv, type, parties, &status);
	if (endpoint)
		status = compare(endpoint, peer, control->send);
	if (endpoint && status == MCAPI_SUCCESS) {
		channel = channel_new(endpoint, type | CHANNEL_RECV, peer, control->send);
		if (!channel)
			status = MCAPI_ERR_MEM_LIMIT;
	}
	control_answer(peer, control, MCAPI_WIRE_RESERVED, status,
		       channel ? channel->handle : 0);
	if (channel) {
		channel->theirs = control->tag;
		channel_connected(channel);
	}
	return NULL;
}

const char *connect_reserved(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct channel *channel = channel_find(peer->node, control->tag);
	const mcapi_status_t status = control_status(control);
	const struct mcapi_wire_control asked = {
		.tag = channel ? channel->asked.tag : 0,
	};

	if (!channel || channel->peer != peer)
		return NULL;
	if (!channel_sends(channel) || channel->connected)
		return "it answers what it was not asked";
	if (channel->asked.peer)
		control_answer(channel->asked.peer, &asked, MCAPI_WIRE_CONNECTED, status, 0);
	channel->asked.peer = NULL;
	channel_ask(channel, false);
	if (status == MCAPI_SUCCESS) {
		channel->theirs = control->word[0];
		channel_connected(channel);
	} else {
		/* An open goes on waiting for another connection. */
		if (channel->opening)
			request_watch(channel->opening, NULL);
		channel->endpoint->open = channel->opening;
		channel_end(channel);
	}
	return NULL;
}
