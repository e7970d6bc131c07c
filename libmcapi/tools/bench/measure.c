/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * measure.c - paired batches
 *
 * A virtual processor moves between physical ones without notice, and a cache line
 * then takes three times as long. So nothing is compared that was not measured
 * within milliseconds by the same two processes: a group is a ping-pong, a batch
 * of what is measured, a batch of its reference, another ping-pong. Groups whose
 * ping-pongs differ are dropped, and those where another program got one of the
 * processors; of the others those count that saw the cache in the mode seen most. Reported are percentiles of the groups' ratios.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "floor.h"
#include "idle.h"
#include "pair.h"
#include "row.h"

#define BATCH_NS 500000.0
#define PING_NS 150000.0
#define MAX_COUNT (1u << 20)
#define MAX_DRIFT 0.15
#define MAX_TRIES 10u		/* groups measured for one that counts */
#define RECORDED_TRIPS 20000u
#define SMT_NS 40.0
#define FAR_NS 110.0

struct group {
	double value, subject_ns, reference_ns, pingpong_ns;
	double doorbells, sleeps[2];	/* of the subject, per trip */
	enum mode mode;
};

static double per_trip(const struct task *task, uint32_t count, double total)
{
	return total / ((double)count * task->trips) - task->hold_ns;
}

/* The shortest of some batches in which nobody else ran, if there are such at all. */
static double best_of_some(const struct task *task, uint32_t count)
{
	struct sample sample;
	double best = INFINITY;
	unsigned int good = 0;

	for (unsigned int tries = 0; tries < 50 && good < 3; tries++) {
		pair_run(task, count, &sample);
		best = fmin(best, sample.ns);
		good += !sample.disturbed;
	}
	return best;
}

/* Operations that take about @target_ns. */
static uint32_t calibrate(const struct task *task, double target_ns)
{
	uint32_t count = 4;
	double ns, wanted;

	for (ns = best_of_some(task, count); ns < target_ns / 4 && count < MAX_COUNT;
	     ns = best_of_some(task, count))
		count *= 2;
	wanted = target_ns / (ns / count);
	return wanted < 1 ? 1 : wanted > MAX_COUNT ? MAX_COUNT : (uint32_t)wanted;
}

struct plan {
	const struct row *row;
	uint32_t subject, reference, pingpong;	/* operations in a batch */
};

static struct plan make_plan(const struct row *row)
{
	struct plan plan = { .row = row };

	plan.pingpong = calibrate(&floor_pingpong, PING_NS);
	plan.subject = calibrate(row->subject, BATCH_NS);
	if (row->reference && row->reference != &floor_pingpong)
		plan.reference = calibrate(row->reference, BATCH_NS);
	return plan;
}

enum outcome { GROUP_COUNTS, GROUP_MOVED, GROUP_DISTURBED };

static double value_of(const struct plan *plan, const struct group *group,
		       const struct sample *subject, const struct sample *reference)
{
	const struct row *row = plan->row;

	switch (row->kind) {
	case ROW_RATE:
		return group->reference_ns / group->subject_ns;
	case ROW_CPU:
		return per_trip(row->subject, plan->subject, subject->cpu_ns) /
		       per_trip(row->reference, plan->reference, reference->cpu_ns);
	case ROW_SYSCALLS:
		return group->doorbells + group->sleeps[0] + group->sleeps[1];
	default:
		return group->subject_ns / group->reference_ns;
	}
}

static enum outcome measure_group(const struct plan *plan, bool reference_first,
				  struct group *group)
{
	const struct row *row = plan->row;
	struct sample subject, reference = { 0 }, first, last;
	double before, after, trips;

	pair_run(&floor_pingpong, plan->pingpong, &first);
	if (plan->reference && reference_first)
		pair_run(row->reference, plan->reference, &reference);
	pair_run(row->subject, plan->subject, &subject);
	if (plan->reference && !reference_first)
		pair_run(row->reference, plan->reference, &reference);
	pair_run(&floor_pingpong, plan->pingpong, &last);

	before = per_trip(&floor_pingpong, plan->pingpong, first.ns);
	after = per_trip(&floor_pingpong, plan->pingpong, last.ns);
	group->pingpong_ns = (before + after) / 2;
	group->mode = group->pingpong_ns < SMT_NS ? MODE_SMT :
		      group->pingpong_ns > FAR_NS ? MODE_FAR : MODE_NEAR;
	group->subject_ns = per_trip(row->subject, plan->subject, subject.ns);
	group->reference_ns = plan->reference ?
			      per_trip(row->reference, plan->reference, reference.ns) :
			      group->pingpong_ns;
	trips = (double)plan->subject * row->subject->trips;
	group->doorbells = subject.doorbells / trips;
	for (unsigned int i = 0; i < 2; i++)
		group->sleeps[i] = subject.sleeps[i] / trips;
	group->value = value_of(plan, group, &subject, &reference);
	if (first.disturbed || subject.disturbed || reference.disturbed || last.disturbed)
		return GROUP_DISTURBED;
	return fabs(before - after) > MAX_DRIFT * fmin(before, after) ? GROUP_MOVED : GROUP_COUNTS;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of the field at @offset of the groups of one mode. */
static struct range range_of(const struct group *groups, uint32_t count, enum mode mode,
			     size_t offset)
{
	double *values = malloc(count * sizeof(*values));
	struct range range;
	uint32_t n = 0;

	if (!values)
		die("no memory for %u groups", count);
	for (uint32_t i = 0; i < count; i++)
		if (groups[i].mode == mode)
			values[n++] = *(const double *)((const char *)&groups[i] + offset);
	qsort(values, n, sizeof(*values), compare);
	range = (struct range){ values[n / 10], values[n / 2], values[n - 1 - n / 10] };
	free(values);
	return range;
}

static double mean_of(const struct group *groups, uint32_t count, size_t offset)
{
	double sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += *(const double *)((const char *)&groups[i] + offset);
	return sum / count;
}

static void summarise(const struct row *row, const struct group *groups, uint32_t count,
		      struct result *result)
{
	uint32_t seen[MODES] = { 0 };
	double lead, peer;

