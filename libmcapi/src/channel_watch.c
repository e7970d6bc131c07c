/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channel_watch.c - a file descriptor for the receive end of a channel
 */
#include "channel.h"
#include "packet.h"
#include "watch.h"

/* Is there something to receive, or to hear that there will be nothing more? */
static bool has_something(void *arg)
{
	struct channel *channel = arg;

	if (channel->lost || channel->closed_there)
		return true;
	if (!channel->holds_peer)
		return false;
	return channel_has_packets(channel) ? packet_available(channel) :
					      scalars_available(&channel->scalars_in);
}

int mcapix_channel_fd(uint32_t receive_handle, mcapi_status_t *status)
{
	struct node *node = node_enter(status);
	struct channel *channel;
	int fd = -1;

	if (!node)
		return -1;
	channel = channel_find(node, receive_handle);
	if (!channel || !channel->usable) {
		detail("0x%08x is no open channel of this node", receive_handle);
		*status = MCAPI_ERR_CHAN_INVALID;
	} else if (channel_sends(channel)) {
		detail("0x%08x is the send end of a channel", receive_handle);
		*status = MCAPI_ERR_CHAN_DIRECTION;
	} else {
		fd = watch_fd(node, &channel->watch, has_something, channel, status);
	}
	node_leave(node);
	return fd;
}
