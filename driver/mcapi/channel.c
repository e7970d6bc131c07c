// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel.c - a mailbox channel that is rung: one ring in flight, none lost
 */
#include <linux/mailbox_controller.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "link.h"

static void mcapi_channel_count(struct mcapi_channel *channel, u64 *counter)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&channel->lock, flags);
	(*counter)++;
	raw_spin_unlock_irqrestore(&channel->lock, flags);
}

static int mcapi_channel_send(struct mcapi_channel *channel)
{
	mcapi_channel_count(channel, &channel->rings);
	if (mbox_send_message(channel->chan, (void *)channel->controller->message) >= 0)
		return 0;
	mcapi_channel_count(channel, &channel->refused);
	return -EIO;
}

static int mcapi_channel_submit(struct mcapi_channel *channel)
{
	unsigned long flags;
	int ret;

	ret = mcapi_channel_send(channel);
	if (!ret) {
		schedule_delayed_work(&channel->watch, MCAPI_STALL);
		return 0;
	}
	raw_spin_lock_irqsave(&channel->lock, flags);
	mcapi_coalesce_failed(&channel->state);
	raw_spin_unlock_irqrestore(&channel->lock, flags);
	return ret;
}

static void mcapi_channel_done(struct mbox_client *client, void *message, int status)
{
	struct mcapi_channel *channel = container_of(client, struct mcapi_channel, client);
	unsigned long flags;
	bool again;

	raw_spin_lock_irqsave(&channel->lock, flags);
	again = mcapi_coalesce_done(&channel->state);
	channel->served = true;
	raw_spin_unlock_irqrestore(&channel->lock, flags);
	if (again)
		mcapi_channel_submit(channel);
}

/* Any context, where the controller tells when a ring is done. */
static int mcapi_channel_request(struct mcapi_channel *channel, bool *merged)
{
	unsigned long flags;
	bool ring;

	raw_spin_lock_irqsave(&channel->lock, flags);
	ring = mcapi_coalesce_request(&channel->state);
	if (!ring)
		channel->coalesced++;
	raw_spin_unlock_irqrestore(&channel->lock, flags);

	*merged = !ring;
	return ring ? mcapi_channel_submit(channel) : 0;
}

/*
 * The core keeps what the controller refused, and there never are two. A channel that
 * could not be opened again after a stall has none.
 */
static bool mcapi_channel_was_refused(struct mcapi_channel *channel)
{
	return channel->chan && READ_ONCE(channel->chan->msg_count);
}

/*
 * Rings where we tick. If the controller refuses, the core keeps the message without a
 * word, and tries it again with the next one: so there never are two.
 */
static int mcapi_channel_send_done(struct mcapi_channel *channel)
{
	struct mbox_chan *chan = channel->chan;
	int ret = 0;

	if (mcapi_channel_was_refused(channel))
		mcapi_channel_count(channel, &channel->rings);
	else
		ret = mcapi_channel_send(channel);
	if (ret)
		return ret;
	mbox_client_txdone(chan, 0);
	if (!mcapi_channel_was_refused(channel)) {
		WRITE_ONCE(channel->served, true);
		return 0;
	}
	mcapi_channel_count(channel, &channel->refused);
	schedule_delayed_work(&channel->watch, MCAPI_STALL << READ_ONCE(channel->stuck));
	return -EIO;
}

/*
 * Where we tick, a ring is done as soon as it is sent. Callers take turns, and
 * one ring serves all who asked before it: each rings once at the most, so that
 * nobody is kept here by what others ask for.
 */
static int mcapi_channel_tick(struct mcapi_channel *channel, bool *merged)
{
	u64 request = atomic64_inc_return(&channel->requested), covered;
	int ret = 0;

	mutex_lock(&channel->turn);
	*merged = channel->covered >= request;
	if (*merged) {
		mcapi_channel_count(channel, &channel->coalesced);
	} else {
		covered = atomic64_read(&channel->requested);
		ret = mcapi_channel_send_done(channel);
		if (!ret)
			channel->covered = covered;
	}
	mutex_unlock(&channel->turn);
	return ret;
}

/* May sleep. Orders what the caller wrote to the window before the ring. */
int mcapi_channel_ring(struct mcapi_channel *channel, bool *merged)
{
	*merged = false;
	if (!channel->chan)
		return -EIO;
	/* Several controllers ring with a relaxed write. */
	wmb();
	return channel->ticks ? mcapi_channel_tick(channel, merged) :
				mcapi_channel_request(channel, merged);
}

