// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait.c - how a process sleeps until the link's sequence moves on
 *
 * The sequence moves before sleepers are woken, and a sleeper queues itself
 * before it looks. Who waits for a word of the window is only woken when the word
 * says so: many processes share one doorbell.
 */
#include <linux/hrtimer.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>

#include "link.h"

/**
 * struct mcapi_sleeper - one who sleeps
 * @entry: in the link's wait queue
 * @link: the link
 * @seq: sequence that is known
 * @word: word of the window that must differ, or NULL
 * @theirs: the peer writes it
 * @value: from this value
 * @mask: in these bits
 */
struct mcapi_sleeper {
	struct wait_queue_entry entry;
	struct mcapi_link *link;
	u32 seq;
	const u32 *word;
	bool theirs;
	u32 value;
	u32 mask;
};

/*
 * The window is there while the link lives: who wakes is part of it, and who
 * sleeps is inside of rcu_read_lock(), for which mcapi_link_stop() waits.
 */
static bool mcapi_sleeper_is_due(const struct mcapi_sleeper *sleeper)
{
	struct mcapi_link *link = sleeper->link;

	if (!READ_ONCE(link->live))
		return true;
	/* pairs with the release in mcapi_event_move_on(): the word is read after */
	if (smp_load_acquire(&link->status->seq) == sleeper->seq)
		return false;
	if (!sleeper->word || mcapi_sequence_is_after(READ_ONCE(link->link_seq), sleeper->seq))
		return true;
	/* Our own may be in the cache only, as written by another process. */
	if (sleeper->theirs)
		mcapi_sync_from_peer(link, sleeper->word, sizeof(*sleeper->word));
	return (READ_ONCE(*sleeper->word) ^ sleeper->value) & sleeper->mask;
}

static int mcapi_sleeper_wake(struct wait_queue_entry *entry, unsigned int mode, int sync,
			      void *key)
{
	struct mcapi_sleeper *sleeper = container_of(entry, struct mcapi_sleeper, entry);

	if (!mcapi_sleeper_is_due(sleeper))
		return 0;
	return autoremove_wake_function(entry, mode, sync, key);
}

static int mcapi_sleep(struct mcapi_sleeper *sleeper, s64 deadline_ns)
{
	struct mcapi_link *link = sleeper->link;
	ktime_t deadline = ns_to_ktime(deadline_ns);
	bool due;
	int ret = 0;

	init_wait(&sleeper->entry);
	sleeper->entry.func = mcapi_sleeper_wake;
	for (;;) {
		prepare_to_wait(&link->wq, &sleeper->entry, TASK_INTERRUPTIBLE);
		rcu_read_lock();
		due = mcapi_sleeper_is_due(sleeper);
		rcu_read_unlock();
		if (due)
			break;
		if (deadline_ns >= 0 && ktime_get_ns() >= (u64)deadline_ns)
			ret = -ETIMEDOUT;
		else if (signal_pending(current))
			ret = -ERESTARTNOHAND; /* EINTR if a handler runs, as in poll(2) */
		if (ret)
			break;
		schedule_hrtimeout(deadline_ns < 0 ? NULL : &deadline, HRTIMER_MODE_ABS);
	}
	finish_wait(&link->wq, &sleeper->entry);
	return READ_ONCE(link->live) ? ret : -ENODEV;
}

int mcapi_wait_for_event(struct mcapi_link *link, u32 seq, s64 deadline_ns)
{
	struct mcapi_sleeper sleeper = { .link = link, .seq = seq };

	return mcapi_sleep(&sleeper, deadline_ns);
}

int mcapi_wait_check(struct mcapi_link *link, const struct mcapi_wait *wait)
{
	const struct mcapi_extent window = { .length = link->window_size };

	if (wait->flags & ~MCAPI_WAIT_WORD)
		return -EINVAL;
	if (!(wait->flags & MCAPI_WAIT_WORD))
		return wait->word_offset || wait->word_value || wait->word_mask ? -EINVAL : 0;
	if (!wait->word_mask || wait->word_offset % sizeof(u32) ||
	    !mcapi_extent_contains(&window, wait->word_offset, sizeof(u32)))
		return -EINVAL;
	return 0;
}

/* The caller's CLOCK_MONOTONIC may be that of a time namespace. */
static s64 mcapi_wait_deadline(s64 deadline_ns)
{
	struct timespec64 ahead = { };
	s64 ahead_ns;

	timens_add_monotonic(&ahead);
	ahead_ns = timespec64_to_ns(&ahead);
	if (deadline_ns <= 0)
		return deadline_ns;
	if (ahead_ns < 0)
		return min(deadline_ns, KTIME_MAX + ahead_ns) - ahead_ns;
	return max_t(s64, deadline_ns - ahead_ns, 0);
}

int mcapi_wait(struct mcapi_file *file, struct mcapi_wait *wait)
{
	struct mcapi_link *link = file->link;
	const struct mcapi_extent theirs = mcapi_extent_of_side(&link->own, !link->side);
	struct mcapi_sleeper sleeper = { .link = link, .seq = wait->seq };
	struct mcapi_status now;
	int ret;

	ret = mcapi_wait_check(link, wait);
	if (ret)
		return ret;
	if (wait->flags & MCAPI_WAIT_WORD) {
		/* It was checked, but not by a processor that guesses the outcome. */
		size_t offset = wait->word_offset, size = link->window_size;

		sleeper.word = link->window + array_index_nospec(offset, size);
		sleeper.theirs = mcapi_extent_contains(&theirs, wait->word_offset,
						       sizeof(*sleeper.word));
		sleeper.value = wait->word_value;
		sleeper.mask = wait->word_mask;
	}
	ret = mcapi_sleep(&sleeper, mcapi_wait_deadline(wait->deadline_ns));
	wait->events = mcapi_event_since(link, wait->seq, &now);
	/* Who waits again from the sequence told here looks at nothing before it. */
	if (ret == -ETIMEDOUT && now.seq != wait->seq) {
		rcu_read_lock();
		if (mcapi_sleeper_is_due(&sleeper))
			ret = 0;
		rcu_read_unlock();
	}
	wait->seq = now.seq;
	return ret;
}
