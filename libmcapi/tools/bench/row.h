/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * row.h - one line of the result: what is measured against what, and the goal
 */
#ifndef ROW_H
#define ROW_H

#include "task.h"

enum row_kind {
	ROW_TIME,	/* time of a trip / that of the reference: lower is better */
	ROW_RATE,	/* trips per second / those of the reference: higher is better */
	ROW_CPU,	/* processor time of both / that of the reference */
	ROW_SYSCALLS,	/* doorbells and sleeps of both nodes per trip, counted, not timed */
	ROW_IDLE,	/* percent of a processor that a waiting receiver uses */
	ROW_CROWD,	/* time of a trip with many idle senders / with none */
};

struct row {
	const char *id;
	const char *what;
	enum row_kind kind;
	double goal;
	double floor;			/* of acceptance */
	const struct task *subject;
	const struct task *reference;	/* NULL if the row has none */
	bool asleep;			/* only valid if both nodes sleep for each trip */
};

enum mode { MODE_SMT, MODE_NEAR, MODE_FAR, MODES };

struct range {
	double p10, p50, p90;
};

struct result {
	struct range value;		/* what goal and floor speak of */
	struct range subject_ns, reference_ns, pingpong_ns;	/* per trip */
	uint32_t groups;		/* that count: those of the mode seen most */
	uint32_t moved;			/* dropped: the processors moved in between */
	uint32_t disturbed;		/* dropped: others ran on them */
	uint32_t other_modes;
	enum mode mode;
	double doorbells, sleeps;	/* per trip, both nodes */
	const char *invalid;		/* why the value says nothing, or NULL */
	uint32_t crowd;			/* ROW_CROWD: idle senders */
	double wakeups;			/* ROW_IDLE: while nothing happened */
	struct histogram *trips;	/* round trips in ns, one by one, or NULL */
};

extern const struct row rows[];
extern const unsigned int row_count;

enum verdict { VERDICT_GOAL, VERDICT_FLOOR, VERDICT_MISSED, VERDICT_INVALID };

enum verdict row_verdict(const struct row *row, const struct result *result);
/* "goal", "floor", "missed", "invalid" */
const char *row_verdict_name(enum verdict verdict);
/* "SMT", "near", "far", or "-" if the cache plays no role */
const char *row_mode_name(const struct result *result);

/* Measures @groups groups of batches; measure.c. */
void row_measure(const struct row *row, uint32_t groups, struct result *result);

#endif /* ROW_H */
