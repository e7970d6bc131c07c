/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - where kernels differ
 *
 * Kbuild looks for each feature in the headers and defines MCAPI_HAVE_*;
 * versions are not compared, because stable kernels carry backports.
 */
#ifndef _MCAPI_COMPAT_H
#define _MCAPI_COMPAT_H

#include <linux/eventfd.h>
#include <linux/hrtimer.h>
#include <linux/mailbox_client.h>
#include <linux/mailbox_controller.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>

/* Public as MBOX_TXDONE_BY_ACK from 7.2 on; the bit never changed. */
#define MCAPI_TXDONE_BY_ACK	BIT(2)

/*
 * Only the controller knows its method, some of them by channel. A channel to be polled
 * by nobody is one whose last client ticked: the core makes it so when that frees it, and
 * nobody but a client can put it right. Here nobody else knows the channel yet.
 */
static inline bool mcapi_mbox_chan_ticks(struct mbox_chan *chan)
{
	unsigned long flags;

	spin_lock_irqsave(&chan->lock, flags);
	if (!chan->mbox->txdone_irq && !chan->mbox->txdone_poll)
		chan->txdone_method = MCAPI_TXDONE_BY_ACK;
	spin_unlock_irqrestore(&chan->lock, flags);
	return chan->txdone_method & MCAPI_TXDONE_BY_ACK;
}

/*
 * Gives up a ring for which the core polls, before the channel is freed, where the core
 * would still look at it. Its timer runs in an interrupt; it sees that nothing is in
 * flight, or is over when this returns.
 */
static inline void mcapi_mbox_chan_stop_poll(struct mbox_chan *chan)
{
	unsigned long flags;

	spin_lock_irqsave(&chan->lock, flags);
	chan->txdone_method = MCAPI_TXDONE_BY_ACK;
	spin_unlock_irqrestore(&chan->lock, flags);
	mbox_client_txdone(chan, 0);
	synchronize_rcu();
}

#ifdef MCAPI_HAVE_CLASS_OWNER
#define mcapi_class_create(name)	class_create(THIS_MODULE, name)
#else
#define mcapi_class_create(name)	class_create(name)
#endif

/* Where .remove still returns an int, .remove_new stands beside it. */
#ifdef MCAPI_HAVE_VOID_REMOVE
#define mcapi_op_remove		remove
#else
#define mcapi_op_remove		remove_new
#endif

#ifdef MCAPI_HAVE_CONST_UEVENT
#define mcapi_uevent_dev	const struct device
#else
#define mcapi_uevent_dev	struct device
#endif

#ifdef MCAPI_HAVE_EVENTFD_COUNT
#define mcapi_eventfd_signal(ctx)	eventfd_signal(ctx, 1)
#else
#define mcapi_eventfd_signal(ctx)	eventfd_signal(ctx)
#endif

#ifdef MCAPI_HAVE_HRTIMER_SETUP
#define mcapi_hrtimer_setup	hrtimer_setup
#else
static inline void mcapi_hrtimer_setup(struct hrtimer *timer,
				       enum hrtimer_restart (*function)(struct hrtimer *),
				       clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#ifndef MCAPI_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#ifndef MCAPI_HAVE_BIND_CLIENT
static inline int mbox_bind_client(struct mbox_chan *chan, struct mbox_client *cl)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* _MCAPI_COMPAT_H */
