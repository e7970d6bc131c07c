// SPDX-License-Identifier: BSD-3-Clause
/*
 * word.c - WAIT for a word of the window, and NOTIFY_WAIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi.h"

static void wait_for_word(struct waiter *waiter, int fd, uint64_t offset, uint32_t value)
{
	*waiter = (struct waiter){
		.fd = fd,
		.wait = {
			.flags = MCAPI_WAIT_WORD,
			.deadline_ns = in_ms(10000),
			.word_offset = offset,
			.word_value = value,
			.word_mask = 0xff,
		},
	};
	start_waiter(waiter);
}

/* Two wait for a word each, at one doorbell: each is woken by its own. */
static void only_the_word_that_changed_wakes(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	struct mcapi_info info = get_info(a);
	volatile uint32_t *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	uint64_t offset = section_offset(&info, own.section);
	struct waiter one, two;

	wait_up(a);
	wait_up(b);
	section[0] = 0x100;
	section[16] = 0;
	wait_for_word(&one, b, offset, 0);
	wait_for_word(&two, open_end(ends, 1, O_RDONLY), offset + 64, 0);

	section[16] = 0xabc;
	notify(a);
	CHECK(!pthread_join(two.thread, NULL));
	CHECK(two.error == 0);
	CHECK(two.wait.events & MCAPI_EVENT_DOORBELL);
	settle(b);
	/* all doorbells have come; bits outside of the mask do not count */
	CHECK(pthread_tryjoin_np(one.thread, NULL) == EBUSY);
	section[0] = 0x101;
	notify(a);
	CHECK(!pthread_join(one.thread, NULL));
	CHECK(one.error == 0);
}

static void word_that_differs_needs_a_doorbell(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR);
	struct mcapi_attach own = attach(a);
	struct mcapi_info info = get_info(a);
	struct mcapi_wait wait = {
		.size = sizeof(wait),
		.flags = MCAPI_WAIT_WORD,
		.seq = get_seq(a),
		.deadline_ns = in_ms(20),
		.word_offset = section_offset(&info, own.section),
		.word_value = 1,
		.word_mask = 0xffffffff,
	};

	wait_up(a);
	wait.seq = get_seq(a);
	CHECK_ERROR(ioctl(a, MCAPI_IOC_WAIT, &wait), ETIMEDOUT);
	wait.seq--;
	CHECK(ioctl(a, MCAPI_IOC_WAIT, &wait) == 0);
}

/* The doorbell is told of, the word is as it was; from there it is waited for again. */
static void word_that_stays_times_out(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	struct mcapi_info info = get_info(a);
	volatile uint32_t *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	struct mcapi_wait wait = {
		.size = sizeof(wait),
		.flags = MCAPI_WAIT_WORD,
		.word_offset = section_offset(&info, own.section),
		.word_mask = 0xffffffff,
	};
	uint32_t seq;

	wait_up(a);
	wait_up(b);
	seq = get_seq(b);
	notify(a);
	settle(b);
	wait.seq = seq;
	wait.deadline_ns = in_ms(20);
	CHECK_ERROR(ioctl(b, MCAPI_IOC_WAIT, &wait), ETIMEDOUT);
	CHECK(wait.seq != seq && wait.seq == get_seq(b));
	CHECK(wait.events == MCAPI_EVENT_DOORBELL);
	*section = 1;
	notify(a);
	wait.deadline_ns = in_ms(5000);
	CHECK(ioctl(b, MCAPI_IOC_WAIT, &wait) == 0);
}

/* One who counts when the other has seen it, and rings once for each. */
struct pacer {
	int fd;
	volatile uint32_t *count;
	uint32_t turns;
	atomic_uint seen;
	atomic_bool end;
	pthread_t thread;
};

static void *pace_in_thread(void *data)
{
	struct pacer *pacer = data;

	for (uint32_t i = 1; i <= pacer->turns && !atomic_load(&pacer->end); i++) {
		*pacer->count = i;
		notify(pacer->fd);
		while (atomic_load(&pacer->seen) < i && !atomic_load(&pacer->end))
			sched_yield();
	}
	return NULL;
}

/*
 * Who waits again from the sequence that a WAIT told at its deadline never looks at the
 * word before the next doorbell: so the word must have been looked at after that sequence.
 */
static void wait_can_go_on_after_its_deadline(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	struct mcapi_info info = get_info(a);
	struct pacer pacer = { .fd = a, .turns = ends->longer ? 50000 : 2000 };
	struct mcapi_wait wait = {
		.size = sizeof(wait),
		.flags = MCAPI_WAIT_WORD,
		.word_offset = section_offset(&info, own.section),
		.word_mask = 0xffffffff,
	};
	int64_t deadline = in_ms(20000);

	pacer.count = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	wait_up(a);
	wait_up(b);
	wait.seq = get_seq(b);
	CHECK(!pthread_create(&pacer.thread, NULL, pace_in_thread, &pacer));
	while (wait.word_value < pacer.turns && in_ms(0) < deadline) {
		/* long enough to fall asleep, so that the other one rings while this ends */
		wait.deadline_ns = in_ms(0) + 50000;
		if (!ioctl(b, MCAPI_IOC_WAIT, &wait)) {
			/* nobody counts on before this is seen */
			wait.word_value = *pacer.count;
			atomic_store(&pacer.seen, wait.word_value);
			deadline = in_ms(20000);
		} else if (errno != ETIMEDOUT) {
			break;
		}
	}
	atomic_store(&pacer.end, true);
	CHECK(!pthread_join(pacer.thread, NULL));
	CHECK(wait.word_value == pacer.turns);
}

