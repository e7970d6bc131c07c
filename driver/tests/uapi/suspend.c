// SPDX-License-Identifier: BSD-3-Clause
/*
 * suspend.c - the system sleeps while processes do
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi.h"

/* Returns when the system is awake again. */
static void suspend_system(const char *state)
{
	int fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(write(fd, state, strlen(state)) == (ssize_t)strlen(state));
	close(fd);
}

/* Who waits for any doorbell looks once after it; who waits for a word goes on. */
static void waits_go_on_after_suspend(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	struct mcapi_info before = get_info(a), after;
	volatile uint32_t *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	struct waiter any = { .fd = b, .wait.deadline_ns = in_ms(120000) };
	struct waiter word = {
		.fd = b,
		.wait = {
			.deadline_ns = in_ms(120000),
			.flags = MCAPI_WAIT_WORD,
			.word_offset = section_offset(&before, own.section),
			.word_mask = 0xffffffff,
		},
	};
	uint32_t seq;

	wait_up(a);
	wait_up(b);
	before = get_info(a);
	seq = get_seq(b);
	start_waiter(&any);
	start_waiter(&word);
	suspend_system(ends->suspend);

	CHECK(!pthread_join(any.thread, NULL));
	CHECK(any.error == 0);
	CHECK(any.wait.seq != seq && any.wait.events == MCAPI_EVENT_DOORBELL);
	after = get_info(a);
	CHECK(after.link_state == MCAPI_LINK_UP);
	CHECK(after.local_epoch == before.local_epoch && after.peer_epoch == before.peer_epoch);
	settle(b);
	wait_asleep(&word.task);
	CHECK(pthread_tryjoin_np(word.thread, NULL) == EBUSY);
	*section = 1;
	notify(a);
	CHECK(!pthread_join(word.thread, NULL));
	CHECK(word.error == 0);
}

const struct test suspend_tests[] = {
	{ "waits go on after the system has slept", waits_go_on_after_suspend, false },
	{ NULL, NULL, false }
};
