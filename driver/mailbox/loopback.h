/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loopback.h - the two halves of mailbox-loopback: doorbells and configuration
 */
#ifndef _MAILBOX_LOOPBACK_H
#define _MAILBOX_LOOPBACK_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/mailbox_controller.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

enum loopback_txdone {
	LOOPBACK_TXDONE_IRQ,
	LOOPBACK_TXDONE_POLL,
	LOOPBACK_TXDONE_ACK,
};

enum loopback_irq {
	LOOPBACK_IRQ_HARD,
	LOOPBACK_IRQ_THREAD,
};

/**
 * struct loopback_knobs - how a pair behaves, as real controllers do
 * @txdone: how its client learns that a ring is done
 * @irq: in which context its client is called
 * @delay_us: from a ring to its delivery
 * @late_clear: the doorbell is cleared after its client was called, not before
 * @drop_every: each so many rings, one is neither delivered nor done; 0 for none
 * @busy_every: each so many rings, one is refused with EBUSY; 0 for none
 * @payload_check: look at the message as controllers that use it do
 * @size_kib: size of the window
 */
struct loopback_knobs {
	u32 txdone;
	u32 irq;
	u32 delay_us;
	u32 late_clear;
	u32 drop_every;
	u32 busy_every;
	u32 payload_check;
	u32 size_kib;
};

/**
 * struct loopback_pdata - platform data of a pair
 * @name: the links' labels are <name>-0 and <name>-1
 * @knobs: how it behaves
 */
struct loopback_pdata {
	char name[24];
	struct loopback_knobs knobs;
};

/**
 * struct loopback_end - one of the two ends
 * @lock: protects @open, @pending and @rings, and keeps its holder's delivery
 *	inside the channel's life
 * @open: the channel has a client
 * @pending: rung by this end, not yet cleared by the other
 * @rings: counts them
 * @timer: delays the interrupt
 * @irq: the other end's interrupt, in hard context
 * @thread: the same, in a thread
 * @done: this end's interrupt when a ring is done; never in hard context, where
 *	the mailbox core must not be called on PREEMPT_RT
 * @chan: the channel
 * @other: the other end
 * @pair: both
 */
struct loopback_end {
	raw_spinlock_t lock; /* see above */
	bool open;
	bool pending;
	u32 rings;
	struct hrtimer timer;
	struct irq_work irq;
	struct work_struct thread;
	struct irq_work done;
	struct mbox_chan *chan;
	struct loopback_end *other;
	struct loopback *pair;
};

/**
 * struct loopback - a controller
 * @mbox: it
 * @chans: its channels
 * @ends: what belongs to each
 * @knobs: how it behaves
 * @bad_payloads: messages that a controller could not have used
 * @memory: window of the links
 */
struct loopback {
	struct mbox_controller mbox;
	struct mbox_chan chans[2];
	struct loopback_end ends[2];
	struct loopback_knobs knobs;
	atomic_t bad_payloads;
	void *memory;
};

extern const struct loopback_knobs loopback_defaults;

struct platform_device *loopback_add(const struct loopback_pdata *pdata);

#if IS_REACHABLE(CONFIG_CONFIGFS_FS)
int loopback_config_init(void);
void loopback_config_exit(void);
#else
static inline int loopback_config_init(void)
{
	return 0;
}

static inline void loopback_config_exit(void)
{
}
#endif

#endif /* _MAILBOX_LOOPBACK_H */
