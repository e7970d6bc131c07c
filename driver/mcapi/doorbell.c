// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell.c - the mailbox framework's client: rings the peer, is rung by it
 *
 * A doorbell carries no data. One channel does both ways, or one each; some
 * controllers want each doorbell answered, on the channel it came by or on a
 * third one.
 */
#include <linux/iopoll.h>
#include <linux/mailbox-ivshmem.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/property.h>
#include <linux/rcupdate.h>
#include <trace/events/mcapi.h>

#include "link.h"

/* At some microseconds each, they leave a processor more than half of its time. */
static uint max_rate = 100000;
module_param(max_rate, uint, 0644);
MODULE_PARM_DESC(max_rate,
		 "Doorbells of a link that wake sleepers, each second, in whole ones a millisecond; more are put together (default 100000, 0: no limit)");

/* How long after its callback a controller may still clear the doorbell. */
#define MCAPI_LATE_CLEAR	(100 * NSEC_PER_USEC)

/*
 * Counts a doorbell. Returns for how many nanoseconds sleepers are left alone if the
 * peer rings too often: the timer wakes them at the end of that time.
 */
static u64 mcapi_doorbell_limit(struct mcapi_link *link)
{
	struct mcapi_doorbell *bell = &link->bell;
	u32 limit = DIV_ROUND_UP(READ_ONCE(max_rate), NSEC_PER_SEC / MCAPI_RATE_INTERVAL);
	u64 received = atomic64_inc_return(&bell->received), delay;
	unsigned long flags;

	raw_spin_lock_irqsave(&bell->lock, flags);
	delay = mcapi_rate_take(&bell->rate, ktime_get_ns(), limit);
	if (!delay) {
		bell->due = true;
	} else if (!bell->delayed) {
		bell->delayed = true;
		bell->throttled++;
		hrtimer_start(&bell->timer, ns_to_ktime(delay), HRTIMER_MODE_REL_SOFT);
	}
	raw_spin_unlock_irqrestore(&bell->lock, flags);

	trace_mcapi_doorbell(MINOR(link->devt), received, delay);
	return delay;
}

/* Any context, hard interrupt included: even wake_up() would be too much on RT. */
static void mcapi_doorbell_received(struct mbox_client *client, void *message)
{
	struct mcapi_link *link = container_of(client, struct mcapi_channel, client)->link;
	struct mailbox_ivshmem_event ring = { .what = MAILBOX_IVSHMEM_RING };
	struct mailbox_ivshmem_event *event = link->bell.controller->presence ? message : &ring;

	switch (event->what) {
	case MAILBOX_IVSHMEM_PEER_LEFT:
		WRITE_ONCE(link->absent, true);
		WRITE_ONCE(link->departures, link->departures + 1);
		break;
	case MAILBOX_IVSHMEM_PEER_JOINED:
		WRITE_ONCE(link->absent, false);
		break;
	default:
		event->hold_ns = mcapi_doorbell_limit(link);
	}
	irq_work_queue(&link->event);
}

/* Wakes the sleepers, if there was room for that. */
static void mcapi_doorbell_pass_on(struct mcapi_link *link)
{
	struct mcapi_doorbell *bell = &link->bell;
	unsigned long flags;
	bool due;

	raw_spin_lock_irqsave(&bell->lock, flags);
	due = bell->due;
	bell->due = false;
	if (due && !bell->delayed && bell->controller->late_clear)
		hrtimer_start(&bell->timer, MCAPI_LATE_CLEAR, HRTIMER_MODE_REL_SOFT);
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	if (due)
		mcapi_event_raise(link, MCAPI_EVENT_DOORBELL);
}

/*
 * What was held back; or, where the controller clears a doorbell only after it
 * has told us, what the peer rang for between our look and the clearing.
 */
