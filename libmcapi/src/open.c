/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * open.c - opening and closing the ends of a channel
 */
#include "channel.h"
#include "control.h"
#include "directory.h"

/* ---- open ---- */

static void finish_open(struct channel *channel)
{
	struct request *req = channel->opening;

	if (!req || !channel->open_here || !channel->open_there)
		return;
	channel->opening = NULL;
	channel->usable = channel->kind;
	*req->open.handle = channel->handle;
	request_complete(req, MCAPI_SUCCESS, 0);
	channel->node->delivered++;
	channel_show(channel->endpoint);
}

static bool make_ring(struct channel *channel, struct mcapi_wire_control *open)
{
	if (channel_sends(channel))
		return channel_has_packets(channel) ? packet_out_open(channel, open) :
						      scalar_out_open(channel, open);
	return channel_has_packets(channel) ? packet_in_open(channel, open) :
					      scalar_in_open(channel, open);
}

/* Makes what the other end needs and tells it, once the connection is there. */
static void start_open(struct channel *channel)
{
	struct mcapi_wire_control open = { .op = MCAPI_WIRE_OPEN, .tag = channel->theirs };

	if (!channel->connected || !channel->opening)
		return;
	if (!channel->open_here) {
		if (!make_ring(channel, &open)) {
			detail("no memory of %s is left for a channel", channel->link->name);
			request_complete(channel->opening, MCAPI_ERR_MEM_LIMIT, 0);
			channel->opening = NULL;
			channel->node->delivered++;
			return;
		}
		channel->open_here = true;
		control_send(channel->peer, &open);
	}
	finish_open(channel);
}

void channel_connected(struct channel *channel)
{
	struct endpoint *endpoint = channel->endpoint;
	struct request *req = endpoint->open;
	mcapi_status_t status = MCAPI_SUCCESS;

	channel->connected = true;
	endpoint->open = NULL;
	if (req) {
		if ((req->open.kind ^ channel->kind) & (CHANNEL_SEND | CHANNEL_RECV))
			status = MCAPI_ERR_CHAN_DIRECTION;
		if ((req->open.kind ^ channel->kind) & ~(CHANNEL_SEND | CHANNEL_RECV))
			status = MCAPI_ERR_CHAN_TYPE;
		if (status == MCAPI_SUCCESS) {
			request_watch(req, channel->peer);
			channel->opening = req;
		} else {
			request_complete(req, status, 0);
		}
	}
	channel->node->delivered++;
	start_open(channel);
	channel_show(endpoint);
}

const char *channel_opened(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct channel *channel = channel_find(peer->node, control->tag);
	const char *fault;

	if (!channel || channel->peer != peer)
		return NULL;
	if (!channel->connected || channel->open_there)
		return "it opened a channel that it could not open";
	if (channel_sends(channel))
		fault = channel_has_packets(channel) ? packet_out_opened(channel, control) :
						       scalar_out_opened(channel, control);
	else
		fault = channel_has_packets(channel) ? packet_in_opened(channel, control) :
						       scalar_in_opened(channel, control);
	if (fault)
		return fault;
	channel->open_there = true;
	finish_open(channel);
	return NULL;
}

static mcapi_status_t check_open(const struct endpoint *endpoint, uint32_t kind)
{
	const struct channel *channel = endpoint->channel;
	const uint32_t type = kind & ~(CHANNEL_SEND | CHANNEL_RECV);
	const uint32_t is = endpoint->attr[MCAPI_WIRE_ATTR_TYPE];

	if (is != type && is != MCAPI_WIRE_TYPE_MESSAGE) {
		detail("the endpoint is for channels of the other type");
		return MCAPI_ERR_CHAN_TYPE;
	}
	if (!channel) {
		return endpoint->open ? failed(MCAPI_ERR_CHAN_OPENPENDING) : MCAPI_SUCCESS;
	}
	if (channel->kind != kind) {
		detail("the endpoint is the channel's other end");
		return MCAPI_ERR_CHAN_DIRECTION;
	}
	if (channel->usable)
		return failed(MCAPI_ERR_CHAN_OPEN);
	if (channel->closed_here) {
		detail("this end is closed, the other one not yet");
		return MCAPI_ERR_CHAN_CLOSEPENDING;
	}
	return channel->opening ? failed(MCAPI_ERR_CHAN_OPENPENDING) : MCAPI_SUCCESS;
}

static void begin_open(struct endpoint *endpoint, struct request *req)
{
	struct channel *channel = endpoint->channel;

	if (channel) {
		request_watch(req, channel->peer);
		channel->opening = req;
		start_open(channel);
	} else {
		endpoint->open = req;
	}
	channel_show(endpoint);
}

void channel_open_i(uint32_t kind, mcapi_endpoint_t handle, uint32_t *channel_handle,
		    mcapi_request_t *request, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct endpoint *endpoint;
	struct request *req;

	if (!node)
		return;
	node_progress(node);
	endpoint = endpoint_own(node, handle, status);
	if (endpoint && (!channel_handle || !request)) {
		*status = failed(MCAPI_ERR_PARAMETER);
	} else if (endpoint) {
		*status = check_open(endpoint, kind);
		req = *status == MCAPI_SUCCESS ? request_new(node, REQUEST_OPEN, status) : NULL;
		if (req) {
			req->open.endpoint = endpoint;
			req->open.kind = kind;
			req->open.handle = channel_handle;
			begin_open(endpoint, req);
			*request = req->handle;
			*status = MCAPI_PENDING;
			/* If both ends are this node's, both are open when either is. */
			node_progress(node);
		}
	}
	node_leave(node);
}

