/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channel_wait.c - calls that wait for room or data of a channel, of either type
 */
#include "channel.h"

/*
 * How often to look at the channel alone before all else is looked at, too: an
 * answer of a peer that is awake comes within that.
 */
#define BURST 200

void channel_look(struct channel *channel)
{
	struct node *node = channel->node;
	struct peer *peer = channel->peer;

	channel->looks = 0;
	/* A process that was killed tells nobody. */
	if (peer && !peer->dead && !peer_lived(peer))
		peer->link->rescan = true;
	node_progress(node);
}

struct channel *channel_refuse(uint32_t handle, mcapi_status_t *status)
{
	detail("0x%08x is not the handle of an open channel of this kind", handle);
	*status = MCAPI_ERR_CHAN_INVALID;
	return NULL;
}

/* Has the receive end taken all that there will ever be? */
static bool at_end(const struct channel *channel)
{
	if (channel_has_packets(channel))
		return channel->packet_in.ring.cons == channel->final;
	return channel->scalars_in.index * MCAPI_WIRE_SCALARS + channel->scalars_in.taken ==
	       channel->final;
}

mcapi_status_t channel_over(struct channel *channel)
{
	/* A node that finalized has said so, and nothing more. */
	if (channel_sends(channel) && channel->peer && !peer_owned(channel->peer))
		channel_look(channel);
	if (channel->broken ||
	    (channel->lost && !channel_sends(channel) && !at_end(channel))) {
		detail("the node at the other end of the channel is gone");
		return MCAPI_ERR_TRANSMISSION;
	}
	if (channel_sends(channel) ? channel_look_closed(channel) :
				     channel->closed_there && at_end(channel)) {
		detail("the other end of the channel is closed");
		return MCAPI_ERR_CHAN_INVALID;
	}
	return MCAPI_SUCCESS;
}

bool channel_make_lines(struct channel *channel)
{
	struct link *link = channel->link;
	const uint32_t off = heap_alloc(&link->heap, sizeof(*channel->line), HEAP_TAG_CHANNEL);

	if (off == HEAP_NONE)
		return false;
	channel->offs[0] = off;
	channel->line = (struct mcapi_wire_channel *)(link->own.base + off);
	own_clear(&link->own, channel->line, sizeof(*channel->line));
	return true;
}

void channel_ack(struct channel *channel, uint32_t ack)
{
	own_publish(&channel->link->own, &channel->line->ack, ack);
	if (!channel->lost)
		peer_poke(channel->peer);
}

void channel_hold_peer(struct channel *channel)
{
	channel->holds_peer = true;
	channel->peer->held++;
}

void channel_wait(struct channel *channel, struct request *req)
{
	req->next = NULL;
	*channel->pending_tail = req;
	channel->pending_tail = &req->next;
	request_watch(req, channel->peer);
	channel_busy(channel);
	/* Whoever sleeps must watch for this peer's death, too. */
	channel->node->delivered++;
}

void channel_burst(struct channel *channel, struct request *req)
{
	struct node *node = channel->node;

	for (int i = 0; node->spin.us && i < BURST && req->state == REQUEST_PENDING; i++) {
		relax();
		if (lock_contended(&node->lock))
			return;
		channel_work(channel);
	}
}

void channel_wait_done(struct channel *channel, struct request *req)
{
	struct node *node = channel->node;

	channel_burst(channel, req);
	if (req->state != REQUEST_PENDING ||
	    request_wait(node, req, node_deadline(channel->timeout))) {
		failed(req->status);
		return;
	}
	request_withdraw(node, req);
	request_complete(req, MCAPI_TIMEOUT, 0);
	detail("the timeout of endpoint attribute MCAPI_ENDP_ATTR_TIMEOUT has passed");
}

void channel_withdraw(struct request *req)
{
	struct channel *channel = req->channel;
	struct request **at = &channel->pending;

	while (*at != req)
		at = &(*at)->next;
	*at = req->next;
	if (!*at)
		channel->pending_tail = at;
	/* The receiver has the beginning of a packet whose rest does not come. */
	if (req->kind == REQUEST_SEND_PACKET && req->send_packet.sent) {
		channel->packet_out.give_up = true;
		channel_busy(channel);
	}
}

void channel_drop_pending(struct channel *channel, mcapi_status_t status)
{
	struct request *req = channel->pending;

	channel->pending = NULL;
	channel->pending_tail = &channel->pending;
	while (req) {
		struct request *next = req->next;

		/* From here on it may be gone. */
		request_complete(req, status, 0);
		channel->node->delivered++;
		req = next;
	}
}

void channel_fault(struct channel *channel, const char *what)
{
	if (channel->peer && !channel->peer->faulted)
		peer_fault(channel->peer, what);
}
