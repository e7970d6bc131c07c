// SPDX-License-Identifier: BSD-3-Clause
/*
 * main.c - runs the tests of /dev/mcapiN on both ends of a loopback link
 *
 * uapi_test [--driver /sys/bus/platform/drivers/mcapi-link] [--long] [--only WORDS]
 *	[--seed N] [--wakes N] [--suspend STATE] [--pair CONFIGFS-FOLDER]
 *	/dev/mcapi0 /dev/mcapi1
 *
 * Output is KTAP. Exit 0: all passed, 1: some failed, 2: wrong usage, 4: skipped,
 * because there is no device or its window is too small.
 * With --driver the link's device is also taken away and brought back; --long makes
 * what is random or a race last longer; --only runs those with WORDS in their names.
 * --wakes says how often one doorbell wakes: 2 if the controller clears it only
 * afterwards, else 1. --suspend and --pair only run the tests that need them: the system
 * is put into a state of /sys/power/state; the pair of mailbox-loopback ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "uapi.h"

#define MAX_FDS		256
#define MAX_MAPS	16

jmp_buf test_failed;

static int open_fds[MAX_FDS];
static int open_count;
static struct {
	void *at;
	size_t length;
} maps[MAX_MAPS];
static int map_count;

_Noreturn void fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: not so: %s (errno %d, %s)\n", file, line, what, errno, strerror(errno));
	longjmp(test_failed, 1);
}

int open_end(const struct ends *ends, int end, int flags)
{
	int fd = open(ends->path[end], flags | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(open_count < MAX_FDS);
	open_fds[open_count++] = fd;
	return fd;
}

void close_end(int fd)
{
	for (int i = 0; i < open_count; i++) {
		if (open_fds[i] == fd) {
			open_fds[i] = open_fds[--open_count];
			CHECK(close(fd) == 0);
			return;
		}
	}
	CHECK(!"an open end");
}

void unmap(volatile const void *at)
{
	for (int i = 0; i < map_count; i++) {
		if (maps[i].at == at) {
			munmap(maps[i].at, maps[i].length);
			maps[i] = maps[--map_count];
			return;
		}
	}
	CHECK(!"a mapping");
}

static void clean_up(void)
{
	while (map_count)
		unmap(maps[map_count - 1].at);
	while (open_count)
		close(open_fds[--open_count]);
}

struct mcapi_info get_info(int fd)
{
	struct mcapi_info info = { .size = sizeof(info) };

	CHECK(ioctl(fd, MCAPI_IOC_INFO, &info) == 0);
	return info;
}

int try_attach(int fd, struct mcapi_attach *attach)
{
	*attach = (struct mcapi_attach){ .size = sizeof(*attach) };
	return ioctl(fd, MCAPI_IOC_ATTACH, attach);
}

struct mcapi_attach attach(int fd)
{
	struct mcapi_attach attach;

	CHECK(try_attach(fd, &attach) == 0);
	return attach;
}

struct mcapi_window get_window(int fd, uint32_t kind)
{
	struct mcapi_window window = { .size = sizeof(window), .kind = kind };

	CHECK(ioctl(fd, MCAPI_IOC_WINDOW, &window) == 0);
	return window;
}

void *map(int fd, uint32_t kind, int prot)
{
	struct mcapi_window window = get_window(fd, kind);
	void *at = mmap(NULL, window.length, prot, MAP_SHARED, fd, (off_t)window.offset);

	CHECK(at != MAP_FAILED);
	CHECK(map_count < MAX_MAPS);
	maps[map_count].at = at;
	maps[map_count++].length = window.length;
	return at;
}

uint32_t get_seq(int fd)
{
	struct mcapi_wait wait = { .size = sizeof(wait) };

	/* Only a look: the answer is there whether the sequence was 0 or not. */
	CHECK(ioctl(fd, MCAPI_IOC_WAIT, &wait) == 0 || errno == ETIMEDOUT);
	return wait.seq;
}

void notify(int fd)
{
	struct mcapi_notify notify = { .size = sizeof(notify) };

	CHECK(ioctl(fd, MCAPI_IOC_NOTIFY, &notify) == 0);
}

int wait_for(int fd, struct mcapi_wait *wait, uint32_t seq, int64_t deadline_ns)
{
	*wait = (struct mcapi_wait){
		.size = sizeof(*wait), .seq = seq, .deadline_ns = deadline_ns,
	};
	return ioctl(fd, MCAPI_IOC_WAIT, wait);
}

int64_t in_ms(int64_t ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + ms * 1000000;
}

void wait_up(int fd)
{
	int64_t deadline = in_ms(5000);
	struct mcapi_wait wait = { .size = sizeof(wait), .deadline_ns = deadline };

	for (;;) {
		wait.seq = get_seq(fd);
		if (get_info(fd).link_state == MCAPI_LINK_UP)
			break;
		CHECK(ioctl(fd, MCAPI_IOC_WAIT, &wait) == 0);
	}
	settle(fd);
}

/* Doorbells that are under way take less than a millisecond; here is when none is. */
void settle(int fd)
{
	struct mcapi_wait wait;

	while (!wait_for(fd, &wait, get_seq(fd), in_ms(10)))
		;
	CHECK(errno == ETIMEDOUT);
}

void name_task(atomic_int *task)
{
	atomic_store(task, gettid());
}

/* As the kernel tells it; 'S' is a sleep that a signal can end. */
static char task_state(int task)
{
	char path[32], text[512];
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", task);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[length > 0 ? length : 0] = 0;
	/* the name before it can hold anything */
	return strrchr(text, ')') ? strrchr(text, ')')[2] : 0;
}

