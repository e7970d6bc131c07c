/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pair.h - two processes, each on a processor of its own, that do tasks in step
 */
#ifndef PAIR_H
#define PAIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "task.h"

enum role { ROLE_LEAD, ROLE_PEER };

/* What one batch of a task took. */
struct sample {
	double ns;		/* by the clock, until the peer was done, too */
	double cpu_ns;		/* of both processes */
	double doorbells;	/* of both nodes */
	double sleeps[2];	/* of the leading node, of the peer's */
	bool disturbed;		/* somebody else ran on one of the two processors */
};

/* Forks the peer, starts the nodes, pins all; returns in the leading process only. */
void pair_start(const int cpus[2]);
void pair_end(void);

/* Does @count operations of a task. */
void pair_run(const struct task *task, uint32_t count, struct sample *sample);
/* Lets the peer begin its part and goes on; pair_finish() waits until it is done. */
void pair_begin(const struct task *task, uint32_t count);
void pair_finish(void);

pid_t pair_peer(void);

/* Zeroed memory that both processes see; to be taken before they start. */
void *pair_memory(size_t bytes);

#endif /* PAIR_H */
