// SPDX-License-Identifier: BSD-3-Clause
/*
 * removal.c - the device goes while a process uses it, and comes back
 */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi.h"

static void tell_driver(const struct ends *ends, const char *verb, const char *device)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", ends->driver, verb);
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0);
	CHECK(write(fd, device, strlen(device)) == (ssize_t)strlen(device));
	CHECK(close(fd) == 0);
}

/* Name of the platform device behind an end. */
static void device_of(const char *path, char *name, size_t size)
{
	char node[PATH_MAX], class[PATH_MAX], target[PATH_MAX];
	ssize_t length;

	snprintf(node, sizeof(node), "%s", path);
	snprintf(class, sizeof(class), "/sys/class/mcapi/%.64s/device", basename(node));
	length = readlink(class, target, sizeof(target) - 1);
	CHECK(length > 0);
	target[length] = 0;
	snprintf(name, size, "%s", basename(target));
}

struct sleeper {
	int fd;
	uint32_t seq;
	int error;
	atomic_int task;
	pthread_t thread;
};

static void *sleep_in_thread(void *data)
{
	struct sleeper *sleeper = data;
	struct mcapi_wait wait = { .size = sizeof(wait), .seq = sleeper->seq,
				   .deadline_ns = in_ms(10000) };

	name_task(&sleeper->task);
	/* before the device goes it may be told of its peer's end */
	while (!ioctl(sleeper->fd, MCAPI_IOC_WAIT, &wait))
		;
	sleeper->error = errno;
	return NULL;
}

static void *read_in_thread(void *data)
{
	struct sleeper *sleeper = data;
	struct mcapi_event event;

	name_task(&sleeper->task);
	while (read(sleeper->fd, &event, sizeof(event)) > 0)
		;
	sleeper->error = errno;
	return NULL;
}

static void *poll_in_thread(void *data)
{
	struct sleeper *sleeper = data;
	struct pollfd polled = { .fd = sleeper->fd };

	name_task(&sleeper->task);
	/* only what is always told */
	sleeper->error = poll(&polled, 1, 10000) == 1 ? polled.revents : 0;
	return NULL;
}

/* Also one that waits for doorbells, of which none comes any more. */
static void *eventfd_in_thread(void *data)
{
	struct sleeper *sleeper = data;
	struct mcapi_eventfd set = { .size = sizeof(set), .fd = eventfd(0, EFD_CLOEXEC),
				     .events = MCAPI_EVENT_DOORBELL };
	struct pollfd polled = { .fd = set.fd, .events = POLLIN };

	sleeper->error = ioctl(sleeper->fd, MCAPI_IOC_EVENTFD, &set) ? errno : 0;
	name_task(&sleeper->task);
	if (poll(&polled, 1, 10000) != 1)
		sleeper->error = ETIMEDOUT;
	close(set.fd);
	return NULL;
}

#define WAYS 4

/* However they sleep, those who do are told. */
static void sleepers_are_told_of_removal(const struct ends *ends)
{
	void *(*const ways[WAYS])(void *) = { sleep_in_thread, read_in_thread, poll_in_thread,
					      eventfd_in_thread };
	const int told[WAYS] = { ENODEV, ENODEV, POLLERR | POLLHUP, 0 };
	struct sleeper sleepers[WAYS];
	char device[NAME_MAX];
	int fd;

	wait_up(open_end(ends, 0, O_RDONLY));
	for (int i = 0; i < WAYS; i++) {
		fd = open_end(ends, 0, O_RDONLY);
		sleepers[i] = (struct sleeper){ .fd = fd, .seq = get_seq(fd) };
		CHECK(!pthread_create(&sleepers[i].thread, NULL, ways[i], &sleepers[i]));
	}
	for (int i = 0; i < WAYS; i++)
		wait_asleep(&sleepers[i].task);
	device_of(ends->path[0], device, sizeof(device));
	tell_driver(ends, "unbind", device);
	for (int i = 0; i < WAYS; i++) {
		CHECK(!pthread_join(sleepers[i].thread, NULL));
		close_end(sleepers[i].fd);
	}
	tell_driver(ends, "bind", device);
	for (int i = 0; i < WAYS; i++)
		CHECK(sleepers[i].error == told[i]);
}

