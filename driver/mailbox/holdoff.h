/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holdoff.h - an interrupt that is silent for a while
 *
 * A peer can ring as often as it likes. Its interrupt is masked for as long as
 * nobody wants to hear of it. What came meanwhile is told once, afterwards: masking
 * is lazy, so that the interrupt core sees the next one and remembers it.
 */
#ifndef _MAILBOX_HOLDOFF_H
#define _MAILBOX_HOLDOFF_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>

#include "../mcapi/compat.h"

/**
 * struct mailbox_holdoff - of one interrupt, which nobody shares
 * @irq: it
 * @held: it is masked, and @timer runs
 * @timer: ends that
 */
struct mailbox_holdoff {
	int irq;
	bool held;
	struct hrtimer timer;
};

static inline enum hrtimer_restart mailbox_holdoff_over(struct hrtimer *timer)
{
	struct mailbox_holdoff *holdoff = container_of(timer, struct mailbox_holdoff, timer);

	WRITE_ONCE(holdoff->held, false);
	enable_irq(holdoff->irq);
	return HRTIMER_NORESTART;
}

/* Before the interrupt is requested. */
static inline void mailbox_holdoff_init(struct mailbox_holdoff *holdoff, int irq)
{
	holdoff->irq = irq;
	holdoff->held = false;
	mcapi_hrtimer_setup(&holdoff->timer, mailbox_holdoff_over, CLOCK_MONOTONIC,
			    HRTIMER_MODE_REL_SOFT);
}

/*
 * From the interrupt's handler; a hard one, lest interrupts that are not masked yet keep
 * its thread from running. A thread may be called once more while it is held.
 */
static inline void mailbox_holdoff_start(struct mailbox_holdoff *holdoff, u64 ns)
{
	if (READ_ONCE(holdoff->held))
		return;
	WRITE_ONCE(holdoff->held, true);
	disable_irq_nosync(holdoff->irq);
	hrtimer_start(&holdoff->timer, ns_to_ktime(ns), HRTIMER_MODE_REL_SOFT);
}

/* On return no handler and no timer runs; the interrupt is masked, and to be freed. */
static inline void mailbox_holdoff_end(struct mailbox_holdoff *holdoff)
{
	disable_irq(holdoff->irq);
	hrtimer_cancel(&holdoff->timer);
}

#endif /* _MAILBOX_HOLDOFF_H */
