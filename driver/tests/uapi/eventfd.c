// SPDX-License-Identifier: BSD-3-Clause
/*
 * eventfd.c - an eventfd that a link signals
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "uapi.h"

static int set_eventfd(int fd, int eventfd, uint32_t events)
{
	struct mcapi_eventfd arg = { .size = sizeof(arg), .fd = eventfd, .events = events };

	return ioctl(fd, MCAPI_IOC_EVENTFD, &arg);
}

static bool is_signalled(int eventfd, int timeout)
{
	struct pollfd polled = { .fd = eventfd, .events = POLLIN };
	uint64_t count;

	return poll(&polled, 1, timeout) == 1 &&
	       read(eventfd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static void doorbell_signals(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY), spare;
	int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int link = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct mcapi_wait wait;
	uint32_t seq;

	CHECK(bell >= 0 && link >= 0);
	wait_up(a);
	wait_up(b);
	CHECK(set_eventfd(b, bell, MCAPI_EVENT_DOORBELL) == 0);
	spare = open_end(ends, 1, O_RDONLY);
	CHECK(set_eventfd(spare, link, MCAPI_EVENT_LINK) == 0);
	CHECK(!is_signalled(bell, 0));
	notify(a);
	CHECK(is_signalled(bell, 5000));
	CHECK(!is_signalled(link, 0));

	/* it ends with -1, and with the file even though the eventfd lives on */
	CHECK(set_eventfd(b, -1, 0) == 0);
	CHECK(set_eventfd(spare, bell, MCAPI_EVENT_DOORBELL) == 0);
	close_end(spare);
	seq = get_seq(b);
	notify(a);
	CHECK(wait_for(b, &wait, seq, in_ms(5000)) == 0);
	CHECK(!is_signalled(bell, 0));
	close(bell);
	close(link);
}

static void file_keeps_the_eventfd(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	int bell = eventfd(0, EFD_CLOEXEC), other = dup(bell);

	wait_up(a);
	CHECK(set_eventfd(b, bell, MCAPI_EVENT_DOORBELL) == 0);
	close(bell);
	notify(a);
	CHECK(is_signalled(other, 5000));
	close(other);
}

static void wrong_eventfds_are_refused(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDONLY), bell = eventfd(0, EFD_CLOEXEC);

	CHECK_ERROR(set_eventfd(fd, 1000, MCAPI_EVENT_DOORBELL), EBADF);
	CHECK_ERROR(set_eventfd(fd, fd, MCAPI_EVENT_DOORBELL), EINVAL);
	CHECK_ERROR(set_eventfd(fd, -2, MCAPI_EVENT_DOORBELL), EINVAL);
	CHECK_ERROR(set_eventfd(fd, bell, 0), EINVAL);
	CHECK_ERROR(set_eventfd(fd, bell, 4), EINVAL);
	CHECK_ERROR(set_eventfd(fd, -1, MCAPI_EVENT_LINK), EINVAL);
	close(bell);
}

/* Each wake-up signals them all, in an interrupt. */
static void link_has_room_for_so_many(const struct ends *ends)
{
	int fds[MCAPI_EVENTFD_MAX], last = open_end(ends, 0, O_RDONLY);
	int bell = eventfd(0, EFD_CLOEXEC);

	for (int i = 0; i < MCAPI_EVENTFD_MAX; i++) {
		fds[i] = open_end(ends, 0, O_RDONLY);
		CHECK(set_eventfd(fds[i], bell, MCAPI_EVENT_DOORBELL) == 0);
	}
	CHECK_ERROR(set_eventfd(last, bell, MCAPI_EVENT_DOORBELL), ENOSPC);
	CHECK(set_eventfd(last, -1, 0) == 0);
	/* to replace one needs no room, to end one or its file makes some */
	CHECK(set_eventfd(fds[0], bell, MCAPI_EVENT_LINK) == 0);
	CHECK(set_eventfd(fds[0], -1, 0) == 0);
	CHECK(set_eventfd(last, bell, MCAPI_EVENT_DOORBELL) == 0);
	CHECK_ERROR(set_eventfd(fds[0], bell, MCAPI_EVENT_DOORBELL), ENOSPC);
	close_end(fds[1]);
	CHECK(set_eventfd(fds[0], bell, MCAPI_EVENT_DOORBELL) == 0);
	close(bell);
}

const struct test eventfd_tests[] = {
	{ "a doorbell signals the eventfds that ask for it", doorbell_signals, false },
	{ "a file keeps its eventfd", file_keeps_the_eventfd, false },
	{ "a link has room for so many eventfds", link_has_room_for_so_many, false },
	{ "wrong eventfds and events are refused", wrong_eventfds_are_refused, false },
	{ NULL, NULL, false }
};
