// SPDX-License-Identifier: GPL-2.0-only
/*
 * ivshmem.c - mailbox controller over QEMU's ivshmem-doorbell device
 *
 * Channel n is peer n. Peer a rings peer b on b's vector a, so the interrupt
 * tells who rang. A ring is a write that nobody answers: the client says when
 * it is done. The vector after the last peer's is the server's, which rings it
 * when a peer joined or left. Any peer can ring any vector, as often as it likes.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mailbox-ivshmem.h>
#include <linux/module.h>

#include "ivshmem.h"

#define IVSHMEM_POSITION	0x08
#define IVSHMEM_DOORBELL	0x0c

/* Peers seldom come and go: they are looked at once in so long. */
#define IVSHMEM_PRESENCE_HOLD	NSEC_PER_MSEC

static struct ivshmem *ivshmem_of(struct mbox_chan *chan)
{
	return container_of(chan->mbox, struct ivshmem, mbox);
}

static u32 ivshmem_peer_of(struct mbox_chan *chan)
{
	return chan - chan->mbox->chans;
}

/* Returns for how long the client wants to hear nothing. */
static u64 ivshmem_deliver(struct mbox_chan *chan, u32 what)
{
	struct mailbox_ivshmem_event event = { .what = what };

	mbox_chan_received_data(chan, &event);
	return event.hold_ns;
}

static irqreturn_t ivshmem_rung(int irq, void *data)
{
	struct mbox_chan *chan = data;
	u64 hold = ivshmem_deliver(chan, MAILBOX_IVSHMEM_RING);

	if (hold)
		mailbox_holdoff_start(&ivshmem_of(chan)->channels[ivshmem_peer_of(chan)].holdoff,
				      hold);
	return IRQ_HANDLED;
}

/*
 * Another generation means that whoever was there before has left, even if
 * somebody is there again.
 */
static bool ivshmem_tell_presence(struct mbox_chan *chan)
{
	struct ivshmem *iv = ivshmem_of(chan);
	u32 peer = ivshmem_peer_of(chan), generation;
	struct ivshmem_channel *channel = &iv->channels[peer];
	bool changed = false, present;
	unsigned long flags;

	raw_spin_lock_irqsave(&iv->lock, flags);
	if (channel->open && iv->peers) {
		ivshmem_topology_presence(iv, peer, &generation, &present);
		changed = generation != channel->generation || present != channel->present;
	}
	if (changed) {
		if (channel->present)
			ivshmem_deliver(chan, MAILBOX_IVSHMEM_PEER_LEFT);
		if (present)
			ivshmem_deliver(chan, MAILBOX_IVSHMEM_PEER_JOINED);
		channel->generation = generation;
		channel->present = present;
	}
	raw_spin_unlock_irqrestore(&iv->lock, flags);
	return changed;
}

static irqreturn_t ivshmem_presence_changed(int irq, void *data)
{
	struct ivshmem *iv = data;
	int i;

	for (i = 0; i < iv->mbox.num_chans; i++)
		ivshmem_tell_presence(&iv->chans[i]);
	mailbox_holdoff_start(&iv->holdoff, IVSHMEM_PRESENCE_HOLD);
	return IRQ_HANDLED;
}

static void ivshmem_end_holdoff(void *holdoff)
{
	mailbox_holdoff_end(holdoff);
}

static int ivshmem_send_data(struct mbox_chan *chan, void *message)
{
	struct ivshmem *iv = ivshmem_of(chan);

	writel(ivshmem_peer_of(chan) << 16 | iv->own, iv->regs + IVSHMEM_DOORBELL);
	return 0;
}

static int ivshmem_startup(struct mbox_chan *chan)
{
	struct ivshmem *iv = ivshmem_of(chan);
	u32 peer = ivshmem_peer_of(chan);
	struct ivshmem_channel *channel = &iv->channels[peer];
	bool present;
	int irq = pci_irq_vector(iv->pdev, peer);
	int ret;

	mailbox_holdoff_init(&channel->holdoff, irq);
	ret = request_irq(irq, ivshmem_rung, IRQF_NO_THREAD, dev_name(&iv->pdev->dev), chan);
	if (ret)
		return ret;

	raw_spin_lock_irq(&iv->lock);
	channel->open = true;
	/* A new client takes the peer for present until it hears otherwise. */
	ivshmem_topology_presence(iv, peer, &channel->generation, &present);
	channel->present = true;
	raw_spin_unlock_irq(&iv->lock);
	return 0;
}