static enum hrtimer_restart mcapi_doorbell_timer(struct hrtimer *timer)
{
	struct mcapi_link *link = container_of(timer, struct mcapi_link, bell.timer);
	struct mcapi_doorbell *bell = &link->bell;
	unsigned long flags;

	raw_spin_lock_irqsave(&bell->lock, flags);
	/* What was held back may not be cleared yet, either. */
	if (bell->delayed && bell->controller->late_clear)
		hrtimer_start(timer, MCAPI_LATE_CLEAR, HRTIMER_MODE_REL_SOFT);
	bell->delayed = false;
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	mcapi_event_raise(link, MCAPI_EVENT_DOORBELL);
	return HRTIMER_NORESTART;
}

static void mcapi_doorbell_event(struct irq_work *work)
{
	struct mcapi_link *link = container_of(work, struct mcapi_link, event);
	struct mcapi_doorbell *bell = &link->bell;
	u64 received = atomic64_read(&bell->received);
	struct mcapi_channel *answer;

	rcu_read_lock(); /* see mcapi_doorbell_start_anew(), mcapi_doorbell_close() */
	answer = READ_ONCE(bell->answer);
	/* Two processors may be here at once: better tell a doorbell twice than never. */
	if (received != READ_ONCE(bell->reported)) {
		WRITE_ONCE(bell->reported, received);
		if (answer)
			mcapi_channel_answer(answer);
	}
	rmb(); /* the doorbell before what it stands for */
	mcapi_doorbell_pass_on(link);
	if (mcapi_handshake_needed(link))
		mcapi_handshake_schedule(link);
	rcu_read_unlock();
}

/* May sleep. The caller is inside mcapi_link_enter(), or is the one that ends the link. */
int mcapi_doorbell_ring(struct mcapi_link *link, bool *merged)
{
	struct mcapi_doorbell *bell = &link->bell;
	int ret = 0;

	if (READ_ONCE(bell->asleep)) {
		WRITE_ONCE(bell->missed, true);
		*merged = true;
	} else {
		ret = mcapi_channel_ring(&bell->tx, merged);
	}
	trace_mcapi_ring(MINOR(link->devt), *merged, ret);
	return ret;
}

/* Who is not there looks when it comes. */
void mcapi_doorbell_tell(struct mcapi_link *link)
{
	bool merged;

	if (READ_ONCE(link->there) && !READ_ONCE(link->absent))
		mcapi_doorbell_ring(link, &merged);
}

/* From now on @channel answers, also whoever rang while nobody did. */
static void mcapi_doorbell_answer_by(struct mcapi_link *link, struct mcapi_channel *channel)
{
	smp_store_release(&link->bell.answer, channel); /* complete */
	mcapi_channel_answer(channel);
}

static void mcapi_doorbell_start_anew(struct mcapi_link *link, struct mcapi_channel *channel)
{
	struct mcapi_doorbell *bell = &link->bell;
	bool answers = channel == bell->answer;
	int ret;

	bell->stalls++;
	if (answers) {
		WRITE_ONCE(bell->answer, NULL);
		synchronize_rcu(); /* nobody is at it */
	}
	ret = mcapi_channel_unstick(channel);
	if (ret)
		dev_err(link->parent, "%s: mailbox channel was refused and cannot be reset: error %d\n",
			link->label, ret);
	else if (!channel->stuck)
		dev_warn_ratelimited(link->parent, "%s: mailbox channel was stuck\n", link->label);
	channel->stuck = min(channel->stuck + 1, MCAPI_STALL_DOUBLED);

	if (answers)
		mcapi_doorbell_answer_by(link, channel);
	else
		mcapi_doorbell_tell(link);
	/* What came while the channel was closed, nobody has told us; it may be a new header. */
	irq_work_queue(&link->event);
	mcapi_event_raise(link, MCAPI_EVENT_DOORBELL);
}

/*
 * A ring that is not done after so long never will be: the controller lost it,
 * or refused it without a word. It is given up, and another one rung. Or it is the
 * peer that does not look: then it is asked ever more seldom.
 */
