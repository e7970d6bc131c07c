// SPDX-License-Identifier: GPL-2.0-only
/*
 * loopback.c - a mailbox controller whose two channels ring each other
 *
 * The test double of a real one: two links joined inside one kernel, so that
 * one machine without a peer has both ends. A ring sets a bit at the other end,
 * which an interrupt delivers and clears; it is never delivered nor reported done
 * from inside of send_data. One pair is made on load, others by configfs.
 */
#include <linux/gfp.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "loopback.h"
#include "../mcapi/compat.h"

static unsigned int size_kib = 1024;
module_param(size_kib, uint, 0444);
MODULE_PARM_DESC(size_kib,
		 "Size in KiB of the window of the pair that is made on load, a multiple of 128; 0 makes none (default 1024)");

const struct loopback_knobs loopback_defaults = {
	.txdone = LOOPBACK_TXDONE_IRQ,
	.irq = LOOPBACK_IRQ_HARD,
	.size_kib = 1024,
};

static struct platform_device *loopback_pair;

static void loopback_clear(struct loopback_end *end)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&end->lock, flags);
	end->pending = false;
	raw_spin_unlock_irqrestore(&end->lock, flags);
}

static void loopback_deliver(struct loopback_end *end)
{
	struct loopback_end *other = end->other;
	bool late_clear = end->pair->knobs.late_clear;
	unsigned long flags;

	if (!late_clear)
		loopback_clear(end);
	raw_spin_lock_irqsave(&other->lock, flags);
	if (other->open)
		mbox_chan_received_data(other->chan, NULL);
	raw_spin_unlock_irqrestore(&other->lock, flags);
	if (late_clear)
		loopback_clear(end);
	if (end->pair->knobs.txdone == LOOPBACK_TXDONE_IRQ)
		irq_work_queue(&end->done);
}

/*
 * irq_work_sync() waits for one processor, and a second one may be in the handler:
 * whoever shuts down also waits for RCU.
 */
static void loopback_irq(struct irq_work *work)
{
	rcu_read_lock();
	loopback_deliver(container_of(work, struct loopback_end, irq));
	rcu_read_unlock();
}

static void loopback_thread(struct work_struct *work)
{
	loopback_deliver(container_of(work, struct loopback_end, thread));
}

static void loopback_interrupt(struct loopback_end *end)
{
	if (end->pair->knobs.irq == LOOPBACK_IRQ_THREAD)
		queue_work(system_highpri_wq, &end->thread);
	else
		irq_work_queue(&end->irq);
}

static enum hrtimer_restart loopback_timer(struct hrtimer *timer)
{
	loopback_interrupt(container_of(timer, struct loopback_end, timer));
	return HRTIMER_NORESTART;
}

static void loopback_done(struct irq_work *work)
{
	struct loopback_end *end = container_of(work, struct loopback_end, done);
	unsigned long flags;
	bool open;

	rcu_read_lock();
	raw_spin_lock_irqsave(&end->lock, flags);
	open = end->open;
	raw_spin_unlock_irqrestore(&end->lock, flags);
	if (open)
		mbox_chan_txdone(end->chan, 0);
	rcu_read_unlock();
}

/* What would a controller have done that reads words from the message? */
static bool loopback_payload_is_usable(const u32 *words)
{
	size_t i;

	if (IS_ERR_OR_NULL(words) || !IS_ALIGNED((unsigned long)words, sizeof(u32)))
		return false;
	for (i = 0; i < 16; i++)
		if (!words[i])
			return false;
	return true;
}

static bool loopback_is_due(u32 count, u32 every)
{
	return every && count % every == 0;
}

static int loopback_send_data(struct mbox_chan *chan, void *data)
{
	struct loopback_end *end = chan->con_priv;
	const struct loopback_knobs *knobs = &end->pair->knobs;
	bool interrupt = false;
	unsigned long flags;
	int ret = 0;

	if (knobs->payload_check && !loopback_payload_is_usable(data))
		atomic_inc(&end->pair->bad_payloads);

	raw_spin_lock_irqsave(&end->lock, flags);
	end->rings++;
	if (!end->open) {
		ret = -ENODEV;
	} else if (loopback_is_due(end->rings, knobs->busy_every)) {
		ret = -EBUSY;
	} else if (!loopback_is_due(end->rings, knobs->drop_every)) {
		/* To set a bit that is set makes no interrupt. */
		interrupt = !end->pending;
		end->pending = true;
	}
	raw_spin_unlock_irqrestore(&end->lock, flags);

	if (interrupt && knobs->delay_us)
		hrtimer_start(&end->timer, ns_to_ktime((u64)knobs->delay_us * NSEC_PER_USEC),
			      HRTIMER_MODE_REL_HARD);
	else if (interrupt)
		loopback_interrupt(end);
	return ret;
}

static bool loopback_last_tx_done(struct mbox_chan *chan)
{
	struct loopback_end *end = chan->con_priv;

	return !READ_ONCE(end->pending);
}

static int loopback_startup(struct mbox_chan *chan)
{
	struct loopback_end *end = chan->con_priv;

	raw_spin_lock_irq(&end->lock);
	end->open = true;
	end->pending = false;
	raw_spin_unlock_irq(&end->lock);
	return 0;
}

static void loopback_shutdown(struct mbox_chan *chan)
{
	struct loopback_end *end = chan->con_priv;

	raw_spin_lock_irq(&end->lock);
	end->open = false;
	raw_spin_unlock_irq(&end->lock);
	/* in the order in which one starts the next */
	hrtimer_cancel(&end->timer);
	irq_work_sync(&end->irq);
	synchronize_rcu();
	cancel_work_sync(&end->thread);
	irq_work_sync(&end->done);
	synchronize_rcu();
}

