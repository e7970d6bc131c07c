/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each line is written by one process. */
struct shared {
	/* by the leading process */
	_Alignas(64) uint32_t ordered;	/* orders given */
	const struct task *task;	/* the same address in both */
	uint32_t count;
	bool alone;			/* only the peer's part is wanted */
	/* by the peer */
	_Alignas(64) uint32_t finished;	/* orders done */
	struct sample sample;
	/* by each its own */
	struct {
		_Alignas(64) uint32_t done;
	} steps[2];
};

struct batch {
	const struct task *task;
	uint32_t count;
	struct sample sample;
};

struct histogram *task_record;

static struct shared *shared;
static enum role role;
static pid_t peer;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("mcapi-bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	/* The peer ends with its parent, and the parent when it sees the peer end. */
	_exit(1);
}

static void child_ended(int number)
{
	static const char text[] = "mcapi-bench: a process of the benchmark ended early\n";

	(void)number;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

void *pair_memory(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (at == MAP_FAILED)
		die("no %zu bytes of shared memory: %m", bytes);
	return at;
}

/* Steps of a batch: both are ready, the peer is done, the leading process has seen it. */
static void step(void)
{
	__atomic_store_n(&shared->steps[role].done, shared->steps[role].done + 1,
			 __ATOMIC_RELEASE);
}

static void await(enum role other, uint32_t done)
{
	while ((int32_t)(__atomic_load_n(&shared->steps[other].done, __ATOMIC_ACQUIRE) - done) < 0)
		relax();
}

/* Both arrive before any of them leaves. */
static void meet(void)
{
	step();
	await(!role, shared->steps[role].done);
}

static double cpu_time(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec * 1e9 + (double)used.tv_nsec;
}

/* How often somebody else was given the processor. */
static long preemptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nivcsw;
}

static void read_stats(struct lane *lane, struct mcapix_stats *stats)
{
	mcapi_status_t status;

	*stats = (struct mcapix_stats){ .size = sizeof(*stats) };
	if (lane) {
		mcapix_stats_get(stats, &status);
		lane_check("mcapix_stats_get", status);
	}
}

static void wait_peer(void)
{
	while (__atomic_load_n(&shared->finished, __ATOMIC_ACQUIRE) != shared->ordered)
		relax();
}

static void do_batch(struct lane *lane, void *arg)
{
	struct mcapix_stats before, after;
	struct batch *batch = arg;
	struct sample *sample = &batch->sample;
	uint64_t start;
	long preempted;
	double cpu;

	read_stats(lane, &before);
	preempted = preemptions();
	meet();
	cpu = cpu_time();
	start = now_ns();
	(role == ROLE_LEAD ? batch->task->lead : batch->task->peer)(batch->task, lane,
								   batch->count);
	sample->cpu_ns = cpu_time() - cpu;
	if (role == ROLE_LEAD)
		await(ROLE_PEER, shared->steps[ROLE_LEAD].done + 1);
	sample->ns = (double)(now_ns() - start);
	step();
	sample->disturbed = preemptions() != preempted;
	read_stats(lane, &after);
	sample->doorbells = (double)(after.doorbells - before.doorbells);
	sample->sleeps[role] = (double)(after.sleeps - before.sleeps);
}

static void do_part(struct lane *lane, void *arg)
{
	const struct batch *batch = arg;

	batch->task->peer(batch->task, lane, batch->count);
}

static void serve(void)
{
	for (;;) {
		struct batch batch = { 0 };

		while (__atomic_load_n(&shared->ordered, __ATOMIC_ACQUIRE) == shared->finished)
			relax();
		batch.task = shared->task;
		batch.count = shared->count;
		lane_run(batch.task->lane, shared->alone ? do_part : do_batch, &batch);
		shared->sample = batch.sample;
		__atomic_store_n(&shared->finished, shared->finished + 1, __ATOMIC_RELEASE);
	}
}

static void order(const struct task *task, uint32_t count, bool alone)
{
	shared->task = task;
	shared->count = count;
	shared->alone = alone;
	__atomic_store_n(&shared->ordered, shared->ordered + 1, __ATOMIC_RELEASE);
}

void pair_run(const struct task *task, uint32_t count, struct sample *sample)
{
	struct batch batch = { .task = task, .count = count };

	order(task, count, false);
	lane_run(task->lane, do_batch, &batch);
	wait_peer();
	*sample = batch.sample;
	sample->cpu_ns += shared->sample.cpu_ns;
	sample->disturbed |= shared->sample.disturbed;
	sample->doorbells += shared->sample.doorbells;
	sample->sleeps[ROLE_PEER] = shared->sample.sleeps[ROLE_PEER];
}

void pair_begin(const struct task *task, uint32_t count)
{
	order(task, count, true);
}

void pair_finish(void)
{
	wait_peer();
}

pid_t pair_peer(void)
{
	return peer;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot use processor %d: %m", cpu);
}

void pair_start(const int cpus[2])
{
	const struct sigaction watch = { .sa_handler = child_ended, .sa_flags = SA_NOCLDSTOP };

	shared = pair_memory(sizeof(*shared));
	sigaction(SIGCHLD, &watch, NULL);
	peer = fork();
	if (peer < 0)
		die("cannot fork: %m");
	if (!peer) {
		role = ROLE_PEER;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	/* Threads inherit it. */
	pin(cpus[role]);
	lane_start_all(role);
	if (role == ROLE_PEER)
		serve();
}

void pair_end(void)
{
	signal(SIGCHLD, SIG_DFL);
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
}