/* Answers a doorbell, from irq_work. */
void mcapi_channel_answer(struct mcapi_channel *channel)
{
	bool merged;

	if (!channel->ticks)
		mcapi_channel_request(channel, &merged);
	else
		mcapi_channel_send_done(channel);
}

bool mcapi_channel_is_busy(struct mcapi_channel *channel, u64 *rings)
{
	unsigned long flags;
	bool busy;

	raw_spin_lock_irqsave(&channel->lock, flags);
	busy = channel->state.inflight;
	*rings = channel->rings;
	raw_spin_unlock_irqrestore(&channel->lock, flags);
	return busy;
}

/*
 * Whether the ring in flight is that of the last look. Another one is looked at later. One
 * for which the core polls is done when the peer has looked, however late that is. Where we
 * tick none is in flight, but one that was refused may lie there.
 */
bool mcapi_channel_is_stalled(struct mcapi_channel *channel)
{
	bool busy;
	u64 rings;

	if (READ_ONCE(channel->served))
		channel->stuck = 0;
	if (channel->ticks)
		return mcapi_channel_was_refused(channel);
	busy = mcapi_channel_is_busy(channel, &rings);
	if (!busy || rings == channel->watched)
		return busy && (channel->chan->mbox->txdone_irq ||
				mcapi_channel_was_refused(channel));
	channel->watched = rings;
	schedule_delayed_work(&channel->watch, MCAPI_STALL << channel->stuck);
	return false;
}

/* @watch: runs when a ring should be done, see mcapi_channel_is_stalled() */
void mcapi_channel_init(struct mcapi_channel *channel, struct mcapi_link *link,
			struct device *dev, work_func_t watch)
{
	INIT_DELAYED_WORK(&channel->watch, watch);
	raw_spin_lock_init(&channel->lock);
	mutex_init(&channel->turn);
	channel->link = link;
	channel->client.dev = dev;
}

/* Gets the channel @index of the device tree, or binds @bound where that is given. */
int mcapi_channel_open(struct mcapi_channel *channel, struct mbox_chan *bound, int index)
{
	struct mbox_chan *chan = bound;
	int ret;

	if (bound) {
		ret = mbox_bind_client(bound, &channel->client);
		if (ret)
			return ret;
	} else {
		chan = mbox_request_channel(&channel->client, index);
		if (IS_ERR(chan))
			return PTR_ERR(chan);
	}

	channel->ticks = mcapi_mbox_chan_ticks(chan);
	channel->client.tx_done = channel->ticks ? NULL : mcapi_channel_done;
	channel->bound = bound;
	channel->index = index;
	channel->chan = chan;
	return 0;
}

/* The ring in flight is done, whatever the controller says, and what was merged with it. */
static void mcapi_channel_give_up(struct mcapi_channel *channel)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&channel->lock, flags);
	channel->state.again = false;
	raw_spin_unlock_irqrestore(&channel->lock, flags);
	if (channel->chan->mbox->txdone_irq)
		mbox_chan_txdone(channel->chan, 0);
	else
		mcapi_mbox_chan_stop_poll(channel->chan);
	WRITE_ONCE(channel->served, false);
}

/*
 * Nobody rings. On return the controller does nothing more for this channel. To free it
 * with a ring in flight would leave a late interrupt, or the core's look whether the ring
 * is done, without a client to tell.
 */
void mcapi_channel_close(struct mcapi_channel *channel)
{
	u64 rings;

	if (!channel->chan)
		return;
	if (mcapi_channel_is_busy(channel, &rings) && !mcapi_channel_was_refused(channel))
		mcapi_channel_give_up(channel);
	mbox_free_channel(channel->chan);
	channel->chan = NULL;
	channel->state = (struct mcapi_coalesce){ };
	channel->served = false;
}

/*
 * Gets a stalled channel loose, so that it can be rung. What the controller refused goes
 * when the channel starts anew; while one that it took is in flight that is not safe.
 */
int mcapi_channel_unstick(struct mcapi_channel *channel)
{
	if (!mcapi_channel_was_refused(channel)) {
		mcapi_channel_give_up(channel);
		return 0;
	}
	mcapi_channel_close(channel);
	return mcapi_channel_open(channel, channel->bound, channel->index);
}
