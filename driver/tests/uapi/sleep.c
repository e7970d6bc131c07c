// SPDX-License-Identifier: BSD-3-Clause
/*
 * sleep.c - doorbells of /dev/mcapiN: who is woken, when, and that none is lost
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
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
	uint32_t seq;
	pid_t child;

	wait_up(a);
	wait_up(b);
	seq = get_seq(b);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(wait_for(b, &wait, seq, in_ms(10000)) ? errno : 0);
	CHECK(kill(child, SIGSTOP) == 0);
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	CHECK(kill(child, SIGCONT) == 0);
	CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
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

struct waiter {
	int fd;
	uint32_t seq;
	pthread_t thread;
	int result;
};

static void *wait_in_thread(void *data)
{
	struct waiter *waiter = data;
	struct mcapi_wait wait;

	waiter->result = wait_for(waiter->fd, &wait, waiter->seq, in_ms(10000));
	return NULL;
}

static void all_sleepers_are_woken(const struct ends *ends)
{
	int a = open_end(ends, 0, O_RDWR), b = open_end(ends, 1, O_RDONLY);
	struct waiter waiters[3];

	wait_up(a);
	wait_up(b);
	for (int i = 0; i < 3; i++) {
		waiters[i] = (struct waiter){ .fd = i ? b : open_end(ends, 1, O_RDONLY),
					      .seq = get_seq(b) };
		CHECK(!pthread_create(&waiters[i].thread, NULL, wait_in_thread, &waiters[i]));
	}
	notify(a);
	for (int i = 0; i < 3; i++)
		CHECK(!pthread_join(waiters[i].thread, NULL));
	for (int i = 0; i < 3; i++)
		CHECK(waiters[i].result == 0);
}

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
	seq = get_seq(b);
	old = set_max_rate(1);
	start = in_ms(0);
	for (int i = 0; i < 1000; i++)
		notify(a);
	/* begun milliseconds, and those of two that may still be under way */
	most = (uint64_t)(in_ms(0) - start) / 1000000 + 4;
	settle(b);
	after = get_info(b);
	set_max_rate(old);
	CHECK(after.received > before.received);
	CHECK(wait_for(b, &wait, seq, 0) == 0);
	/* each millisecond one doorbell wakes, and the others together at its end */
	throttled = after.throttled - before.throttled;
	CHECK(throttled <= most);
	CHECK(wait.seq - seq <= ends->wakes * most + throttled);
	printf("# %llu doorbells, %llu times throttled, %u wake-ups in %llu ms\n",
	       (unsigned long long)(after.received - before.received),
	       (unsigned long long)throttled, wait.seq - seq, (unsigned long long)most - 4);
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
	{ "WAIT ends with EINTR on a signal", wait_ends_with_eintr, false },
	{ "a WAIT that is stopped and continued goes on", stopped_wait_goes_on, false },
	{ "poll and read follow the sequence", poll_and_read_follow_the_sequence, false },
	{ "all sleepers are woken", all_sleepers_are_woken, false },
	{ "no doorbell is lost among many", no_doorbell_is_lost, false },
	{ "a flood of doorbells is throttled", flood_is_throttled, true },
	{ "a killed owner is declared dead and the peer is rung",
	  killed_owner_is_declared_dead, false },
	{ NULL, NULL, false }
};
