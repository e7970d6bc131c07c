// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell.c - the mailbox framework's client
 *
 * A doorbell carries no data. What the message pointer means differs between
 * controllers, and nothing tells a client which meaning is in force, so only
 * controllers that are known to ignore it, or to read words from it, are used.
 */
#include <linux/iopoll.h>
#include <linux/irq_work.h>
#include <linux/mailbox-ivshmem.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/property.h>

#include "link.h"

static bool allow_unknown_controller;
module_param(allow_unknown_controller, bool, 0444);
MODULE_PARM_DESC(allow_unknown_controller,
		 "Ring through mailbox controllers that were never tested; they get a pointer to non-zero words");

/*
 * @presence: it tells who comes and goes
 */
static const struct mcapi_controller {
	const char *compatible;
	bool presence;
} mcapi_controllers[] = {
	{ .compatible = "pci1af4,1110", .presence = true },
	{ .compatible = "metamcapi,mailbox-loopback" },
};

static const struct mcapi_controller *
mcapi_controller_find(const struct device_node *np, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mcapi_controllers); i++) {
		const char *known = mcapi_controllers[i].compatible;

		if (np ? of_device_is_compatible(np, known) : !strcmp(name, known))
			return &mcapi_controllers[i];
	}
	return NULL;
}

/* Any context, hard interrupt included: even wake_up() would be too much on RT. */
static void mcapi_doorbell_received(struct mbox_client *client, void *message)
{
	struct mcapi_link *link = container_of(client, struct mcapi_link, bell.client);
	u32 event = link->presence ? *(const u32 *)message : MAILBOX_IVSHMEM_RING;

	switch (event) {
	case MAILBOX_IVSHMEM_PEER_LEFT:
		WRITE_ONCE(link->absent, true);
		WRITE_ONCE(link->departures, link->departures + 1);
		break;
	case MAILBOX_IVSHMEM_PEER_JOINED:
		WRITE_ONCE(link->absent, false);
		break;
	default:
		atomic64_inc(&link->bell.received);
	}
	irq_work_queue(&link->event);
}

static void mcapi_doorbell_event(struct irq_work *work)
{
	struct mcapi_link *link = container_of(work, struct mcapi_link, event);
	u64 received = atomic64_read(&link->bell.received);

	/* Two processors may be here at once: better tell a doorbell twice than never. */
	if (received != READ_ONCE(link->bell.reported)) {
		WRITE_ONCE(link->bell.reported, received);
		mcapi_event_raise(link, MCAPI_EVENT_DOORBELL);
	}
	if (mcapi_handshake_needed(link))
		schedule_work(&link->handshake);
}

static void mcapi_doorbell_count_one(struct mcapi_doorbell *bell, bool ring)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&bell->lock, flags);
	if (ring)
		bell->rings++;
	else
		bell->coalesced++;
	raw_spin_unlock_irqrestore(&bell->lock, flags);
}

static int mcapi_doorbell_submit(struct mcapi_doorbell *bell)
{
	unsigned long flags;
	int ret;

	mcapi_doorbell_count_one(bell, true);
	ret = mbox_send_message(bell->chan, bell->token);
	if (ret >= 0)
		return 0;
	raw_spin_lock_irqsave(&bell->lock, flags);
	mcapi_coalesce_failed(&bell->state);
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	return ret;
}

/*
 * Where we tick, a ring is done as soon as it is sent. Callers take turns, and
 * one ring serves all who asked before it: each rings once at the most, so that
 * nobody is kept here by what others ask for.
 */
static int mcapi_doorbell_tick(struct mcapi_doorbell *bell, bool *merged)
{
	u64 request = atomic64_inc_return(&bell->requested), covered;
	int ret = 0;

	mutex_lock(&bell->turn);
	*merged = bell->covered >= request;
	mcapi_doorbell_count_one(bell, !*merged);
	if (!*merged) {
		covered = atomic64_read(&bell->requested);
		ret = mbox_send_message(bell->chan, bell->token);
		if (ret >= 0) {
			mbox_client_txdone(bell->chan, 0);
			bell->covered = covered;
			ret = 0;
		}
	}
	mutex_unlock(&bell->turn);
	return ret;
}

static void mcapi_doorbell_done(struct mbox_client *client, void *message, int status)
{
	struct mcapi_doorbell *bell = container_of(client, struct mcapi_doorbell, client);
	unsigned long flags;
	bool again;

	raw_spin_lock_irqsave(&bell->lock, flags);
	again = mcapi_coalesce_done(&bell->state);
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	if (again)
		mcapi_doorbell_submit(bell);
}

/* May sleep. The caller is inside mcapi_link_enter(), or is the one that ends the link. */
int mcapi_doorbell_ring(struct mcapi_link *link, bool *merged)
{
	struct mcapi_doorbell *bell = &link->bell;
	unsigned long flags;
	bool ring;

	/* Several controllers ring with a relaxed write: order the window first. */
	wmb();
	if (bell->ticks)
		return mcapi_doorbell_tick(bell, merged);

	raw_spin_lock_irqsave(&bell->lock, flags);
	ring = mcapi_coalesce_request(&bell->state);
	if (!ring)
		bell->coalesced++;
	raw_spin_unlock_irqrestore(&bell->lock, flags);

	*merged = !ring;
	return ring ? mcapi_doorbell_submit(bell) : 0;
}

