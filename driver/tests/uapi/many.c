// SPDX-License-Identifier: BSD-3-Clause
/*
 * many.c - many doorbells of /dev/mcapiN: none is lost, and who looks meanwhile sees sense
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi.h"

#define RINGERS	4

struct ringer {
	int fd;
	volatile uint32_t *line;
	uint32_t rings;
	pthread_t thread;
	uint32_t merged;
	int failures;
};

static void *ring_in_thread(void *data)
{
	struct ringer *ringer = data;

	for (uint32_t i = 1; i <= ringer->rings; i++) {
		struct mcapi_notify notify = { .size = sizeof(notify) };

		__atomic_store_n(ringer->line, i, __ATOMIC_RELEASE);
		ringer->failures += ioctl(ringer->fd, MCAPI_IOC_NOTIFY, &notify) != 0;
		ringer->merged += notify.coalesced;
	}
	return NULL;
}

/*
 * Each notification rang, or was put together with others that were rung for. Where a
 * controller loses rings, one more is made for each time that this was noticed.
 */
static void check_counters(const struct mcapi_info *before, const struct mcapi_info *after,
			   uint64_t notifications, uint64_t merged)
{
	uint64_t rings = after->rings - before->rings, stalls = after->stalls - before->stalls;
	uint64_t coalesced = after->coalesced - before->coalesced;

	CHECK(coalesced >= merged && coalesced <= merged + stalls);
	CHECK(rings >= notifications - merged && rings <= notifications + stalls);
	CHECK(after->refused == before->refused);
}

/* The receiver only looks when it is woken: one lost doorbell and it never ends. */
static void no_doorbell_is_lost(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	char *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	const char *link = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	uint32_t rings = (ends->longer ? 100000 : 10000) / RINGERS, seq;
	struct mcapi_info info, after;
	struct ringer ringers[RINGERS];
	struct mcapi_wait wait;
	uint64_t received, merged = 0;
	bool complete = false;
	const char *seen;
	int woken = 0;

	wait_up(a);
	wait_up(b);
	info = get_info(a);
	received = get_info(b).received;
	seen = link + section_offset(&info, own.section);
	seq = get_seq(b);
	for (int i = 0; i < RINGERS; i++) {
		ringers[i] = (struct ringer){ .fd = a, .rings = rings,
					      .line = (void *)(section + i * 64) };
		CHECK(!pthread_create(&ringers[i].thread, NULL, ring_in_thread, &ringers[i]));
	}
	while (!complete && !wait_for(b, &wait, seq, in_ms(10000))) {
		seq = wait.seq;
		woken++;
		complete = true;
		for (int i = 0; i < RINGERS; i++)
			complete &= __atomic_load_n((const uint32_t *)(seen + i * 64),
						    __ATOMIC_ACQUIRE) == rings;
	}
	for (int i = 0; i < RINGERS; i++) {
		CHECK(!pthread_join(ringers[i].thread, NULL));
		merged += ringers[i].merged;
	}
	CHECK(complete);
	for (int i = 0; i < RINGERS; i++)
		CHECK(!ringers[i].failures);
	settle(b);
	after = get_info(a);
	received = get_info(b).received - received;
	check_counters(&info, &after, RINGERS * rings, merged);
	CHECK(received > 0 && received <= after.rings - info.rings);
	printf("# %u notifications, %llu merged: %llu rings, %llu received, %d wake-ups\n",
	       RINGERS * rings, (unsigned long long)merged,
	       (unsigned long long)(after.rings - info.rings), (unsigned long long)received,
	       woken);
}

struct looker {
	int fd;
	const struct mcapi_status *status;
	uint32_t seq;
	atomic_bool *end;
	pthread_t thread;
	uint32_t looks;
	int failures;
};

