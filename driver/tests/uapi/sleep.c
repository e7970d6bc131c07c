// SPDX-License-Identifier: BSD-3-Clause
/*
 * sleep.c - doorbells of /dev/mcapiN: who is woken, and when
 */
#define _GNU_SOURCE /* unshare() */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi.h"

static void notify_ends_the_peers_wait(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	uint64_t received;
	struct mcapi_wait wait;
	uint32_t seq;

	wait_up(a);
	wait_up(b);
	seq = get_seq(b);
	received = get_info(b).received;
	notify(a);
	CHECK(wait_for(b, &wait, seq, in_ms(5000)) == 0);
	CHECK(wait.seq != seq);
	CHECK(wait.events == MCAPI_EVENT_DOORBELL);
	CHECK(get_info(b).received == received + 1);
	CHECK(get_info(a).rings > 0);

	/* who looks at an older sequence need not sleep */
	CHECK(wait_for(b, &wait, seq, -1) == 0);
	CHECK(wait.events == MCAPI_EVENT_DOORBELL);
}

/*
 * Once, or once more if the controller clears a doorbell only after it has told of it:
 * what the peer rang for in between, it could not tell.
 */
static void doorbell_wakes_as_often_as_it_must(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct mcapi_info before, after;
	struct mcapi_wait wait;
	uint32_t seq, now;

	wait_up(a);
	wait_up(b);
	before = get_info(a);
	seq = get_seq(b);
	notify(a);
	for (now = seq; now - seq < ends->wakes; now = wait.seq)
		CHECK(wait_for(b, &wait, now, in_ms(5000)) == 0);
	settle(b);
	after = get_info(a);
	/* a ring that the controller lost is not what is looked at here */
	if (after.stalls == before.stalls)
		CHECK(get_seq(b) - seq == ends->wakes);
}

static void notify_needs_a_file_open_for_writing(const struct ends *ends)
{
	struct mcapi_notify notify = { .size = sizeof(notify) };

	CHECK_ERROR(ioctl(open_end(ends, 0, O_RDONLY), MCAPI_IOC_NOTIFY, &notify), EPERM);
}

static void wait_ends_at_its_deadline(const struct ends *ends)
{
	int fd = open_end(ends, 0, O_RDONLY);
	uint32_t seq = get_seq(fd);
	int64_t deadline = in_ms(50);
	struct mcapi_wait wait;

	CHECK_ERROR(wait_for(fd, &wait, seq, 0), ETIMEDOUT);
	CHECK(wait.seq == seq && !wait.events);
	CHECK_ERROR(wait_for(fd, &wait, seq, 1), ETIMEDOUT);
	CHECK_ERROR(wait_for(fd, &wait, seq, deadline), ETIMEDOUT);
	CHECK(in_ms(0) >= deadline);
}

/* For a child, which must not fail by CHECK(). Exit status 0: it ended then, not before. */
static void exit_after_deadline(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct mcapi_wait wait = { .size = sizeof(wait) };
	int64_t deadline = in_ms(50);

	alarm(10);
	ioctl(fd, MCAPI_IOC_WAIT, &wait); /* tells the sequence */
	wait.deadline_ns = deadline;
	if (!ioctl(fd, MCAPI_IOC_WAIT, &wait) || errno != ETIMEDOUT)
		_exit(1);
	_exit(in_ms(0) >= deadline ? 0 : 1);
}

/* The kernel may have no time namespaces; then there is nothing to ask of it. */
static void exit_after_deadline_in_a_time_namespace(const char *path, int ahead)
{
	int file, length, status;
	char offset[64];
	pid_t child;

	if (unshare(CLONE_NEWTIME))
		_exit(errno == EINVAL ? 0 : 1);
	length = snprintf(offset, sizeof(offset), "monotonic %d 0\n", ahead);
	file = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (write(file, offset, (size_t)length) != length)
		_exit(1);
	/* Children are in the namespace, its maker is not. */
	child = fork();
	if (!child)
		exit_after_deadline(path);
	_exit(waitpid(child, &status, 0) == child && !status ? 0 : 1);
}

