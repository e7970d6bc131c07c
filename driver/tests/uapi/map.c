// SPDX-License-Identifier: BSD-3-Clause
/*
 * map.c - mappings of /dev/mcapiN: who sees what, who may write what
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi.h"

static void *try_map(int fd, const struct mcapi_window *window, int prot, int flags)
{
	return mmap(NULL, window->length, prot, flags, fd, (off_t)window->offset);
}

#define CHECK_MAP_ERROR(call, error) \
	do { \
		errno = 0; \
		CHECK((call) == MAP_FAILED); \
		CHECK(errno == (error)); \
	} while (0)

static void status_page_agrees_with_info(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDONLY);
	const volatile struct mcapi_status *status = map(fd, MCAPI_WINDOW_STATUS, PROT_READ);
	struct mcapi_info info;

	wait_up(fd);
	info = get_info(fd);
	CHECK(status->seq == get_seq(fd));
	CHECK(status->link_state == info.link_state);
	CHECK(status->local_epoch == info.local_epoch);
	CHECK(status->peer_epoch == info.peer_epoch);
}

static void window_names_only_what_there_is(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);
	struct mcapi_window window = { .size = sizeof(window), .kind = MCAPI_WINDOW_SECTION };

	CHECK_ERROR(ioctl(fd, MCAPI_IOC_WINDOW, &window), EINVAL);
	window.kind = 3;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_WINDOW, &window), EINVAL);
	window.kind = UINT32_MAX;
	CHECK_ERROR(ioctl(fd, MCAPI_IOC_WINDOW, &window), EINVAL);

	window = get_window(fd, MCAPI_WINDOW_LINK);
	CHECK(window.length == get_info(fd).window_size);
	CHECK(!(window.attrs & MCAPI_WINDOW_WRITE));
	attach(fd);
	window = get_window(fd, MCAPI_WINDOW_SECTION);
	CHECK(window.length == get_info(fd).section_size);
	CHECK(window.attrs & MCAPI_WINDOW_WRITE);
}

static void section_is_written_and_seen_by_the_peer(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a);
	struct mcapi_info info = get_info(a);
	volatile uint32_t *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	const char *link = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	const volatile uint32_t *seen = (const void *)(link + section_offset(&info, own.section));
	size_t last = info.section_size / sizeof(*section) - 1;

	section[0] = 0x600df00d;
	section[last] = 0xfeedbee5;
	CHECK(seen[0] == 0x600df00d);
	CHECK(seen[last] == 0xfeedbee5);
	CHECK(owner_line(link, &info, own.section)->state == MCAPI_WIRE_OWNER_LIVE);
	CHECK(owner_line(link, &info, own.section)->epoch == own.epoch);
}

static void reading_maps_cannot_be_written(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);

	for (uint32_t kind = MCAPI_WINDOW_STATUS; kind <= MCAPI_WINDOW_LINK; kind++) {
		struct mcapi_window window = get_window(fd, kind);
		uint32_t *at = map(fd, kind, PROT_READ);

		CHECK(write_faults(at));
		CHECK_ERROR(mprotect(at, 4096, PROT_READ | PROT_WRITE), EACCES);
		CHECK(write_faults(at));
		CHECK_MAP_ERROR(try_map(fd, &window, PROT_READ | PROT_WRITE, MAP_SHARED), EACCES);
		CHECK_MAP_ERROR(try_map(fd, &window, PROT_WRITE, MAP_SHARED), EACCES);
	}
}

static void no_map_is_private_or_executable(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR);

	attach(fd);
	for (uint32_t kind = MCAPI_WINDOW_STATUS; kind <= MCAPI_WINDOW_SECTION; kind++) {
		struct mcapi_window window = get_window(fd, kind);
		void *at = map(fd, kind, PROT_READ);

		CHECK_MAP_ERROR(try_map(fd, &window, PROT_READ, MAP_PRIVATE), EINVAL);
		CHECK_MAP_ERROR(try_map(fd, &window, PROT_READ | PROT_EXEC, MAP_SHARED), EPERM);
		CHECK_ERROR(mprotect(at, 4096, PROT_READ | PROT_EXEC), EACCES);
	}
}

static void maps_stay_inside(const struct ends *ends)
{
	long page = sysconf(_SC_PAGESIZE);
	int fd = open_end(ends, 0, O_RDWR);

	attach(fd);
	for (uint32_t kind = MCAPI_WINDOW_STATUS; kind <= MCAPI_WINDOW_SECTION; kind++) {
		struct mcapi_window window = get_window(fd, kind), wrong = window;
		void *at;

		wrong.length += (uint64_t)page;
		CHECK_MAP_ERROR(try_map(fd, &wrong, PROT_READ, MAP_SHARED), EINVAL);
		wrong = window;
		wrong.offset += (uint64_t)page;
		CHECK_MAP_ERROR(try_map(fd, &wrong, PROT_READ, MAP_SHARED), EINVAL);
		wrong.offset = window.offset + window.length;
		wrong.length = (uint64_t)page;
		CHECK_MAP_ERROR(try_map(fd, &wrong, PROT_READ, MAP_SHARED), EINVAL);
		wrong.offset = UINT64_C(77) << 40;
		CHECK_MAP_ERROR(try_map(fd, &wrong, PROT_READ, MAP_SHARED), EINVAL);

		/* the last page alone is fine, and cannot grow */
		wrong.offset = window.offset + window.length - (uint64_t)page;
		at = try_map(fd, &wrong, PROT_READ, MAP_SHARED);
		CHECK(at != MAP_FAILED);
		CHECK_MAP_ERROR(mremap(at, (size_t)page, 2 * (size_t)page, MREMAP_MAYMOVE), EFAULT);
		CHECK(munmap(at, (size_t)page) == 0);
	}
}

static void section_of_another_file_is_out_of_reach(const struct ends *ends)
{
	int one = open_end(ends, 0, O_RDWR), two = open_end(ends, 0, O_RDWR);
	int none = open_end(ends, 0, O_RDWR);
	struct mcapi_window window;

	attach(one);
	attach(two);
	window = get_window(one, MCAPI_WINDOW_SECTION);
	CHECK_MAP_ERROR(try_map(two, &window, PROT_READ, MAP_SHARED), EINVAL);
	CHECK_MAP_ERROR(try_map(none, &window, PROT_READ, MAP_SHARED), EINVAL);
}

static void forked_child_has_no_map(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDWR), status;
	volatile uint32_t *section;
	pid_t child;

	attach(fd);
	section = map(fd, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	*section = 1;
	CHECK_ERROR(madvise((void *)section, 4096, MADV_DOFORK), EINVAL);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		*section = 2;
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	CHECK(*section == 1);
}

const struct test map_tests[] = {
	{ "the status page agrees with INFO", status_page_agrees_with_info, false },
	{ "WINDOW names only what there is", window_names_only_what_there_is, false },
	{ "a section is written here and seen at the peer",
	  section_is_written_and_seen_by_the_peer, false },
	{ "maps for reading cannot be written or upgraded", reading_maps_cannot_be_written, false },
	{ "no map is private or executable", no_map_is_private_or_executable, false },
	{ "maps stay inside of their window", maps_stay_inside, false },
	{ "another file's section is out of reach",
	  section_of_another_file_is_out_of_reach, false },
	{ "a forked child has no map", forked_child_has_no_map, false },
	{ NULL, NULL, false }
};