void wait_asleep(atomic_int *task)
{
	int64_t deadline = in_ms(5000);

	while (!atomic_load(task) || task_state(atomic_load(task)) != 'S') {
		CHECK(in_ms(0) < deadline);
		poll(NULL, 0, 1);
	}
}

static void *wait_in_thread(void *data)
{
	struct waiter *waiter = data;

	name_task(&waiter->task);
	waiter->error = ioctl(waiter->fd, MCAPI_IOC_WAIT, &waiter->wait) ? errno : 0;
	return NULL;
}

void start_waiter(struct waiter *waiter)
{
	waiter->wait.size = sizeof(waiter->wait);
	waiter->wait.seq = get_seq(waiter->fd);
	CHECK(!pthread_create(&waiter->thread, NULL, wait_in_thread, waiter));
	wait_asleep(&waiter->task);
}

size_t section_offset(const struct mcapi_info *info, uint32_t section)
{
	return info->side * (info->window_size / 2) + MCAPI_WIRE_GRANULE +
	       section * info->section_size;
}

const volatile struct mcapi_wire_owner *owner_line(const void *link, const struct mcapi_info *info,
						   uint32_t section)
{
	return (const void *)((const char *)link + info->side * (info->window_size / 2) +
			      MCAPI_WIRE_OWNER_OFF + section * sizeof(struct mcapi_wire_owner));
}

static sigjmp_buf faulted;

static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(faulted, 1);
}

bool write_faults(volatile uint32_t *word)
{
	struct sigaction action = { .sa_handler = on_fault }, old;
	bool faults;

	sigaction(SIGSEGV, &action, &old);
	faults = sigsetjmp(faulted, 1);
	if (!faults)
		*word = 0x5eed;
	sigaction(SIGSEGV, &old, NULL);
	return faults;
}

static bool run(const struct test *test, const struct ends *ends, int number)
{
	volatile bool ok = false;

	if (test->needs_driver && !ends->driver) {
		printf("ok %d - %s # SKIP needs --driver\n", number, test->name);
		return true;
	}
	if (!setjmp(test_failed)) {
		test->run(ends);
		ok = true;
	}
	clean_up();
	printf("%s %d - %s\n", ok ? "ok" : "not ok", number, test->name);
	fflush(stdout);
	return ok;
}

static uint32_t sections(const struct ends *ends)
{
	volatile uint32_t count = 0;

	if (!setjmp(test_failed))
		count = get_info(open_end(ends, 0, O_RDONLY)).sections;
	clean_up();
	return count;
}

/* Returns false on wrong usage. */
static bool parse(int argc, char **argv, struct ends *ends)
{
	static const struct option options[] = {
		{ "driver", required_argument, NULL, 'd' },
		{ "long", no_argument, NULL, 'l' },
		{ "only", required_argument, NULL, 'o' },
		{ "seed", required_argument, NULL, 's' },
		{ "wakes", required_argument, NULL, 'w' },
		{ "suspend", required_argument, NULL, 'S' },
		{ "pair", required_argument, NULL, 'p' },
		{ "inherited", required_argument, NULL, 'i' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			ends->driver = optarg;
			break;
		case 'l':
			ends->longer = true;
			break;
		case 'o':
			ends->only = optarg;
			break;
		case 's':
			ends->seed = strtoull(optarg, NULL, 0);
			break;
		case 'w':
			ends->wakes = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		case 'S':
			ends->suspend = optarg;
			break;
		case 'p':
			ends->pair = optarg;
			break;
		case 'i':
			exit(inherited_file_works(atoi(optarg)));
		default:
			return false;
		}
	}
	ends->path[0] = argv[optind];
	ends->path[1] = argv[optind + 1];
	return argc == optind + 2 && ends->seed;
}

/* Ends with NULL. */
static const struct test *const *groups_of(const struct ends *ends)
{
	static const struct test *const usual[] = {
		call_tests, map_tests, sleep_tests, many_tests, word_tests, eventfd_tests,
		pass_tests, fuzz_tests, removal_tests, NULL
	};
	static const struct test *const suspend[] = { suspend_tests, NULL };
	static const struct test *const pair[] = { pair_tests, NULL };

	return ends->suspend ? suspend : ends->pair ? pair : usual;
}

int main(int argc, char **argv)
{
	struct ends ends = { .seed = 20261122, .wakes = 1 };
	int number = 0, failed = 0;

	if (!parse(argc, argv, &ends)) {
		fprintf(stderr, "usage: mcapi-uapi-test [--driver SYSFS-FOLDER] [--long] "
			"[--only WORDS] [--seed N] [--wakes N] [--suspend STATE] "
			"[--pair CONFIGFS-FOLDER] DEVICE PEER-DEVICE\n");
		return 2;
	}
	for (int end = 0; end < 2; end++) {
		if (access(ends.path[end], F_OK)) {
			printf("1..0 # SKIP %s: %s; load mailbox-loopback\n", ends.path[end],
			       strerror(errno));
			return 4;
		}
	}
	if (sections(&ends) < 2) {
		printf("1..0 # SKIP the window has one section, the tests need two\n");
		return 4;
	}

	printf("KTAP version 1\n");
	for (const struct test *const *group = groups_of(&ends); *group; group++)
		for (const struct test *test = *group; test->name; test++)
			if (!ends.only || strstr(test->name, ends.only))
				failed += !run(test, &ends, ++number);
	printf("1..%d\n", number);
	return failed || !number ? 1 : 0;
}