static const struct mbox_chan_ops loopback_ops = {
	.send_data = loopback_send_data,
	.startup = loopback_startup,
	.shutdown = loopback_shutdown,
	.last_tx_done = loopback_last_tx_done,
};

static void loopback_free_memory(void *data)
{
	struct loopback *lb = data;

	free_pages_exact(lb->memory, (size_t)lb->knobs.size_kib * 1024);
}

static void loopback_remove_link(void *link)
{
	platform_device_unregister(link);
}

static int loopback_add_link(struct loopback *lb, const char *name, u32 side)
{
	struct device *dev = lb->mbox.dev;
	struct mcapi_link_pdata pdata = {
		.chan = &lb->chans[side],
		.controller = lb->knobs.late_clear ? "metamcapi,mailbox-loopback-late" :
						     "metamcapi,mailbox-loopback",
		.side = side,
		.memory = lb->memory,
		.size = (size_t)lb->knobs.size_kib * 1024,
	};
	struct platform_device *link;

	snprintf(pdata.label, sizeof(pdata.label), "%s-%u", name, side);
	link = platform_device_register_data(dev, "mcapi-link", PLATFORM_DEVID_AUTO,
					     &pdata, sizeof(pdata));
	if (IS_ERR(link))
		return PTR_ERR(link);
	return devm_add_action_or_reset(dev, loopback_remove_link, link);
}

static void loopback_init_end(struct loopback *lb, u32 i)
{
	struct loopback_end *end = &lb->ends[i];

	raw_spin_lock_init(&end->lock);
	mcapi_hrtimer_setup(&end->timer, loopback_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	end->irq = IRQ_WORK_INIT_HARD(loopback_irq);
	INIT_WORK(&end->thread, loopback_thread);
	init_irq_work(&end->done, loopback_done);
	end->chan = &lb->chans[i];
	end->other = &lb->ends[!i];
	end->pair = lb;
	lb->chans[i].con_priv = end;
}

static int loopback_probe(struct platform_device *pdev)
{
	const struct loopback_pdata *pdata = dev_get_platdata(&pdev->dev);
	struct device *dev = &pdev->dev;
	struct loopback *lb;
	u32 i;
	int ret;

	lb = devm_kzalloc(dev, sizeof(*lb), GFP_KERNEL);
	if (!lb)
		return -ENOMEM;
	lb->knobs = pdata->knobs;
	lb->memory = alloc_pages_exact((size_t)lb->knobs.size_kib * 1024,
				       GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!lb->memory)
		return dev_err_probe(dev, -ENOMEM,
				     "no %u KiB of contiguous memory; choose a smaller size_kib\n",
				     lb->knobs.size_kib);
	ret = devm_add_action_or_reset(dev, loopback_free_memory, lb);
	if (ret)
		return ret;

	for (i = 0; i < ARRAY_SIZE(lb->ends); i++)
		loopback_init_end(lb, i);
	lb->mbox.dev = dev;
	lb->mbox.ops = &loopback_ops;
	lb->mbox.chans = lb->chans;
	lb->mbox.num_chans = ARRAY_SIZE(lb->chans);
	lb->mbox.txdone_irq = lb->knobs.txdone == LOOPBACK_TXDONE_IRQ;
	lb->mbox.txdone_poll = lb->knobs.txdone == LOOPBACK_TXDONE_POLL;
	lb->mbox.txpoll_period = 1;
	platform_set_drvdata(pdev, lb);
	ret = devm_mbox_controller_register(dev, &lb->mbox);

	for (i = 0; !ret && i < ARRAY_SIZE(lb->ends); i++)
		ret = loopback_add_link(lb, pdata->name, i);
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

/* Returns a pair that works. */
struct platform_device *loopback_add(const struct loopback_pdata *pdata)
{
	struct platform_device *pdev;

	pdev = platform_device_register_data(NULL, "mailbox-loopback", PLATFORM_DEVID_AUTO,
					     pdata, sizeof(*pdata));
	if (IS_ERR(pdev))
		return pdev;
	/* It was probed on the spot; a probe that fails leaves no data. */
	if (platform_get_drvdata(pdev))
		return pdev;
	platform_device_unregister(pdev);
	return ERR_PTR(-ENXIO);
}

static int __init loopback_init(void)
{
	struct loopback_pdata pdata = { .name = "loopback", .knobs = loopback_defaults };
	int ret;

	ret = platform_driver_register(&loopback_driver);
	if (ret)
		return ret;
	pdata.knobs.size_kib = size_kib;
	if (size_kib)
		loopback_pair = loopback_add(&pdata);
	ret = PTR_ERR_OR_ZERO(loopback_pair);
	if (ret)
		goto no_pair;
	/* Last, because nobody can take back what is made in it meanwhile. */
	ret = loopback_config_init();
	if (!ret)
		return 0;

	platform_device_unregister(loopback_pair);
no_pair:
	platform_driver_unregister(&loopback_driver);
	return ret;
}
module_init(loopback_init);

static void __exit loopback_exit(void)
{
	loopback_config_exit();
	platform_device_unregister(loopback_pair);
	platform_driver_unregister(&loopback_driver);
}
module_exit(loopback_exit);

MODULE_DESCRIPTION("Mailbox controller whose two channels ring each other");
MODULE_LICENSE("GPL");