/* What two ways of asking say one after the other: never less, and an event for each step. */
static void *look_in_thread(void *data)
{
	struct looker *looker = data;
	struct mcapi_wait wait;
	struct mcapi_event event;
	uint32_t seq = looker->seq;
	bool moved;

	do {
		moved = !wait_for(looker->fd, &wait, seq, 0);
		looker->failures += moved != (wait.seq != seq);
		looker->failures += (int32_t)(wait.seq - seq) < 0;
		looker->failures += (wait.seq == seq) != !wait.events;
		seq = wait.seq;
		looker->failures += (int32_t)(looker->status->seq - seq) < 0;
		if (read(looker->fd, &event, sizeof(event)) == (ssize_t)sizeof(event)) {
			looker->failures += !event.events || (int32_t)(event.seq - seq) < 0;
			seq = event.seq;
		}
		looker->looks++;
	} while (!atomic_load(looker->end));
	return NULL;
}

static void who_looks_while_it_rings_sees_one_state(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	const void *status = map(b, MCAPI_WINDOW_STATUS, PROT_READ);
	struct looker lookers[2];
	atomic_bool end = false;
	uint32_t looks = 0;

	wait_up(a);
	wait_up(b);
	for (int i = 0; i < 2; i++) {
		lookers[i] = (struct looker){ .fd = open_end(ends, 1, O_RDONLY | O_NONBLOCK),
					      .status = status, .seq = get_seq(b), .end = &end };
		CHECK(!pthread_create(&lookers[i].thread, NULL, look_in_thread, &lookers[i]));
	}
	for (int i = 0; i < (ends->longer ? 100000 : 5000); i++)
		notify(a);
	atomic_store(&end, true);
	for (int i = 0; i < 2; i++) {
		CHECK(!pthread_join(lookers[i].thread, NULL));
		looks += lookers[i].looks;
	}
	for (int i = 0; i < 2; i++)
		CHECK(!lookers[i].failures);
	printf("# looked %u times\n", looks);
}

/* Returns the old value. */
static int set_max_rate(int rate)
{
	FILE *file = fopen("/sys/module/mcapi/parameters/max_rate", "r+");
	int old;

	CHECK(file);
	CHECK(fscanf(file, "%d", &old) == 1);
	rewind(file);
	CHECK(fprintf(file, "%d\n", rate) > 0);
	CHECK(fclose(file) == 0);
	return old;
}

/* A ring that the controller lost is in the way of all others for a second or two. */
static void await_received(int fd, uint64_t received)
{
	int64_t deadline = in_ms(5000);
	struct mcapi_wait wait;
	uint32_t seq;

	for (;;) {
		seq = get_seq(fd);
		if (get_info(fd).received != received)
			return;
		CHECK(wait_for(fd, &wait, seq, deadline) == 0);
	}
}

/* What comes too fast is put together, but the last one is still told. */
static void flood_is_throttled(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY), old;
	struct mcapi_info before, after;
	uint64_t throttled, most;
	struct mcapi_wait wait;
	uint32_t seq;
	int64_t start;

	wait_up(a);
	wait_up(b);
	before = get_info(b);
	notify(a);
	await_received(b, before.received);
	settle(b);
	before = get_info(b);
	seq = get_seq(b);
	old = set_max_rate(1);
	start = in_ms(0);
	for (int i = 0; i < 1000; i++)
		notify(a);
	/* begun milliseconds, and those of two that may still be under way */
	most = (uint64_t)(in_ms(0) - start) / 1000000 + 4;
	await_received(b, before.received);
	settle(b);
	after = get_info(b);
	set_max_rate(old);
	CHECK(wait_for(b, &wait, seq, 0) == 0);
	/* each millisecond one doorbell wakes, and the others together at its end */
	throttled = after.throttled - before.throttled;
	CHECK(throttled <= most);
	CHECK(wait.seq - seq <= ends->wakes * most + throttled);
	printf("# %llu doorbells, %llu times throttled, %u wake-ups in %llu ms\n",
	       (unsigned long long)(after.received - before.received),
	       (unsigned long long)throttled, wait.seq - seq, (unsigned long long)most - 4);
}

const struct test many_tests[] = {
	{ "no doorbell is lost among many", no_doorbell_is_lost, false },
	{ "who looks while it rings sees one state", who_looks_while_it_rings_sees_one_state,
	  false },
	{ "a flood of doorbells is throttled", flood_is_throttled, true },
	{ NULL, NULL, false }
};
