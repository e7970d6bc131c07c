/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ivshmem.h - the two halves of mailbox-ivshmem: doorbells and topology
 */
#ifndef _MAILBOX_IVSHMEM_PRIV_H
#define _MAILBOX_IVSHMEM_PRIV_H

#include <linux/mailbox_controller.h>
#include <linux/mcapi_ivshmem.h>
#include <linux/mcapi_wire.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "holdoff.h"

/**
 * struct ivshmem_channel - what belongs to one peer
 * @open: the channel has a client
 * @present: last told to the client
 * @generation: last told to the client
 * @holdoff: of the peer's vector
 */
struct ivshmem_channel {
	bool open;
	bool present;
	u32 generation;
	struct mailbox_holdoff holdoff;
};

/**
 * struct ivshmem - one PCI device
 * @pdev: it
 * @regs: BAR 0
 * @memory: BAR 2, physical
 * @memory_size: bytes of it
 * @topology: the first granule of it
 * @own: our peer id
 * @peers: how many ids there are, 0 if nothing tells
 * @vectors: interrupts that we got
 * @mbox: the controller; channel n is peer n
 * @chans: its channels
 * @lock: protects @channels, and keeps its holder's delivery inside the channel's life
 * @channels: one for each of @chans
 * @holdoff: of the server's vector
 */
struct ivshmem {
	struct pci_dev *pdev;
	void __iomem *regs;
	resource_size_t memory;
	resource_size_t memory_size;
	const void *topology;
	u32 own;
	u32 peers;
	u32 vectors;
	struct mbox_controller mbox;
	struct mbox_chan chans[MCAPI_IVSHMEM_MAX_PEERS];
	raw_spinlock_t lock; /* see above */
	struct ivshmem_channel channels[MCAPI_IVSHMEM_MAX_PEERS];
	struct mailbox_holdoff holdoff;
};

/* topology.c */
u32 ivshmem_topology_peers(struct ivshmem *iv);
void ivshmem_topology_presence(struct ivshmem *iv, u32 peer, u32 *generation, bool *present);
int ivshmem_topology_add_links(struct ivshmem *iv);

#endif /* _MAILBOX_IVSHMEM_PRIV_H */
