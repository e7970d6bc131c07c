/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * task.h - something that the two processes do together, over and over
 */
#ifndef TASK_H
#define TASK_H

#include <stdint.h>
#include <time.h>

#include "histogram.h"
#include "lane.h"

/*
 * From the system call that wakes the one to the other's sleep: whose answer comes
 * sooner finds the other awake, with or without a library.
 */
#define SLEEP_HOLD_NS 30000u

struct task {
	const char *name;
	enum lane_kind lane;
	uint32_t trips;		/* one-way trips in an operation */
	uint32_t bytes;		/* payload of a trip */
	uint32_t hold_ns;	/* each process waits so long before it sends; not counted */
	void (*lead)(const struct task *task, struct lane *lane, uint32_t count);
	void (*peer)(const struct task *task, struct lane *lane, uint32_t count);
	void (*prepare)(void);	/* in the leading process, before the first batch */
};

/* Where the round trips of this process are recorded, one by one; NULL in paired batches. */
extern struct histogram *task_record;

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Busy for as long as the task says: meanwhile the other process goes to sleep. */
static inline void hold(const struct task *task)
{
	const uint64_t until = task->hold_ns ? now_ns() + task->hold_ns : 0;

	while (until && now_ns() < until)
		relax();
}

/* Ends the program and all of its processes. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *format, ...);

#endif /* TASK_H */
