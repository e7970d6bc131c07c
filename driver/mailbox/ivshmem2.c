// SPDX-License-Identifier: GPL-2.0-only
/*
 * ivshmem2.c - mailbox controller over an ivshmem device of version 2 (Jailhouse)
 *
 * Written after the device's specification (Documentation/ivshmem-v2-specification.md
 * of Jailhouse), and not run: no emulator at hand has the device. It joins two peers,
 * so there is one channel, and one link, which this driver makes. If there are output
 * sections, each half of the window can be written by one side only.
 *
 * A state other than 0 in the state table means that its owner is here; each life has
 * another one. Vector 0 tells of changes of states and is the doorbell, too: how many
 * vectors the other side got, nobody tells.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mailbox-ivshmem.h>
#include <linux/mailbox_controller.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/random.h>
#include <linux/spinlock.h>

#include "holdoff.h"
#include "ivshmem2.h"

#define IVSHMEM2_ID		0x00
#define IVSHMEM2_PEERS_MAX	0x04
#define IVSHMEM2_INTERRUPT	0x08
#define IVSHMEM2_DOORBELL	0x0c
#define IVSHMEM2_STATE		0x10

/* Of the vendor capability: */
#define IVSHMEM2_CAP_LENGTH	0x02
#define IVSHMEM2_CAP_STATES	0x04
#define IVSHMEM2_CAP_COMMON	0x08
#define IVSHMEM2_CAP_OUTPUT	0x10
#define IVSHMEM2_CAP_BASE	0x18
#define IVSHMEM2_CAP_WITH_BASE	0x20

/* "MC", of those protocols that users define: other devices are for other drivers. */
#define IVSHMEM2_PROTOCOL	0x4d43

/**
 * struct ivshmem2 - one PCI device
 * @pdev: it
 * @regs: BAR 0
 * @memory: how the memory is divided
 * @base: where it is, physical
 * @states: the state table
 * @mbox: the controller
 * @chan: its channel
 * @holdoff: of the interrupt, if that is not shared
 * @lock: protects the following, and keeps its holder's delivery inside the channel's life
 * @open: the channel has a client
 * @present: last told to the client
 * @state: of the peer, when that was told
 */
struct ivshmem2 {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct ivshmem2_memory memory;
	phys_addr_t base;
	const u32 *states;
	struct mbox_controller mbox;
	struct mbox_chan chan;
	struct mailbox_holdoff holdoff;
	raw_spinlock_t lock; /* see above */
	bool open;
	bool present;
	u32 state;
};

static struct ivshmem2 *ivshmem2_of(struct mbox_chan *chan)
{
	return container_of(chan->mbox, struct ivshmem2, mbox);
}

/* Returns for how long the client wants to hear nothing. */
static u64 ivshmem2_deliver(struct ivshmem2 *iv, u32 what)
{
	struct mailbox_ivshmem_event event = { .what = what };

	lockdep_assert_held(&iv->lock);
	if (iv->open)
		mbox_chan_received_data(&iv->chan, &event);
	return event.hold_ns;
}

static bool ivshmem2_tell_presence(struct mbox_chan *chan)
{
	struct ivshmem2 *iv = ivshmem2_of(chan);
	unsigned long flags;
	bool changed;
	u32 state;

	raw_spin_lock_irqsave(&iv->lock, flags);
	state = READ_ONCE(iv->states[!iv->memory.own]);
	changed = state != iv->state || iv->present != !!state;
	if (changed) {
		if (iv->present)
			ivshmem2_deliver(iv, MAILBOX_IVSHMEM_PEER_LEFT);
		if (state)
			ivshmem2_deliver(iv, MAILBOX_IVSHMEM_PEER_JOINED);
		iv->state = state;
		iv->present = state;
	}
	raw_spin_unlock_irqrestore(&iv->lock, flags);
	return changed;
}

/* The device does not say what it was; one doorbell too many does no harm. */
static irqreturn_t ivshmem2_rung(int irq, void *data)
{
	struct ivshmem2 *iv = data;
	unsigned long flags;
	u64 hold;

	ivshmem2_tell_presence(&iv->chan);
	raw_spin_lock_irqsave(&iv->lock, flags);
	hold = ivshmem2_deliver(iv, MAILBOX_IVSHMEM_RING);
	raw_spin_unlock_irqrestore(&iv->lock, flags);
	if (hold && iv->pdev->msix_enabled)
		mailbox_holdoff_start(&iv->holdoff, hold);
	return IRQ_HANDLED;
}