void mcapi_doorbell_describe(struct mcapi_link *link, struct mcapi_info *info)
{
	struct mcapi_doorbell *bell = &link->bell;
	unsigned long flags;

	raw_spin_lock_irqsave(&bell->lock, flags);
	info->rings = bell->rings;
	info->coalesced = bell->coalesced;
	raw_spin_unlock_irqrestore(&bell->lock, flags);
	info->received = atomic64_read(&bell->received);
}

static int mcapi_doorbell_check(struct mcapi_link *link, struct device *dev,
				const struct device_node *np, const char *name)
{
	const struct mcapi_controller *controller = mcapi_controller_find(np, name);

	if (controller) {
		link->presence = controller->presence;
		return 0;
	}
	if (allow_unknown_controller) {
		dev_warn(dev, "mailbox controller %s was never tested with mcapi\n", name);
		return 0;
	}
	return dev_err_probe(dev, -EOPNOTSUPP,
			     "mailbox controller %s is not known to mcapi; load mcapi with allow_unknown_controller=1 to try it\n",
			     name);
}

static struct mbox_chan *mcapi_doorbell_request(struct mcapi_link *link, struct device *dev)
{
	const struct mcapi_link_pdata *pdata = dev_get_platdata(dev);
	struct of_phandle_args spec;
	struct mbox_chan *chan;
	const char *name;
	int index, ret;

	if (pdata) {
		ret = mcapi_doorbell_check(link, dev, NULL, pdata->controller);
		if (ret)
			return ERR_PTR(ret);
		ret = mbox_bind_client(pdata->chan, &link->bell.client);
		if (ret)
			return ERR_PTR(dev_err_probe(dev, ret, "cannot use the mailbox channel\n"));
		return pdata->chan;
	}

	/* by index, because older kernels match names by their beginning */
	index = device_property_match_string(dev, "mbox-names", "rxtx");
	if (index < 0)
		return ERR_PTR(dev_err_probe(dev, index, "mbox-names has no entry \"rxtx\"\n"));
	ret = of_parse_phandle_with_args(dev->of_node, "mboxes", "#mbox-cells", index, &spec);
	if (ret)
		return ERR_PTR(dev_err_probe(dev, ret, "mboxes has no entry %d\n", index));
	if (of_property_read_string(spec.np, "compatible", &name))
		name = "without compatible";
	ret = mcapi_doorbell_check(link, dev, spec.np, name);
	of_node_put(spec.np);
	if (ret)
		return ERR_PTR(ret);
	chan = mbox_request_channel(&link->bell.client, index);
	if (IS_ERR(chan))
		dev_err_probe(dev, PTR_ERR(chan), "cannot get mailbox channel %d\n", index);
	return chan;
}

int mcapi_doorbell_open(struct mcapi_link *link, struct device *dev)
{
	struct mcapi_doorbell *bell = &link->bell;
	size_t i;

	raw_spin_lock_init(&bell->lock);
	mutex_init(&bell->turn);
	init_irq_work(&link->event, mcapi_doorbell_event);
	for (i = 0; i < ARRAY_SIZE(bell->token); i++)
		bell->token[i] = 1;

	bell->client.dev = dev;
	bell->client.rx_callback = mcapi_doorbell_received;
	bell->chan = mcapi_doorbell_request(link, dev);
	if (IS_ERR(bell->chan)) {
		/* A channel that failed to start may have told of its peer before. */
		irq_work_sync(&link->event);
		cancel_work_sync(&link->handshake);
		return PTR_ERR(bell->chan);
	}

	/*
	 * Only the controller knows its method, some of them by channel. A channel
	 * to be polled by nobody is one whose last client ticked: the core forgot.
	 */
	bell->ticks = bell->chan->txdone_method & MCAPI_TXDONE_BY_ACK;
	if (!bell->ticks && !bell->chan->mbox->txdone_irq && !bell->chan->mbox->txdone_poll) {
		bell->chan->txdone_method = MCAPI_TXDONE_BY_ACK;
		bell->ticks = true;
	}
	if (!bell->ticks)
		bell->client.tx_done = mcapi_doorbell_done;
	return 0;
}

/* Nobody rings any more. On return nothing runs on behalf of the channel. */
void mcapi_doorbell_close(struct mcapi_link *link)
{
	bool busy;

	/* What was merged goes out when the ring in flight is done; the last one says DOWN. */
	read_poll_timeout(READ_ONCE, busy, !busy, 100, 100 * USEC_PER_MSEC, false,
			  link->bell.state.inflight);
	mbox_free_channel(link->bell.chan);
	irq_work_sync(&link->event);
}