static void gone_device_says_so_and_comes_back(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_attach own = attach(a), other;
	struct mcapi_info at_a = get_info(a), at_b;
	struct sleeper sleeper = { .fd = a };
	struct pollfd polled = { .fd = a, .events = POLLIN };
	struct mcapi_info info = { .size = sizeof(info) };
	struct mcapi_notify notify = { .size = sizeof(notify) };
	struct mcapi_event event;
	const volatile struct mcapi_status *status = map(a, MCAPI_WINDOW_STATUS, PROT_READ);
	volatile uint32_t *section = map(a, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
	const volatile uint32_t *link = map(a, MCAPI_WINDOW_LINK, PROT_READ);
	const char *peer = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	const volatile uint32_t *seen = (const void *)(peer + section_offset(&at_a, own.section));
	struct mcapi_wait wait = { .size = sizeof(wait) };
	char device[NAME_MAX];
	pthread_t thread;

	wait_up(a);
	wait_up(b);
	*section = 1;
	CHECK(*seen == 1 && *link);
	sleeper.seq = get_seq(a);
	CHECK(!pthread_create(&thread, NULL, sleep_in_thread, &sleeper));
	wait_asleep(&sleeper.task);
	device_of(ends->path[0], device, sizeof(device));
	wait.seq = get_seq(b);
	wait.deadline_ns = in_ms(1000);
	tell_driver(ends, "unbind", device);

	CHECK(!pthread_join(thread, NULL));
	CHECK(sleeper.error == ENODEV);
	CHECK_ERROR(ioctl(a, MCAPI_IOC_INFO, &info), ENODEV);
	CHECK_ERROR(ioctl(a, MCAPI_IOC_NOTIFY, &notify), ENODEV);
	CHECK_ERROR(try_attach(a, &other), ENODEV);
	CHECK_ERROR(read(a, &event, sizeof(event)), ENODEV);
	CHECK(poll(&polled, 1, 0) == 1);
	CHECK((polled.revents & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP));
	CHECK(status->link_state == MCAPI_LINK_GONE);
	CHECK(*link == 0 && *section == 0);
	*section = 2;
	CHECK(*seen == 1);
	while (get_info(b).link_state == MCAPI_LINK_UP) {
		CHECK(ioctl(b, MCAPI_IOC_WAIT, &wait) == 0);
		CHECK(wait.events & (MCAPI_EVENT_DOORBELL | MCAPI_EVENT_LINK));
	}

	/* The number is free again once nobody holds the old device. */
	unmap(status);
	unmap(section);
	unmap(link);
	close_end(a);
	tell_driver(ends, "bind", device);
	a = open_end(ends, 0, O_RDWR);
	wait_up(a);
	wait_up(b);
	at_b = get_info(b);
	CHECK(get_info(a).local_epoch != at_a.local_epoch);
	CHECK(at_b.peer_epoch == get_info(a).local_epoch);
}

const struct test removal_tests[] = {
	{ "a device that is gone says so and comes back in a new life",
	  gone_device_says_so_and_comes_back, true },
	{ "all who sleep are told when the device goes", sleepers_are_told_of_removal, true },
	{ NULL, NULL, false }
};

static void end_pair(const struct ends *ends)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/live", ends->pair);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(write(fd, "0", 1) == 1);
	CHECK(close(fd) == 0);
}

/* The controller goes, and with it both ends and the memory between them. */
static void controller_may_go_while_all_is_in_use(const struct ends *ends)
{
	void *(*const ways[])(void *) = { sleep_in_thread, read_in_thread, poll_in_thread };
	const int told[] = { ENODEV, ENODEV, POLLERR | POLLHUP };
	const volatile struct mcapi_status *status[2];
	volatile uint32_t *section[2];
	const volatile uint32_t *link[2];
	struct sleeper sleepers[6];
	int end, fd[2];

	for (end = 0; end < 2; end++) {
		fd[end] = open_end(ends, end, O_RDWR);
		attach(fd[end]);
		status[end] = map(fd[end], MCAPI_WINDOW_STATUS, PROT_READ);
		link[end] = map(fd[end], MCAPI_WINDOW_LINK, PROT_READ);
		section[end] = map(fd[end], MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE);
		*section[end] = 1;
		CHECK(*link[end]);
	}
	wait_up(fd[0]);
	wait_up(fd[1]);
	for (int i = 0; i < 6; i++) {
		sleepers[i] = (struct sleeper){ .fd = open_end(ends, i % 2, O_RDONLY) };
		sleepers[i].seq = get_seq(sleepers[i].fd);
		CHECK(!pthread_create(&sleepers[i].thread, NULL, ways[i / 2], &sleepers[i]));
		wait_asleep(&sleepers[i].task);
	}
	end_pair(ends);
	for (int i = 0; i < 6; i++)
		CHECK(!pthread_join(sleepers[i].thread, NULL));
	for (end = 0; end < 2; end++) {
		struct mcapi_notify notify = { .size = sizeof(notify) };

		CHECK(status[end]->link_state == MCAPI_LINK_GONE);
		CHECK(*link[end] == 0 && *section[end] == 0);
		*section[end] = 2;
		CHECK(*link[end] == 0);
		CHECK_ERROR(ioctl(fd[end], MCAPI_IOC_NOTIFY, &notify), ENODEV);
	}
	for (int i = 0; i < 6; i++)
		CHECK(sleepers[i].error == told[i / 2]);
}

const struct test pair_tests[] = {
	{ "a controller may go while its links are in use",
	  controller_may_go_while_all_is_in_use, false },
	{ NULL, NULL, false }
};