static void words_outside_of_the_window_are_refused(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	uint64_t size = get_info(fd).window_size;
	const uint64_t wrong[] = { 1, 2, size, size - 3, UINT64_MAX - 3, UINT64_MAX };
	struct mcapi_wait wait = { .size = sizeof(wait), .flags = MCAPI_WAIT_WORD };

	CHECK_ERROR(ioctl(fd, MCAPI_IOC_WAIT, &wait), EINVAL); /* a mask of no bits */
	wait.word_mask = 1;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		wait.word_offset = wrong[i];
		CHECK_ERROR(ioctl(fd, MCAPI_IOC_WAIT, &wait), EINVAL);
		CHECK_ERROR(ioctl(fd, MCAPI_IOC_NOTIFY_WAIT, &wait), EINVAL);
	}
	wait.word_offset = size - 4;
	CHECK(ioctl(fd, MCAPI_IOC_WAIT, &wait) == 0 || errno == ETIMEDOUT);
	wait.flags = 0;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_WAIT, &wait), EINVAL);
}

#define TURNS	200
#define MANY	10000

/* One of two who count in turn, each in its own section. */
struct counter {
	struct mcapi_wait wait;
	int fd;
	volatile uint32_t *count;
	uint32_t turns;
	pthread_t thread;
	int error;
};

static int compare(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static void print_times(int64_t *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	printf("# %zu round trips: p50 %lld us, p99 %lld us, p99.9 %lld us, longest %lld us\n", count,
	       (long long)times[count / 2] / 1000, (long long)times[count * 99 / 100] / 1000,
	       (long long)times[count * 999 / 1000] / 1000, (long long)times[count - 1] / 1000);
}

static void make_counter(struct counter *own, struct counter *other, int fd)
{
	struct mcapi_info info = get_info(fd);

	own->fd = fd;
	other->wait = (struct mcapi_wait){
		.size = sizeof(own->wait),
		.flags = MCAPI_WAIT_WORD,
		.word_offset = section_offset(&info, attach(fd).section),
		.word_mask = 0xffffffff,
	};
	own->count = map(fd, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
}

/* Sleeps until the other has counted to @count; doorbells for other reasons may come, too. */
static void await_count(struct counter *own, unsigned long call, uint32_t count)
{
	own->wait.word_value = count - 1;
	own->wait.deadline_ns = in_ms(10000);
	if (!own->error && ioctl(own->fd, call, &own->wait))
		own->error = errno;
}

static void *answer_in_thread(void *data)
{
	struct counter *own = data;

	await_count(own, MCAPI_IOC_WAIT, 1);
	for (uint32_t i = 1; i <= own->turns; i++) {
		*own->count = i;
		if (i < own->turns)
			await_count(own, MCAPI_IOC_NOTIFY_WAIT, i + 1);
	}
	notify(own->fd);
	return NULL;
}

static void notify_wait_is_a_round_trip(const struct ends *ends)
{
	uint32_t turns = ends->longer ? MANY : TURNS;
	struct counter a = { .turns = turns }, b = { .turns = turns };
	struct mcapi_wait wait = { .size = sizeof(wait) };
	static int64_t times[MANY];

	make_counter(&a, &b, open_end(ends, 0, O_RDWR));
	make_counter(&b, &a, open_end(ends, 1, O_RDWR));
	wait_up(a.fd);
	wait_up(b.fd);
	a.wait.seq = get_seq(a.fd);
	b.wait.seq = get_seq(b.fd);
	CHECK(!pthread_create(&b.thread, NULL, answer_in_thread, &b));
	for (uint32_t i = 1; i <= turns; i++) {
		int64_t start = in_ms(0);

		*a.count = i;
		await_count(&a, MCAPI_IOC_NOTIFY_WAIT, i);
		times[i - 1] = in_ms(0) - start;
	}
	CHECK(!pthread_join(b.thread, NULL));
	CHECK(!a.error && !b.error);
	CHECK(*a.count == turns && *b.count == turns);
	print_times(times, turns);
	CHECK_ERROR(ioctl(open_end(ends, 0, O_RDONLY), MCAPI_IOC_NOTIFY_WAIT, &wait), EPERM);
}

const struct test word_tests[] = {
	{ "only the word that changed wakes its waiter", only_the_word_that_changed_wakes, false },
	{ "a word that differs still needs a doorbell",
	  word_that_differs_needs_a_doorbell, false },
	{ "a word that stays as it is ends WAIT at its deadline",
	  word_that_stays_times_out, false },
	{ "WAIT can go on from where its deadline ended it",
	  wait_can_go_on_after_its_deadline, false },
	{ "words outside of the window are EINVAL",
	  words_outside_of_the_window_are_refused, false },
	{ "NOTIFY_WAIT is a round trip", notify_wait_is_a_round_trip, false },
	{ NULL, NULL, false }
};