static void mcapi_doorbell_watch(struct work_struct *work)
{
	struct mcapi_channel *channel = container_of(to_delayed_work(work), struct mcapi_channel,
						     watch);
	struct mcapi_link *link = channel->link;

	down_write(&link->life);
	if (link->live && !link->bell.asleep && mcapi_channel_is_stalled(channel))
		mcapi_doorbell_start_anew(link, channel);
	up_write(&link->life);
}

/* Inside of mcapi_link_enter(). */
void mcapi_doorbell_describe(struct mcapi_link *link, struct mcapi_info *info)
{
	struct mcapi_doorbell *bell = &link->bell;
	unsigned long flags;

	raw_spin_lock_irqsave(&bell->tx.lock, flags);
	info->rings = bell->tx.rings;
	info->coalesced = bell->tx.coalesced;
	info->refused = bell->tx.refused;
	raw_spin_unlock_irqrestore(&bell->tx.lock, flags);
	if (bell->answer) {
		raw_spin_lock_irqsave(&bell->answer->lock, flags);
		info->refused += bell->answer->refused;
		raw_spin_unlock_irqrestore(&bell->answer->lock, flags);
	}
	info->received = atomic64_read(&bell->received);
	info->stalls = bell->stalls;
	raw_spin_lock_irqsave(&bell->lock, flags);
	info->throttled = bell->throttled;
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	info->caps = bell->controller->presence ? MCAPI_CAP_PRESENCE : 0;
}

/* By index, because older kernels match names by their beginning. */
static int mcapi_doorbell_request(struct mcapi_link *link, struct device *dev,
				  struct mcapi_channel *channel, const char *name)
{
	const struct mcapi_controller *controller;
	struct of_phandle_args spec;
	const char *compatible;
	int index, ret;

	index = device_property_match_string(dev, "mbox-names", name);
	if (index < 0)
		return index;
	ret = of_parse_phandle_with_args(dev->of_node, "mboxes", "#mbox-cells", index, &spec);
	if (ret)
		return dev_err_probe(dev, ret, "mboxes has no entry %d, \"%s\"\n", index, name);
	if (of_property_read_string(spec.np, "compatible", &compatible))
		compatible = "without compatible";
	controller = mcapi_controller_find(dev, spec.np, compatible);
	of_node_put(spec.np);
	if (IS_ERR(controller))
		return PTR_ERR(controller);
	channel->controller = controller;
	if (!link->bell.controller || channel->client.rx_callback)
		link->bell.controller = controller;
	ret = mcapi_channel_open(channel, NULL, index);
	return ret ? dev_err_probe(dev, ret, "cannot get mailbox channel \"%s\"\n", name) : 0;
}

static int mcapi_doorbell_request_all(struct mcapi_link *link, struct device *dev)
{
	const struct mcapi_link_pdata *pdata = dev_get_platdata(dev);
	struct mcapi_doorbell *bell = &link->bell;
	struct mcapi_channel *answer = NULL;
	int ret;

	if (pdata) {
		bell->tx.client.rx_callback = mcapi_doorbell_received;
		bell->controller = mcapi_controller_find(dev, NULL, pdata->controller);
		if (IS_ERR(bell->controller))
			return PTR_ERR(bell->controller);
		bell->tx.controller = bell->controller;
		ret = mcapi_channel_open(&bell->tx, pdata->chan, 0);
		return ret ? dev_err_probe(dev, ret, "cannot use the mailbox channel\n") : 0;
	}

	if (device_property_match_string(dev, "mbox-names", "rxtx") >= 0) {
		bell->tx.client.rx_callback = mcapi_doorbell_received;
		return mcapi_doorbell_request(link, dev, &bell->tx, "rxtx");
	}

	/* First what rings us: nobody looks at the channel before it is complete. */
	bell->rx.client.rx_callback = mcapi_doorbell_received;
	ret = mcapi_doorbell_request(link, dev, &bell->rx, "rx");
	if (!ret)
		ret = mcapi_doorbell_request(link, dev, &bell->tx, "tx");
	if (ret == -ENODATA || ret == -EINVAL)
		return dev_err_probe(dev, ret,
				     "mbox-names must have \"rxtx\", or \"tx\" and \"rx\"\n");
	if (ret)
		return ret;
	if (bell->controller->rx_ack)
		answer = &bell->rx;
	if (device_property_match_string(dev, "mbox-names", "rx-ack") >= 0) {
		ret = mcapi_doorbell_request(link, dev, &bell->ack, "rx-ack");
		if (ret)
			return ret;
		answer = &bell->ack;
	}
	if (answer)
		mcapi_doorbell_answer_by(link, answer);
	return 0;
}