static void ivshmem_shutdown(struct mbox_chan *chan)
{
	struct ivshmem *iv = ivshmem_of(chan);
	u32 peer = ivshmem_peer_of(chan);
	bool open;

	raw_spin_lock_irq(&iv->lock);
	open = iv->channels[peer].open;
	iv->channels[peer].open = false;
	raw_spin_unlock_irq(&iv->lock);
	/* The core also shuts down a channel whose start failed. */
	if (open) {
		mailbox_holdoff_end(&iv->channels[peer].holdoff);
		free_irq(pci_irq_vector(iv->pdev, peer), chan);
	}
}

static const struct mbox_chan_ops ivshmem_ops = {
	.send_data = ivshmem_send_data,
	.startup = ivshmem_startup,
	.shutdown = ivshmem_shutdown,
	.peek_data = ivshmem_tell_presence,
};

static int ivshmem_find(struct ivshmem *iv)
{
	struct device *dev = &iv->pdev->dev;
	int ret;

	ret = pcim_enable_device(iv->pdev);
	if (ret)
		return ret;
	pci_set_master(iv->pdev);

	ret = pci_msix_vec_count(iv->pdev);
	if (ret < 0)
		return dev_err_probe(dev, -ENODEV,
				     "no MSI-X: this is ivshmem-plain, which has no doorbell; use ivshmem-doorbell\n");
	ret = pci_alloc_irq_vectors(iv->pdev, 1, ret, PCI_IRQ_MSIX);
	if (ret < 0)
		return dev_err_probe(dev, ret, "no interrupt vector\n");
	iv->vectors = ret;

	iv->regs = devm_ioremap_resource(dev, &iv->pdev->resource[0]);
	if (IS_ERR(iv->regs))
		return PTR_ERR(iv->regs);
	iv->own = readl(iv->regs + IVSHMEM_POSITION);

	/* Not requested as a whole: each link requests its window. */
	iv->memory = pci_resource_start(iv->pdev, 2);
	iv->memory_size = pci_resource_len(iv->pdev, 2);
	if (iv->memory_size < MCAPI_WIRE_GRANULE)
		return dev_err_probe(dev, -EINVAL, "shared memory of %pa bytes is too small\n",
				     &iv->memory_size);
	iv->topology = devm_memremap(dev, iv->memory, MCAPI_WIRE_GRANULE, MEMREMAP_WB);
	return PTR_ERR_OR_ZERO(iv->topology);
}

static int ivshmem_watch_presence(struct ivshmem *iv, int irq)
{
	struct device *dev = &iv->pdev->dev;
	int ret;

	mailbox_holdoff_init(&iv->holdoff, irq);
	ret = devm_request_irq(dev, irq, ivshmem_presence_changed, IRQF_NO_THREAD, dev_name(dev),
			       iv);
	return ret ?: devm_add_action_or_reset(dev, ivshmem_end_holdoff, &iv->holdoff);
}

static int ivshmem_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct ivshmem *iv;
	int ret;

	iv = devm_kzalloc(dev, sizeof(*iv), GFP_KERNEL);
	if (!iv)
		return -ENOMEM;
	iv->pdev = pdev;
	raw_spin_lock_init(&iv->lock);
	ret = ivshmem_find(iv);
	if (ret)
		return ret;

	iv->peers = ivshmem_topology_peers(iv);
	if (iv->peers && iv->peers >= iv->vectors)
		return dev_err_probe(dev, -EINVAL,
				     "%u peers need %u interrupt vectors, there are %u: start QEMU with vectors=%u\n",
				     iv->peers, iv->peers + 1, iv->vectors, iv->peers + 1);

	iv->mbox.dev = dev;
	iv->mbox.ops = &ivshmem_ops;
	iv->mbox.chans = iv->chans;
	iv->mbox.num_chans = iv->peers ?: min(iv->vectors, MCAPI_IVSHMEM_MAX_PEERS);
	ret = devm_mbox_controller_register(dev, &iv->mbox);
	if (ret)
		return ret;
	if (iv->peers) {
		ret = ivshmem_watch_presence(iv, pci_irq_vector(pdev, iv->peers));
		if (ret)
			return ret;
	}
	return ivshmem_topology_add_links(iv);
}

static const struct pci_device_id ivshmem_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ivshmem_ids);

static struct pci_driver ivshmem_driver = {
	.name = "mailbox-ivshmem",
	.id_table = ivshmem_ids,
	.probe = ivshmem_probe,
};
module_pci_driver(ivshmem_driver);

MODULE_DESCRIPTION("Mailbox controller over QEMU's ivshmem-doorbell device");
MODULE_LICENSE("GPL");