static void wait_ends_at_its_deadline_in_a_time_namespace(const struct ends *ends)
{
	const int ahead[] = { 1000000, -1 };
	int status;
	pid_t child;

	for (int i = 0; i < 2; i++) {
		child = fork();
		CHECK(child >= 0);
		if (!child)
			exit_after_deadline_in_a_time_namespace(ends->path[0], ahead[i]);
		CHECK(waitpid(child, &status, 0) == child && !status);
	}
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void wait_ends_with_eintr(const struct ends *ends)
{
	/* even if the handler asks for restart: the caller must get a chance to look */
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval soon = { .it_value.tv_usec = 50000 };
	int fd = open_end(ends, 0, O_RDONLY);
	struct mcapi_wait wait;

	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	CHECK_ERROR(wait_for(fd, &wait, get_seq(fd), in_ms(10000)), EINTR);
}

/* A debugger or a shell stops and continues processes: their calls go on. */
static void stopped_wait_goes_on(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY), status;
	struct mcapi_wait wait;
	atomic_int task;
	uint32_t seq;
	pid_t child;

	wait_up(a);
	wait_up(b);
	seq = get_seq(b);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(wait_for(b, &wait, seq, in_ms(10000)) ? errno : 0);
	atomic_store(&task, child);
	wait_asleep(&task);
	CHECK(kill(child, SIGSTOP) == 0);
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	CHECK(kill(child, SIGCONT) == 0);
	CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
	wait_asleep(&task);
	notify(a);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void poll_and_read_follow_the_sequence(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY | O_NONBLOCK);
	struct pollfd readable = { .fd = b, .events = POLLIN };
	struct mcapi_event event;

	wait_up(a);
	wait_up(b);
	while (read(b, &event, sizeof(event)) > 0)
		;
	CHECK_ERROR(read(b, &event, sizeof(event)), EAGAIN);
	CHECK_ERROR(read(b, &event, sizeof(event) - 1), EINVAL);
	CHECK(poll(&readable, 1, 0) == 0);

	notify(a);
	CHECK(poll(&readable, 1, 5000) == 1);
	CHECK(readable.revents == POLLIN);
	CHECK(read(b, &event, sizeof(event)) == (ssize_t)sizeof(event));
	CHECK(event.events == MCAPI_EVENT_DOORBELL);
	CHECK(event.link_state == MCAPI_LINK_UP);
	CHECK(event.peer_epoch == get_info(a).local_epoch);
	/* a controller that clears late makes the kernel wake once more */
	settle(b);
	while (read(b, &event, sizeof(event)) > 0)
		;
	CHECK(event.seq == get_seq(b));
	CHECK(poll(&readable, 1, 0) == 0);

	/* a new file starts at the present */
	readable.fd = open_end(ends, 1, O_RDONLY);
	CHECK(poll(&readable, 1, 0) == 0);
}

static void all_sleepers_are_woken(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct waiter waiters[3];

	wait_up(a);
	wait_up(b);
	for (int i = 0; i < 3; i++) {
		waiters[i] = (struct waiter){ .fd = i ? b : open_end(ends, 1, O_RDONLY),
					      .wait.deadline_ns = in_ms(10000) };
		start_waiter(&waiters[i]);
	}
	notify(a);
	for (int i = 0; i < 3; i++)
		CHECK(!pthread_join(waiters[i].thread, NULL));
	for (int i = 0; i < 3; i++)
		CHECK(waiters[i].error == 0);
}

static void killed_owner_is_declared_dead(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDONLY), b = open_end(ends, 1, O_RDONLY), ready[2], status;
	const void *link = map(b, MCAPI_WINDOW_LINK, PROT_READ);
	struct mcapi_info info = get_info(a);
	struct mcapi_attach own;
	struct mcapi_wait wait;
	uint32_t seq;
	pid_t child;

	wait_up(b);
	CHECK(pipe(ready) == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		int fd = open(ends->path[0], O_RDWR);

		if (!try_attach(fd, &own) && write(ready[1], &own, sizeof(own)) == sizeof(own))
			pause();
		_exit(1);
	}
	close(ready[1]);
	status = (int)read(ready[0], &own, sizeof(own));
	close(ready[0]);
	seq = get_seq(b);
	kill(child, SIGKILL);
	CHECK(waitpid(child, NULL, 0) == child);
	CHECK(status == sizeof(own));

	/* the peer is rung, and finds the owner's line changed */
	CHECK(wait_for(b, &wait, seq, in_ms(1000)) == 0);
	CHECK(owner_line(link, &info, own.section)->state == MCAPI_WIRE_OWNER_DEAD);
	CHECK(owner_line(link, &info, own.section)->epoch == own.epoch);
}

const struct test sleep_tests[] = {
	{ "NOTIFY ends the peer's WAIT", notify_ends_the_peers_wait, false },
	{ "a doorbell wakes once, or as often as its controller needs",
	  doorbell_wakes_as_often_as_it_must, false },
	{ "NOTIFY needs a file open for writing", notify_needs_a_file_open_for_writing, false },
	{ "WAIT ends at its deadline, not before", wait_ends_at_its_deadline, false },
	{ "WAIT's deadline is of the time namespace",
	  wait_ends_at_its_deadline_in_a_time_namespace, false },
	{ "WAIT ends with EINTR on a signal", wait_ends_with_eintr, false },
	{ "a WAIT that is stopped and continued goes on", stopped_wait_goes_on, false },
	{ "poll and read follow the sequence", poll_and_read_follow_the_sequence, false },
	{ "all sleepers are woken", all_sleepers_are_woken, false },
	{ "a killed owner is declared dead and the peer is rung",
	  killed_owner_is_declared_dead, false },
	{ NULL, NULL, false }
};