	for (uint32_t i = 0; i < count; i++)
		seen[groups[i].mode]++;
	for (enum mode mode = 0; mode < MODES; mode++)
		if (seen[mode] > seen[result->mode])
			result->mode = mode;
	result->groups = seen[result->mode];
	result->other_modes = count - result->groups;
	result->value = range_of(groups, count, result->mode, offsetof(struct group, value));
	result->subject_ns = range_of(groups, count, result->mode,
				      offsetof(struct group, subject_ns));
	result->reference_ns = range_of(groups, count, result->mode,
					offsetof(struct group, reference_ns));
	result->pingpong_ns = range_of(groups, count, result->mode,
				       offsetof(struct group, pingpong_ns));
	/* Rare events: the median of the groups would hide them. */
	result->doorbells = mean_of(groups, count, offsetof(struct group, doorbells));
	lead = mean_of(groups, count, offsetof(struct group, sleeps[0]));
	peer = mean_of(groups, count, offsetof(struct group, sleeps[1]));
	result->sleeps = lead + peer;
	if (row->kind == ROW_SYSCALLS)
		result->value.p50 = result->doorbells + result->sleeps;
	/* Each node waits for every second trip. */
	if (row->asleep && (lead < 0.45 || peer < 0.45))
		result->invalid = "the nodes did not sleep for each trip";
}

static void measure_groups(const struct row *row, uint32_t wanted, struct result *result)
{
	const struct plan plan = make_plan(row);
	struct group *groups = calloc(wanted, sizeof(*groups)), warm;
	uint32_t count = 0;

	if (!groups)
		die("no memory for %u groups", wanted);
	for (uint32_t i = 0; i < wanted / 10; i++)
		measure_group(&plan, i % 2, &warm);
	for (uint32_t tries = 0; count < wanted && tries < MAX_TRIES * wanted; tries++) {
		enum outcome outcome = measure_group(&plan, tries % 2, &groups[count]);

		count += outcome == GROUP_COUNTS;
		result->moved += outcome == GROUP_MOVED;
		result->disturbed += outcome == GROUP_DISTURBED;
	}
	if (count)
		summarise(row, groups, count, result);
	else
		result->invalid = "the processors moved, or others ran on them, in every group";
	free(groups);
}

/* Round trips one by one, for their percentiles; apart, for the clock costs time. */
static void record_trips(const struct task *task, struct result *result)
{
	struct sample sample;

	result->trips = calloc(1, sizeof(*result->trips));
	if (!result->trips)
		die("no memory for a histogram");
	task_record = result->trips;
	pair_run(task, RECORDED_TRIPS, &sample);
	task_record = NULL;
}

/*
 * Both numbers of senders take turns, and each is related to the ping-pongs around
 * it: joining takes longer than a group may.
 */
static void measure_crowd(const struct row *row, uint32_t groups, struct result *result)
{
	const uint32_t rounds = 3;
	double alone = 0;

	for (uint32_t round = 0; round < rounds; round++) {
		struct result without = { 0 }, with = { 0 };

		measure_groups(row, groups / (2 * rounds) + 1, &without);
		result->crowd = crowd_join();
		measure_groups(row, groups / (2 * rounds) + 1, &with);
		crowd_leave();
		if (without.invalid || with.invalid) {
			result->invalid = without.invalid ? without.invalid : with.invalid;
			return;
		}
		alone += without.value.p50;
		result->value.p10 += with.value.p10;
		result->value.p50 += with.value.p50;
		result->value.p90 += with.value.p90;
		result->mode = with.mode;
		result->groups += with.groups + without.groups;
		result->moved += with.moved + without.moved;
		result->disturbed += with.disturbed + without.disturbed;
		result->other_modes += with.other_modes + without.other_modes;
		result->subject_ns = with.subject_ns;
		result->reference_ns = without.subject_ns;
		result->pingpong_ns = with.pingpong_ns;
	}
	result->value.p10 /= alone;
	result->value.p50 /= alone;
	result->value.p90 /= alone;
}

void row_measure(const struct row *row, uint32_t groups, struct result *result)
{
	memset(result, 0, sizeof(*result));
	switch (row->kind) {
	case ROW_IDLE:
		idle_measure(row, result);
		return;
	case ROW_CROWD:
		measure_crowd(row, groups, result);
		return;
	default:
		measure_groups(row, groups, result);
		if (row->subject->trips == 2)
			record_trips(row->subject, result);
	}
}
