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

struct task {
	const char *name;
	enum lane_kind lane;
	uint32_t trips;		/* one-way trips in an operation */
	uint32_t bytes;		/* payload of a trip */
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

/* Ends the program and all of its processes. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *format, ...);

#endif /* TASK_H */