int mcapi_doorbell_open(struct mcapi_link *link, struct device *dev)
{
	struct mcapi_doorbell *bell = &link->bell;
	int ret;

	raw_spin_lock_init(&bell->lock);
	init_irq_work(&link->event, mcapi_doorbell_event);
	mcapi_hrtimer_setup(&bell->timer, mcapi_doorbell_timer, CLOCK_MONOTONIC,
			    HRTIMER_MODE_REL_SOFT);
	mcapi_channel_init(&bell->tx, link, dev, mcapi_doorbell_watch);
	mcapi_channel_init(&bell->rx, link, dev, mcapi_doorbell_watch);
	mcapi_channel_init(&bell->ack, link, dev, mcapi_doorbell_watch);

	ret = mcapi_doorbell_request_all(link, dev);
	if (ret)
		mcapi_doorbell_close(link);
	return ret;
}

/* Nobody rings any more. On return nothing runs on behalf of the channels. */
void mcapi_doorbell_close(struct mcapi_link *link)
{
	struct mcapi_doorbell *bell = &link->bell;
	bool busy;
	u64 rings;

	/* What was merged goes out when the ring in flight is done; the last one says DOWN. */
	read_poll_timeout(mcapi_channel_is_busy, busy, !busy, 100, 100 * USEC_PER_MSEC, false,
			  &bell->tx, &rings);
	WRITE_ONCE(bell->answer, NULL);
	synchronize_rcu();
	mcapi_channel_close(&bell->ack);
	mcapi_channel_close(&bell->rx);
	mcapi_channel_close(&bell->tx);
	/* Of two processors in the handler it waits for one, and RCU for both. */
	irq_work_sync(&link->event);
	synchronize_rcu();
	hrtimer_cancel(&bell->timer);
	cancel_delayed_work_sync(&bell->ack.watch);
	cancel_delayed_work_sync(&bell->rx.watch);
	cancel_delayed_work_sync(&bell->tx.watch);
	cancel_delayed_work_sync(&link->handshake);
}

/* Between these two the controller may be off: a ring is kept for later, no channel is reset. */
void mcapi_doorbell_suspend(struct mcapi_link *link)
{
	down_write(&link->life);
	WRITE_ONCE(link->bell.asleep, true);
	up_write(&link->life);
}

void mcapi_doorbell_resume(struct mcapi_link *link)
{
	struct mcapi_doorbell *bell = &link->bell;
	bool merged;

	down_write(&link->life);
	WRITE_ONCE(bell->asleep, false);
	if (bell->missed)
		mcapi_doorbell_ring(link, &merged);
	bell->missed = false;
	/* They did not look meanwhile, and what was in flight may have been lost. */
	schedule_delayed_work(&bell->tx.watch, MCAPI_STALL);
	if (bell->answer)
		schedule_delayed_work(&bell->answer->watch, MCAPI_STALL);
	up_write(&link->life);
	/* Nobody counts what rang meanwhile. */
	mcapi_event_raise(link, MCAPI_EVENT_DOORBELL);
}
