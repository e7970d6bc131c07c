// SPDX-License-Identifier: GPL-2.0-only
/*
 * loopback.c - a mailbox controller whose two channels ring each other
 *
 * The test double of a real one: two links joined inside one kernel, so that
 * one machine without a peer has both ends. A ring is delivered and reported
 * done from an interrupt, never from inside of send_data.
 */
#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/mailbox_controller.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>

static unsigned int size_kib = 1024;
module_param(size_kib, uint, 0444);
MODULE_PARM_DESC(size_kib, "Size of the window in KiB, a multiple of 128 (default 1024)");

/**
 * struct loopback_end - one of the two ends
 * @lock: protects @open, and keeps its holder's delivery inside the channel's life
 * @open: the channel has a client
 * @ring: in flight to the other end
 * @chan: the channel
 * @other: the other end
 */
struct loopback_end {
	spinlock_t lock; /* see above */
	bool open;
	struct irq_work ring;
	struct mbox_chan *chan;
	struct loopback_end *other;
};

struct loopback {
	struct mbox_controller mbox;
	struct mbox_chan chans[2];
	struct loopback_end ends[2];
	void *memory;
	size_t size;
};

static struct platform_device *loopback_device;

static void loopback_deliver(struct irq_work *work)
{
	struct loopback_end *end = container_of(work, struct loopback_end, ring);
	struct loopback_end *other = end->other;
	unsigned long flags;
	bool open;

	spin_lock_irqsave(&other->lock, flags);
	if (other->open)
		mbox_chan_received_data(other->chan, NULL);
	spin_unlock_irqrestore(&other->lock, flags);

	spin_lock_irqsave(&end->lock, flags);
	open = end->open;
	spin_unlock_irqrestore(&end->lock, flags);
	if (open)
		mbox_chan_txdone(end->chan, 0);
}

static int loopback_send_data(struct mbox_chan *chan, void *data)
{
	struct loopback_end *end = chan->con_priv;

	irq_work_queue(&end->ring);
	return 0;
}

static int loopback_startup(struct mbox_chan *chan)
{
	struct loopback_end *end = chan->con_priv;

	spin_lock_irq(&end->lock);
	end->open = true;
	spin_unlock_irq(&end->lock);
	return 0;
}

static void loopback_shutdown(struct mbox_chan *chan)
{
	struct loopback_end *end = chan->con_priv;

	spin_lock_irq(&end->lock);
	end->open = false;
	spin_unlock_irq(&end->lock);
	irq_work_sync(&end->ring);
}

static const struct mbox_chan_ops loopback_ops = {
	.send_data = loopback_send_data,
	.startup = loopback_startup,
	.shutdown = loopback_shutdown,
};

static void loopback_free_memory(void *data)
{
	struct loopback *lb = data;

	free_pages_exact(lb->memory, lb->size);
}

static void loopback_remove_link(void *link)
{
	platform_device_unregister(link);
}

static int loopback_add_link(struct loopback *lb, u32 side)
{
	struct device *dev = lb->mbox.dev;
	struct mcapi_link_pdata pdata = {
		.chan = &lb->chans[side],
		.controller = "metamcapi,mailbox-loopback",
		.side = side,
		.memory = lb->memory,
		.size = lb->size,
	};
	struct platform_device *link;

	snprintf(pdata.label, sizeof(pdata.label), "loopback-%u", side);
	link = platform_device_register_data(dev, "mcapi-link", PLATFORM_DEVID_AUTO,
					     &pdata, sizeof(pdata));
	if (IS_ERR(link))
		return PTR_ERR(link);
	return devm_add_action_or_reset(dev, loopback_remove_link, link);
}

static int loopback_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct loopback *lb;
	u32 i;
	int ret;

	lb = devm_kzalloc(dev, sizeof(*lb), GFP_KERNEL);
	if (!lb)
		return -ENOMEM;

	lb->size = (size_t)size_kib * 1024;
	lb->memory = alloc_pages_exact(lb->size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!lb->memory)
		return dev_err_probe(dev, -ENOMEM,
				     "no %u KiB of contiguous memory; load with a smaller size_kib\n",
				     size_kib);
	ret = devm_add_action_or_reset(dev, loopback_free_memory, lb);
	if (ret)
		return ret;

	for (i = 0; i < ARRAY_SIZE(lb->ends); i++) {
		spin_lock_init(&lb->ends[i].lock);
		init_irq_work(&lb->ends[i].ring, loopback_deliver);
		lb->ends[i].chan = &lb->chans[i];
		lb->ends[i].other = &lb->ends[!i];
		lb->chans[i].con_priv = &lb->ends[i];
	}
	lb->mbox.dev = dev;
	lb->mbox.ops = &loopback_ops;
	lb->mbox.chans = lb->chans;
	lb->mbox.num_chans = ARRAY_SIZE(lb->chans);
	lb->mbox.txdone_irq = true;
	ret = devm_mbox_controller_register(dev, &lb->mbox);

	for (i = 0; !ret && i < ARRAY_SIZE(lb->ends); i++)
		ret = loopback_add_link(lb, i);
	return ret;
}

static struct platform_driver loopback_driver = {
	.driver = {
		.name = "mailbox-loopback",
		/* its channels belong to clients that hold no device link */
		.suppress_bind_attrs = true,
	},
	.probe = loopback_probe,
};

static int __init loopback_init(void)
{
	int ret;

	ret = platform_driver_register(&loopback_driver);
	if (ret)
		return ret;
	loopback_device = platform_device_register_simple("mailbox-loopback", PLATFORM_DEVID_NONE,
							  NULL, 0);
	if (IS_ERR(loopback_device)) {
		platform_driver_unregister(&loopback_driver);
		return PTR_ERR(loopback_device);
	}
	return 0;
}
module_init(loopback_init);

static void __exit loopback_exit(void)
{
	platform_device_unregister(loopback_device);
	platform_driver_unregister(&loopback_driver);
}
module_exit(loopback_exit);

MODULE_DESCRIPTION("Mailbox controller whose two channels ring each other");
MODULE_LICENSE("GPL");