static void ivshmem2_end_holdoff(void *holdoff)
{
	mailbox_holdoff_end(holdoff);
}

static int ivshmem2_send_data(struct mbox_chan *chan, void *message)
{
	struct ivshmem2 *iv = ivshmem2_of(chan);
	u32 peer = !iv->memory.own;

	iowrite32(peer << 16, iv->regs + IVSHMEM2_DOORBELL);
	return 0;
}

static int ivshmem2_startup(struct mbox_chan *chan)
{
	struct ivshmem2 *iv = ivshmem2_of(chan);
	u32 old = ioread32(iv->regs + IVSHMEM2_STATE), state;

	raw_spin_lock_irq(&iv->lock);
	iv->open = true;
	/* A new client takes the peer for present until it hears otherwise. */
	iv->state = READ_ONCE(iv->states[!iv->memory.own]);
	iv->present = true;
	raw_spin_unlock_irq(&iv->lock);

	do
		state = get_random_u32();
	while (!state || state == old);
	iowrite32(1, iv->regs + IVSHMEM2_INTERRUPT);
	iowrite32(state, iv->regs + IVSHMEM2_STATE);
	return 0;
}

static void ivshmem2_shutdown(struct mbox_chan *chan)
{
	struct ivshmem2 *iv = ivshmem2_of(chan);

	iowrite32(0, iv->regs + IVSHMEM2_STATE);
	iowrite32(0, iv->regs + IVSHMEM2_INTERRUPT);
	raw_spin_lock_irq(&iv->lock);
	iv->open = false;
	raw_spin_unlock_irq(&iv->lock);
}

static const struct mbox_chan_ops ivshmem2_ops = {
	.send_data = ivshmem2_send_data,
	.startup = ivshmem2_startup,
	.shutdown = ivshmem2_shutdown,
	.peek_data = ivshmem2_tell_presence,
};

static u64 ivshmem2_capability64(struct pci_dev *pdev, int at)
{
	u32 low = 0, high = 0;

	pci_read_config_dword(pdev, at, &low);
	pci_read_config_dword(pdev, at + 4, &high);
	return (u64)high << 32 | low;
}

static int ivshmem2_find(struct ivshmem2 *iv)
{
	struct pci_dev *pdev = iv->pdev;
	struct ivshmem2_memory *m = &iv->memory;
	int at = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	u8 length = 0;

	if (!at)
		return dev_err_probe(&pdev->dev, -ENODEV, "no vendor capability\n");
	pci_read_config_byte(pdev, at + IVSHMEM2_CAP_LENGTH, &length);
	pci_read_config_dword(pdev, at + IVSHMEM2_CAP_STATES, &m->states);
	m->common = ivshmem2_capability64(pdev, at + IVSHMEM2_CAP_COMMON);
	m->output = ivshmem2_capability64(pdev, at + IVSHMEM2_CAP_OUTPUT);
	if (pci_resource_len(pdev, 2)) {
		iv->base = pci_resource_start(pdev, 2);
		m->size = pci_resource_len(pdev, 2);
	} else if (length >= IVSHMEM2_CAP_WITH_BASE) {
		iv->base = ivshmem2_capability64(pdev, at + IVSHMEM2_CAP_BASE);
	} else {
		return dev_err_probe(&pdev->dev, -ENODEV, "no shared memory\n");
	}
	m->own = ioread32(iv->regs + IVSHMEM2_ID);
	m->peers = ioread32(iv->regs + IVSHMEM2_PEERS_MAX);
	return 0;
}

