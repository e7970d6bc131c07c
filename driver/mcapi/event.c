// SPDX-License-Identifier: GPL-2.0-only
/*
 * event.c - what the files of a link sleep on: its sequence and its state
 *
 * The sequence moves first and sleepers are woken then, so whoever queues
 * itself before it looks misses nothing.
 */
#include <linux/eventfd.h>
#include <trace/events/mcapi.h>

#include "link.h"

/* What happened since the sequence was @since, and how it is @now. */
u32 mcapi_event_since(struct mcapi_link *link, u32 since, struct mcapi_status *now)
{
	unsigned long flags;
	u32 events = 0;

	spin_lock_irqsave(&link->event_lock, flags);
	*now = *link->status;
	if (mcapi_sequence_is_after(link->doorbell_seq, since))
		events |= MCAPI_EVENT_DOORBELL;
	if (mcapi_sequence_is_after(link->link_seq, since))
		events |= MCAPI_EVENT_LINK;
	spin_unlock_irqrestore(&link->event_lock, flags);
	return events;
}

static void mcapi_event_move_on(struct mcapi_link *link, u32 events)
{
	u32 seq = link->status->seq + 1;
	struct mcapi_file *file;

	lockdep_assert_held(&link->event_lock);
	link->doorbell_seq = events & MCAPI_EVENT_DOORBELL ? seq :
			     mcapi_sequence_pull(link->doorbell_seq, seq);
	WRITE_ONCE(link->link_seq, events & MCAPI_EVENT_LINK ? seq :
				   mcapi_sequence_pull(link->link_seq, seq));
	/* Whoever sees the new sequence also sees what it stands for. */
	smp_store_release(&link->status->seq, seq);
	trace_mcapi_wake(MINOR(link->devt), seq, events);
	list_for_each_entry(file, &link->listeners, listener)
		if (file->eventfd_events & events)
			mcapi_eventfd_signal(file->eventfd);
}

void mcapi_event_raise(struct mcapi_link *link, u32 events)
{
	unsigned long flags;

	spin_lock_irqsave(&link->event_lock, flags);
	mcapi_event_move_on(link, events);
	spin_unlock_irqrestore(&link->event_lock, flags);
	wake_up_all(&link->wq);
}

void mcapi_event_set_state(struct mcapi_link *link, u32 state, u32 peer_epoch)
{
	struct mcapi_status *status = link->status;
	u32 events = MCAPI_EVENT_LINK;
	unsigned long flags;

	/* That no doorbell comes any more is told to eventfds that wait for nothing else. */
	if (state == MCAPI_LINK_GONE)
		events |= MCAPI_EVENT_DOORBELL;
	if (status->link_state == state && status->peer_epoch == peer_epoch)
		return;

	spin_lock_irqsave(&link->event_lock, flags);
	WRITE_ONCE(status->peer_epoch, peer_epoch);
	WRITE_ONCE(status->link_state, state);
	trace_mcapi_state(MINOR(link->devt), state, peer_epoch);
	mcapi_event_move_on(link, events);
	spin_unlock_irqrestore(&link->event_lock, flags);
	wake_up_all(&link->wq);
}

/*
 * Gives @file an eventfd, whose reference it takes over, or none. Fails if there are so
 * many that to signal them all would take too long for an interrupt.
 */
int mcapi_event_listen(struct mcapi_file *file, struct eventfd_ctx *eventfd, u32 events)
{
	struct mcapi_link *link = file->link;
	struct eventfd_ctx *old;

	spin_lock_irq(&link->event_lock);
	old = file->eventfd;
	if (eventfd && !old && link->listening == MCAPI_EVENTFD_MAX) {
		spin_unlock_irq(&link->event_lock);
		return -ENOSPC;
	}
	link->listening += !!eventfd - !!old;
	file->eventfd = eventfd;
	file->eventfd_events = events;
	list_del_init(&file->listener);
	if (eventfd)
		list_add(&file->listener, &link->listeners);
	spin_unlock_irq(&link->event_lock);
	if (old)
		eventfd_ctx_put(old);
	return 0;
}
