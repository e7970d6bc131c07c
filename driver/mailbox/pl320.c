// SPDX-License-Identifier: GPL-2.0-only
/*
 * pl320.c - mailbox controller over an Arm PL320 (IPCM)
 *
 * Channel n is mailbox n, in one direction: its specifier says which processor it
 * interrupts, and if that is not this one, it is claimed for sending. A ring is done
 * when the other side has acknowledged it. The kernel's own driver of this device
 * serves one platform outside of the framework; where it is built in, it comes first.
 */
#include <linux/amba/bus.h>
#include <linux/interrupt.h>
#include <linux/mailbox_controller.h>
#include <linux/module.h>
#include <linux/property.h>

#include "pl320.h"

/**
 * struct pl320_channel - one mailbox
 * @to: processor that it interrupts
 * @open: it has a client
 */
struct pl320_channel {
	u32 to;
	bool open;
};

/**
 * struct pl320 - a controller
 * @mbox: it
 * @chans: its channels
 * @channels: what belongs to each
 * @regs: registers
 * @config: how many there are of each
 * @irq: interrupt of this processor
 * @own: number of this processor
 */
struct pl320 {
	struct mbox_controller mbox;
	struct mbox_chan chans[PL320_MAILBOXES];
	struct pl320_channel channels[PL320_MAILBOXES];
	void __iomem *regs;
	struct pl320_config config;
	int irq;
	u32 own;
};

static struct pl320 *pl320_of(struct mbox_chan *chan)
{
	return container_of(chan->mbox, struct pl320, mbox);
}

static u32 pl320_mailbox_of(struct mbox_chan *chan)
{
	return chan - chan->mbox->chans;
}

static irqreturn_t pl320_interrupt(int irq, void *data)
{
	struct pl320 *ipc = data;
	unsigned long pending = pl320_pending(ipc->regs, ipc->own);
	u32 words[PL320_WORDS] = { };
	u32 m;

	/* What has no client is taken all the same, or it would interrupt for ever. */
	for_each_set_bit(m, &pending, ipc->mbox.num_chans) {
		struct mbox_chan *chan = &ipc->chans[m];
		bool open = READ_ONCE(ipc->channels[m].open);

		if (pl320_is_ours(ipc->regs, m, ipc->own)) {
			pl320_take_ack(ipc->regs, m);
			if (open)
				mbox_chan_txdone(chan, 0);
		} else {
			pl320_take_message(ipc->regs, m, words, ipc->config.words);
			if (open)
				mbox_chan_received_data(chan, words);
		}
	}
	return IRQ_RETVAL(pending);
}

static int pl320_send_data(struct mbox_chan *chan, void *message)
{
	struct pl320 *ipc = pl320_of(chan);
	u32 m = pl320_mailbox_of(chan);

	if (ipc->channels[m].to == ipc->own)
		return -EINVAL;
	pl320_send(ipc->regs, m, message, message ? ipc->config.words : 0);
	return 0;
}

static int pl320_startup(struct mbox_chan *chan)
{
	struct pl320 *ipc = pl320_of(chan);
	u32 m = pl320_mailbox_of(chan);
	struct pl320_channel *channel = &ipc->channels[m];

	WRITE_ONCE(channel->open, true);
	if (channel->to == ipc->own || pl320_claim(ipc->regs, m, ipc->own, channel->to))
		return 0;
	dev_err(ipc->mbox.dev, "mailbox %u belongs to the processors %#x, not to %#lx\n", m,
		readl(ipc->regs + PL320_SOURCE(m)), BIT(ipc->own));
	return -EBUSY;
}

static void pl320_shutdown(struct mbox_chan *chan)
{
	struct pl320 *ipc = pl320_of(chan);
	u32 m = pl320_mailbox_of(chan);

	WRITE_ONCE(ipc->channels[m].open, false);
	synchronize_irq(ipc->irq);
	pl320_release(ipc->regs, m, ipc->own);
}

static const struct mbox_chan_ops pl320_ops = {
	.send_data = pl320_send_data,
	.startup = pl320_startup,
	.shutdown = pl320_shutdown,
};

static struct mbox_chan *pl320_xlate(struct mbox_controller *mbox,
				     const struct of_phandle_args *spec)
{
	struct pl320 *ipc = container_of(mbox, struct pl320, mbox);
	u32 m, to;

	if (spec->args_count != 2)
		return ERR_PTR(-EINVAL);
	m = spec->args[0];
	to = spec->args[1];
	if (m >= ipc->config.mailboxes || to >= ipc->config.ids) {
		dev_err(mbox->dev, "no mailbox %u to processor %u: there are %u and %u\n", m, to,
			ipc->config.mailboxes, ipc->config.ids);
		return ERR_PTR(-EINVAL);
	}
	if (ipc->channels[m].open)
		return ERR_PTR(-EBUSY);
	ipc->channels[m].to = to;
	return &ipc->chans[m];
}

static int pl320_probe(struct amba_device *adev, const struct amba_id *id)
{
	struct device *dev = &adev->dev;
	struct pl320 *ipc;
	u32 m;
	int ret;

	ipc = devm_kzalloc(dev, sizeof(*ipc), GFP_KERNEL);
	if (!ipc)
		return -ENOMEM;
	ipc->regs = devm_ioremap_resource(dev, &adev->res);
	if (IS_ERR(ipc->regs))
		return PTR_ERR(ipc->regs);
	ipc->config = pl320_config(ipc->regs);
	if (!ipc->config.mailboxes || ipc->config.mailboxes > PL320_MAILBOXES)
		return dev_err_probe(dev, -ENODEV, "claims to have %u mailboxes\n",
				     ipc->config.mailboxes);
	if (device_property_read_u32(dev, "arm,channel-id", &ipc->own) ||
	    ipc->own >= ipc->config.ids)
		return dev_err_probe(dev, -EINVAL,
				     "arm,channel-id must say which of %u interrupts is this processor's\n",
				     ipc->config.ids);

	/* Nothing of an earlier life may interrupt before it is expected. */
	for (m = 0; m < ipc->config.mailboxes; m++)
		pl320_release(ipc->regs, m, ipc->own);
	ipc->mbox.dev = dev;
	ipc->mbox.ops = &pl320_ops;
	ipc->mbox.chans = ipc->chans;
	ipc->mbox.num_chans = ipc->config.mailboxes;
	ipc->mbox.txdone_irq = true;
	ipc->mbox.of_xlate = pl320_xlate;
	ipc->irq = adev->irq[0];
	ret = devm_request_irq(dev, ipc->irq, pl320_interrupt, 0, dev_name(dev), ipc);
	if (ret)
		return dev_err_probe(dev, ret, "cannot use interrupt %d\n", ipc->irq);
	return devm_mbox_controller_register(dev, &ipc->mbox);
}

static const struct amba_id pl320_ids[] = {
	{ .id = 0x00041320, .mask = 0x000fffff },
	{ }
};
MODULE_DEVICE_TABLE(amba, pl320_ids);

static struct amba_driver pl320_driver = {
	.drv = {
		.name = "mailbox-pl320",
	},
	.id_table = pl320_ids,
	.probe = pl320_probe,
};
module_amba_driver(pl320_driver);

MODULE_DESCRIPTION("Mailbox controller over an Arm PL320");
MODULE_LICENSE("GPL");