static int ivshmem2_interrupt(struct ivshmem2 *iv)
{
	struct device *dev = &iv->pdev->dev;
	int irq, ret;

	ret = pci_alloc_irq_vectors(iv->pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (ret < 0)
		return dev_err_probe(dev, ret, "no interrupt vector\n");
	irq = pci_irq_vector(iv->pdev, 0);
	mailbox_holdoff_init(&iv->holdoff, irq);
	ret = devm_request_irq(dev, irq, ivshmem2_rung,
			       iv->pdev->msix_enabled ? IRQF_NO_THREAD : IRQF_SHARED,
			       dev_name(dev), iv);
	if (ret)
		return dev_err_probe(dev, ret, "cannot use the interrupt\n");
	/* A shared one is never held, and masking it would silence others. */
	return iv->pdev->msix_enabled ?
		       devm_add_action_or_reset(dev, ivshmem2_end_holdoff, &iv->holdoff) : 0;
}

static void ivshmem2_remove_link(void *link)
{
	platform_device_unregister(link);
}

static int ivshmem2_add_link(struct ivshmem2 *iv, const struct resource *window)
{
	struct pci_dev *pdev = iv->pdev;
	struct mcapi_link_pdata pdata = {
		.chan = &iv->chan,
		.controller = "pci110a,4106",
		.side = iv->memory.own,
	};
	struct platform_device_info info = {
		.parent = &pdev->dev,
		.name = "mcapi-link",
		.id = PLATFORM_DEVID_AUTO,
		.res = window,
		.num_res = 1,
		.data = &pdata,
		.size_data = sizeof(pdata),
	};
	struct platform_device *link;

	/* Nothing names the peer; the device is what an administrator knows. */
	snprintf(pdata.label, sizeof(pdata.label), "ivshmem-%04x.%02x.%02x.%x",
		 pci_domain_nr(pdev->bus), pdev->bus->number, PCI_SLOT(pdev->devfn),
		 PCI_FUNC(pdev->devfn));
	link = platform_device_register_full(&info);
	if (IS_ERR(link))
		return dev_err_probe(&pdev->dev, PTR_ERR(link), "cannot add a link at %pR\n",
				     window);
	return devm_add_action_or_reset(&pdev->dev, ivshmem2_remove_link, link);
}

static int ivshmem2_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	static const char * const reasons[] = {
		[IVSHMEM2_PEERS] = "it must join exactly two peers",
		[IVSHMEM2_STATES] = "the state table is too small",
		[IVSHMEM2_NOTHING] = "no section of the memory can be written",
		[IVSHMEM2_SIZE] = "the sections are larger than the memory",
	};
	struct device *dev = &pdev->dev;
	enum ivshmem2_verdict verdict;
	struct resource window;
	struct ivshmem2 *iv;
	u64 offset, length;
	int ret;

	iv = devm_kzalloc(dev, sizeof(*iv), GFP_KERNEL);
	if (!iv)
		return -ENOMEM;
	iv->pdev = pdev;
	raw_spin_lock_init(&iv->lock);
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	pci_set_master(pdev);
	iv->regs = pcim_iomap(pdev, 0, 0);
	if (!iv->regs)
		return dev_err_probe(dev, -ENOMEM, "cannot map the registers\n");
	ret = ivshmem2_find(iv);
	if (ret)
		return ret;
	verdict = ivshmem2_window(&iv->memory, &offset, &length);
	if (verdict)
		return dev_err_probe(dev, -EINVAL,
				     "%s: peer %u of %u, sections of %u, %llu and %llu bytes\n",
				     reasons[verdict], iv->memory.own, iv->memory.peers,
				     iv->memory.states, iv->memory.common, iv->memory.output);
	iv->states = devm_memremap(dev, iv->base, iv->memory.states, MEMREMAP_WB);
	if (IS_ERR(iv->states))
		return PTR_ERR(iv->states);

	iv->mbox.dev = dev;
	iv->mbox.ops = &ivshmem2_ops;
	iv->mbox.chans = &iv->chan;
	iv->mbox.num_chans = 1;
	ret = devm_mbox_controller_register(dev, &iv->mbox);
	/* A shared interrupt may come at once, and finds the channel complete. */
	if (!ret)
		ret = ivshmem2_interrupt(iv);
	if (ret)
		return ret;
	window = (struct resource){
		.start = iv->base + offset,
		.end = iv->base + offset + length - 1,
		.flags = IORESOURCE_MEM,
	};
	return ivshmem2_add_link(iv, &window);
}

static const struct pci_device_id ivshmem2_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_SIEMENS, 0x4106),
	  .class = PCI_CLASS_OTHERS << 16 | IVSHMEM2_PROTOCOL, .class_mask = 0xffffff },
	{ }
};
MODULE_DEVICE_TABLE(pci, ivshmem2_ids);

static struct pci_driver ivshmem2_driver = {
	.name = "mailbox-ivshmem2",
	.id_table = ivshmem2_ids,
	.probe = ivshmem2_probe,
};
module_pci_driver(ivshmem2_driver);

MODULE_DESCRIPTION("Mailbox controller over ivshmem devices of version 2");
MODULE_LICENSE("GPL");
