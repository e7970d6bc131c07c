/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uapi.h - what the tests of /dev/mcapiN share
 *
 * Each test gets the two ends of one link, fresh from the state that the last
 * test left, and returns; CHECK reports the first thing that is not so.
 */
#ifndef UAPI_TESTS_H
#define UAPI_TESTS_H

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/mcapi.h>
#include <linux/mcapi_wire.h>

struct ends {
	const char *path[2];
	const char *driver;	/* sysfs folder of the link driver, or NULL */
	bool longer;		/* not only a smoke test */
	const char *pair;	/* configfs folder of the pair, to be ended, or NULL */
	const char *suspend;	/* state to put the system into, or NULL */
	const char *only;	/* what the names of tests must hold, or NULL */
	uint32_t wakes;		/* times that a doorbell moves the sequence on */
	uint64_t seed;		/* of what is random; not 0 */
};

struct test {
	const char *name;
	void (*run)(const struct ends *ends);
	bool needs_driver;
};

extern const struct test call_tests[], map_tests[], sleep_tests[], many_tests[], word_tests[],
	eventfd_tests[], pass_tests[], fuzz_tests[], removal_tests[], suspend_tests[],
	pair_tests[];

int inherited_file_works(int fd);

extern jmp_buf test_failed;

_Noreturn void fail(const char *file, int line, const char *what);

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			fail(__FILE__, __LINE__, #condition); \
	} while (0)

/* The call fails, with just this error. */
#define CHECK_ERROR(call, error) \
	do { \
		errno = 0; \
		CHECK((call) == -1); \
		CHECK(errno == (error)); \
	} while (0)

/* Files and mappings that a failed test leaves are closed by the runner. */
int open_end(const struct ends *ends, int end, int flags);
void close_end(int fd);

struct mcapi_info get_info(int fd);
struct mcapi_attach attach(int fd);
int try_attach(int fd, struct mcapi_attach *attach);
struct mcapi_window get_window(int fd, uint32_t kind);
void *map(int fd, uint32_t kind, int prot);
void unmap(volatile const void *at);
uint32_t get_seq(int fd);
void notify(int fd);
int wait_for(int fd, struct mcapi_wait *wait, uint32_t seq, int64_t deadline_ns);
int64_t in_ms(int64_t ms);	/* CLOCK_MONOTONIC, in nanoseconds */
void wait_up(int fd);
void settle(int fd);

/* A thread says which task it is; others wait until that sleeps, as in the call it makes next. */
void name_task(atomic_int *task);
void wait_asleep(atomic_int *task);

/* A thread in WAIT. Its error is 0, or what the call ended with. */
struct waiter {
	int fd;
	struct mcapi_wait wait;
	atomic_int task;
	pthread_t thread;
	int error;
};

/* Waits from now on, for what else @waiter->wait says; returns when it sleeps. */
void start_waiter(struct waiter *waiter);

/* Where a section lies in a mapping of the whole link. */
size_t section_offset(const struct mcapi_info *info, uint32_t section);
const volatile struct mcapi_wire_owner *owner_line(const void *link, const struct mcapi_info *info,
						   uint32_t section);

bool write_faults(volatile uint32_t *word);

#endif /* UAPI_TESTS_H */
