// SPDX-License-Identifier: BSD-3-Clause
/*
 * fuzz.c - wrong calls at random: none may do more than fail with a known error
 *
 * The numbers come from a seed that is printed, so that a run can be repeated
 * with --seed. Signals come all the time, to end calls that sleep.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "uapi.h"

static uint64_t state;

/* xorshift64* */
static uint32_t any(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * UINT64_C(2685821657736338717)) >> 32);
}

static uint32_t one_of(const uint32_t *values, size_t count)
{
	return values[any() % count];
}

#define ONE_OF(...) \
	one_of((const uint32_t[]){ __VA_ARGS__ }, \
	       sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static bool is_known(int error)
{
	const int known[] = { EINVAL, E2BIG, EFAULT, ENOTTY, EPERM, EACCES, EBUSY, ENOSPC,
			      ETIMEDOUT, EINTR, EBADF, EAGAIN, ENOMEM, EOVERFLOW, ENODEV };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (error == known[i])
			return true;
	return false;
}

/* An argument whose first bytes make some sense, at the end of a page or anywhere. */
static void *make_argument(char *page, size_t size)
{
	const uint32_t sizes[] = { 0, 8, 16, 24, 32, 40, 104, 136, 140, 4096, 4097, UINT32_MAX };
	uint32_t words[64], length = one_of(sizes, 12), room = any() % 200;
	char *at = page + size - (room & ~3u);

	for (size_t i = 0; i < 64; i++)
		words[i] = any() % 4 ? any() % 5 : any();
	words[0] = any() % 8 ? length : any();
	words[1] = any() % 4 ? 0 : any() % 3;
	memcpy(at, words, room & ~3u);
	return any() % 64 ? at : (void *)(uintptr_t)any();
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void ring_the_alarm(bool on)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval each = { .it_interval.tv_usec = 2000, .it_value.tv_usec = 2000 };

	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	if (!on)
		each = (struct itimerval){ .it_value.tv_usec = 0 };
	CHECK(setitimer(ITIMER_REAL, &each, NULL) == 0);
}

/* A stray eventfd number would be the output: only those that are open here are meant. */
static void random_ioctls_only_fail(const struct ends *ends)
{
	unsigned int calls = ends->longer ? 1000000 : 20000, errors = 0;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	int fd = open_end(ends, 0, O_RDWR);

	CHECK(page != MAP_FAILED);
	CHECK(mprotect(page + size, size, PROT_NONE) == 0);
	state = ends->seed;
	printf("# %u calls, seed %llu\n", calls, (unsigned long long)ends->seed);
	ring_the_alarm(true);
	for (unsigned int i = 0; i < calls; i++) {
		uint32_t nr = any() % 4 ? any() % 9 : any() % 256;
		uint32_t type = any() % 16 ? MCAPI_IOC_MAGIC : any() % 256;
		uint32_t dir = any() % 16 ? _IOC_READ | _IOC_WRITE : any() % 4;
		uint32_t length = ONE_OF(0, 16, 24, 32, 40, 104, 136, any() & _IOC_SIZEMASK);
		void *argument = make_argument(page, size);

		if (ioctl(fd, _IOC(dir, type, nr, length), argument) == -1) {
			errors++;
			if (!is_known(errno)) {
				ring_the_alarm(false);
				printf("# call %u, command %u\n", i, nr);
				CHECK(!"a known error");
			}
		}
	}
	ring_the_alarm(false);
	munmap(page, 2 * size);
	CHECK(errors > calls / 2);
	CHECK(errors < calls);
	/* it still works */
	close_end(fd);
	wait_up(open_end(ends, 0, O_RDONLY));
}

static void random_maps_stay_inside(const struct ends *ends)
{
	unsigned int calls = ends->longer ? 100000 : 5000, mapped = 0;
	int fd = open_end(ends, 0, O_RDWR);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct mcapi_window window;

	attach(fd);
	state = ends->seed ^ 0x6d617073;
	for (unsigned int i = 0; i < calls; i++) {
		uint64_t offset;
		size_t length;
		int prot = (int)(any() % 8), flags = any() % 4 ? MAP_SHARED : MAP_PRIVATE;
		void *at;

		window = get_window(fd, any() % 3);
		offset = window.offset + (any() % 4 ? any() % 64 : any()) * (uint64_t)page;
		length = (any() % 4 ? any() % 64 : any()) * page + page;
		at = mmap(NULL, length, prot, flags, fd, (off_t)offset);
		if (at == MAP_FAILED) {
			CHECK(is_known(errno));
			continue;
		}
		mapped++;
		CHECK(flags == MAP_SHARED && !(prot & PROT_EXEC));
		CHECK(offset - window.offset + length <= window.length);
		CHECK(!(prot & PROT_WRITE) || window.attrs & MCAPI_WINDOW_WRITE);
		if (prot & PROT_READ)
			CHECK(*(volatile char *)at || true);
		CHECK(munmap(at, length) == 0);
	}
	CHECK(mapped > 0 && mapped < calls);
}

const struct test fuzz_tests[] = {
	{ "random ioctls only fail", random_ioctls_only_fail, false },
	{ "random maps stay inside", random_maps_stay_inside, false },
	{ NULL, NULL, false }
};