void channel_withdraw_open(struct request *req)
{
	struct endpoint *endpoint = req->open.endpoint;

	/* What was told to the other end stands: another open goes on from there. */
	if (endpoint->channel)
		endpoint->channel->opening = NULL;
	endpoint->open = NULL;
	channel_show(endpoint);
}

/* ---- close ---- */

bool channel_look_closed(struct channel *channel)
{
	if (!channel->closed_there && channel->their_line &&
	    peer_load(&channel->their_line->closed))
		channel->closed_there = true;
	return channel->closed_there;
}

void channel_settle(struct channel *channel)
{
	struct mcapi_wire_control done = { .op = MCAPI_WIRE_DONE, .tag = channel->theirs };

	if (channel->over || !channel->closed_here || !channel->closed_there)
		return;
	if (channel->endpoint) {
		struct endpoint *endpoint = channel->endpoint;

		endpoint->channel = NULL;
		channel->endpoint = NULL;
		directory_set(endpoint, MCAPI_WIRE_ATTR_TYPE, channel->former_type);
		channel_show(endpoint);
	}
	if (channel_sends(channel)) {
		/* What the program at the other end has not released is still read. */
		if (!channel->lost && channel_has_packets(channel) &&
		    channel->packet_out.count) {
			channel_busy(channel);
			return;
		}
		if (channel->peer)
			control_send(channel->peer, &done);
		channel_end(channel);
	} else if ((channel->lost || channel->done) && !channel->held) {
		channel_end(channel);
	}
}

static void close_end(struct channel *channel)
{
	struct mcapi_wire_control close = { .op = MCAPI_WIRE_CLOSE, .tag = channel->theirs };

	channel->usable = 0;
	watch_drop(channel->node, &channel->watch);
	channel->closed_here = true;
	channel_drop_pending(channel, MCAPI_ERR_CHAN_INVALID);
	if (!channel_sends(channel)) {
		if (channel_has_packets(channel))
			packet_in_close(channel);
		if (!channel->lost)
			own_publish(&channel->link->own, &channel->line->closed, 1);
		if (channel->holds_peer)
			channel->peer->held--;
		channel->holds_peer = false;
	} else if (channel_has_packets(channel)) {
		packet_out_close(channel);
		close.word[0] = channel->packet_out.ring.prod;
	} else {
		close.word[0] = scalars_total(&channel->scalars_out);
	}
	if (channel->peer)
		control_send(channel->peer, &close);
	channel_show(channel->endpoint);
	channel_settle(channel);
}

const char *channel_closed(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct channel *channel = channel_find(peer->node, control->tag);

	if (!channel || channel->peer != peer)
		return NULL;
	if (!channel_sends(channel) && channel->closed_there)
		return "it closed a channel twice";
	channel->closed_there = true;
	channel->final = control->word[0];
	if (channel_sends(channel))
		channel_drop_pending(channel, MCAPI_ERR_CHAN_INVALID);
	else if (channel->pending)
		channel_busy(channel);
	channel->node->delivered++;
	channel_settle(channel);
	return NULL;
}

const char *channel_done(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct channel *channel = channel_find(peer->node, control->tag);

	if (!channel || channel->peer != peer)
		return NULL;
	if (channel_sends(channel) || !channel->closed_here || !channel->closed_there)
		return "it is done with a channel that is open";
	channel->done = true;
	channel_settle(channel);
	return NULL;
}

/* The channel of a handle that is to be closed. */
static struct channel *find_open(struct node *node, uint32_t kind, uint32_t handle,
				 mcapi_status_t *status)
{
	struct channel *channel = channel_find(node, handle);

	*status = MCAPI_SUCCESS;
	if (!channel && (!handle || !node->channels ||
			 node->channels[handle & CHANNEL_MASK].handle != handle)) {
		detail("0x%08x is not the handle of a channel", handle);
		*status = MCAPI_ERR_CHAN_INVALID;
	} else if (channel && ((channel->kind ^ kind) & ~(CHANNEL_SEND | CHANNEL_RECV))) {
		*status = failed(MCAPI_ERR_CHAN_TYPE);
	} else if (channel && channel->kind != kind) {
		*status = failed(MCAPI_ERR_CHAN_DIRECTION);
	} else if (!channel || !channel->usable) {
		detail("the channel is not open");
		*status = MCAPI_ERR_CHAN_NOTOPEN;
	}
	return *status == MCAPI_SUCCESS ? channel : NULL;
}

void channel_close_i(uint32_t kind, uint32_t handle, mcapi_request_t *request,
		     mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	struct request *req;

	if (!node)
		return;
	node_progress(node);
	channel = find_open(node, kind, handle, status);
	if (channel && !request) {
		*status = failed(MCAPI_ERR_PARAMETER);
		channel = NULL;
	}
	req = channel ? request_new(node, REQUEST_CLOSE, status) : NULL;
	if (req) {
		close_end(channel);
		request_complete(req, MCAPI_SUCCESS, 0);
		request_report(req, request, status);
	}
	node_leave(node);
}
