/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * idle.c - the peer waits for a message; the leading process looks on from outside,
 * so that neither going to sleep nor the wake-up at the end is counted
 */
#include "idle.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "pair.h"

#define IDLE_NS 2000000000
#define SETTLE_NS 50000000

struct usage {
	double cpu_ns;
	unsigned long switches;	/* of all threads: each sleep is one */
};

static void pause_ns(long ns)
{
	struct timespec left = { ns / 1000000000, ns % 1000000000 };

	while (nanosleep(&left, &left))
		;
}

static unsigned long switches_of(const char *task)
{
	static const char key[] = "voluntary_ctxt_switches:";
	unsigned long switches = 0;
	char path[300], line[200];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pair_peer(), task);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, sizeof(key) - 1))
			switches = strtoul(line + sizeof(key) - 1, NULL, 10);
	if (file)
		fclose(file);
	return switches;
}

static struct usage usage_of_peer(void)
{
	struct usage usage = { 0 };
	struct timespec used;
	struct dirent *entry;
	clockid_t clock;
	char path[64];
	DIR *tasks;

	if (clock_getcpuclockid(pair_peer(), &clock) || clock_gettime(clock, &used))
		die("cannot read the processor time of process %d", pair_peer());
	usage.cpu_ns = (double)used.tv_sec * 1e9 + (double)used.tv_nsec;
	snprintf(path, sizeof(path), "/proc/%d/task", pair_peer());
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks)))
		usage.switches += switches_of(entry->d_name);
	if (tasks)
		closedir(tasks);
	return usage;
}

static void send_one(struct lane *lane, void *arg)
{
	const struct task *task = arg;

	task->lead(task, lane, 1);
}

void idle_measure(const struct row *row, struct result *result)
{
	struct usage before, after;
	struct task send = *row->subject;
	double used;

	pair_begin(row->subject, 1);
	/* Asleep once nothing changes any more. */
	do {
		before = usage_of_peer();
		pause_ns(SETTLE_NS);
		after = usage_of_peer();
	} while (after.cpu_ns - before.cpu_ns > SETTLE_NS / 2.0);
	before = after;
	pause_ns(IDLE_NS);
	after = usage_of_peer();
	lane_run(send.lane, send_one, &send);
	pair_finish();

	used = 100 * (after.cpu_ns - before.cpu_ns) / IDLE_NS;
	result->value = (struct range){ used, used, used };
	result->wakeups = (double)(after.switches - before.switches);
	result->groups = 1;
}
