/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_kill.c - a node is killed at random instants under traffic, again and again:
 * 1,000 times with MCAPI_TORTURE set, else a few
 *
 * Three nodes talk with each other, each in a process of its own. The victim is
 * killed and comes back; one survivor uses blocking calls from two threads, the
 * other one non-blocking calls from one. The parent, no node, kills and looks on.
 */
#include "traffic.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS (getenv("MCAPI_TORTURE") ? 1000u : 60u)
#define PATIENCE_MS 10000
#define PORT 1u
#define OWN_PORT 2u		/* for messages to itself */
#define SENDS 4u		/* under way at once */

enum { GO_ON, POLLING_ENDS, BLOCKING_ENDS };

static const struct {
	mcapi_domain_t domain;
	mcapi_node_t node;
} names[NODES] = { { 1, 1 }, { 1, 2 }, { 2, 1 } };

/* Shared by all processes. */
static struct {
	uint32_t phase;
	uint32_t measured;		/* the blocking survivor knows its capacity */
	struct {
		_Alignas(64) uint32_t from[NODES];	/* messages received from each */
		uint32_t life;			/* of the victim, in its last message */
	} seen[NODES];
} *shared;

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* ---- what is sent, and what must arrive ---- */

static void check(const struct payload *got, size_t size)
{
	traffic_check(got, size, self == VICTIM);
	if (got->from == VICTIM)
		store(&shared->seen[self].life, got->life);
	store(&shared->seen[self].from[got->from], shared->seen[self].from[got->from] + 1);
}

static bool find(int to, mcapi_endpoint_t *there)
{
	mcapi_status_t status;

	*there = mcapi_endpoint_get(names[to].domain, names[to].node, PORT, 0, &status);
	return status == MCAPI_SUCCESS;
}

/* A receiver that ended is the only reason not to deliver. */
static void check_sent(int to, mcapi_status_t status)
{
	if (status == MCAPI_ERR_TRANSMISSION && (to == VICTIM || load(&shared->phase) != GO_ON))
		return;
	assert_success(status);
}

static mcapi_endpoint_t join(int which)
{
	mcapi_endpoint_t here;
	mcapi_status_t status;

	self = which;
	node_init(names[self].domain, names[self].node);
	here = mcapi_endpoint_create(PORT, &status);
	assert_success(status);
	return here;
}

/* ---- non-blocking ---- */

struct send {
	struct payload payload;
	mcapi_request_t request;
	int to;
	bool pending;
};

static void send_some(mcapi_endpoint_t here, struct send *send, unsigned int *seed)
{
	mcapi_endpoint_t there;
	mcapi_status_t status;
	size_t size;

	if (send->pending) {
		mcapi_test(&send->request, &size, &status);
		send->pending = status == MCAPI_PENDING;
		if (!send->pending)
			check_sent(send->to, status);
		return;
	}
	send->to = (self + 1 + rand_r(seed) % (NODES - 1)) % NODES;
	if (!find(send->to, &there))
		return;
	size = traffic_compose(&send->payload, send->to, seed);
	mcapi_msg_send_i(here, there, &send->payload, size, send->payload.prio, &send->request,
			 &status);
	send->pending = status == MCAPI_PENDING || status == MCAPI_SUCCESS;
	if (!send->pending)
		check_sent(send->to, status);
}

static void poll_until_the_end(int which)
{
	static struct send sends[SENDS];
	static struct payload received;
	const mcapi_endpoint_t here = join(which);
	unsigned int seed = (unsigned int)getpid();
	mcapi_request_t request;
	mcapi_status_t status;
	size_t size;

	mcapi_msg_recv_i(here, &received, sizeof(received), &request, &status);
	while (load(&shared->phase) == GO_ON) {
		for (unsigned int i = 0; i < SENDS; i++)
			send_some(here, &sends[i], &seed);
		mcapi_wait(&request, &size, 1, &status);
		if (status == MCAPI_TIMEOUT)
			continue;
		assert_success(status);
		check(&received, size);
		mcapi_msg_recv_i(here, &received, sizeof(received), &request, &status);
	}
	node_end();
}

/* ---- blocking ---- */

static void *receive_until_told(void *arg)
{
	static struct payload received;
	mcapi_status_t status;
	size_t size;

	for (;;) {
		mcapi_msg_recv(*(mcapi_endpoint_t *)arg, &received, sizeof(received), &size,
			       &status);
		assert_success(status);
		if (!size)
			return NULL;
		check(&received, size);
	}
}

static void send_until_the_end(mcapi_endpoint_t here)
{
	static struct payload payload;
	unsigned int seed = 1;
	mcapi_endpoint_t there;
	mcapi_status_t status;

	for (int to = POLLING; load(&shared->phase) != BLOCKING_ENDS;
	     to = to == POLLING ? VICTIM : POLLING) {
		size_t size;

		if (!find(to, &there))
			continue;
		size = traffic_compose(&payload, to, &seed);
		mcapi_msg_send(here, there, &payload, size, payload.prio, &status);
		check_sent(to, status);
	}
}

/* Messages to itself that find room: if buffers or credits get lost, they become fewer. */
static unsigned int capacity(void)
{
	static uint8_t buffer[60000];
	mcapi_request_t request;
	mcapi_endpoint_t here;
	mcapi_status_t status;
	unsigned int count = 0;
	size_t size;

	here = mcapi_endpoint_create(OWN_PORT, &status);
	assert_success(status);
	for (;; count++) {
		mcapi_msg_send_i(here, here, buffer, sizeof(buffer), 0, &request, &status);
		if (status != MCAPI_SUCCESS)
			break;
		mcapi_wait(&request, &size, 0, &status);
		assert_success(status);
	}
	assert_status(status, MCAPI_PENDING);
	mcapi_cancel(&request, &status);
	assert_success(status);
	for (unsigned int i = 0; i < count; i++) {
		mcapi_msg_recv(here, buffer, sizeof(buffer), &size, &status);
		assert_success(status);
	}
	mcapi_endpoint_delete(here, &status);
	assert_success(status);
	return count;
}

static unsigned int descriptors(void)
{
	DIR *entries = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (readdir(entries))
		count++;
	closedir(entries);
	return count;
}

static void check_same(const char *what, unsigned int now, unsigned int before)
{
	if (now == before)
		return;
	fprintf(stderr, "%s: %u at the end, %u at the beginning\n", what, now, before);
	_exit(1);
}

static void block_until_the_end(void)
{
	mcapi_endpoint_t here = join(BLOCKING);
	const unsigned int room = capacity(), open = descriptors();
	mcapi_status_t status;
	pthread_t receiver;

	store(&shared->measured, 1);
	if (pthread_create(&receiver, NULL, receive_until_told, &here))
		_exit(1);
	send_until_the_end(here);
	mcapi_msg_send(here, here, NULL, 0, 0, &status);
	assert_success(status);
	pthread_join(receiver, NULL);
	/* The last word came before what is less urgent: that is in the memory of the dead. */
	while (mcapi_msg_available(here, &status)) {
		static struct payload received;
		size_t size;

		mcapi_msg_recv(here, &received, sizeof(received), &size, &status);
		assert_success(status);
		check(&received, size);
	}
	/* All others are gone, and with them all that was theirs. */
	check_same("messages that find room", capacity(), room);
	/* One more: its own wake FIFO, opened when one of its threads first woke the other. */
	if (descriptors() > open + 1)
		check_same("open files", descriptors(), open);
	node_end();
}

/* ---- the parent ---- */

static void check_alive(pid_t process, const char *name)
{
	int status;

	if (waitpid(process, &status, WNOHANG)) {
		fprintf(stderr, "the %s ended with status 0x%x\n", name, status);
		fail();
	}
}

static void await(bool (*done)(void), pid_t processes[NODES], const char *what)
{
	const int64_t end = now_ms() + PATIENCE_MS;

	while (!done()) {
		check_alive(processes[BLOCKING], "blocking survivor");
		check_alive(processes[POLLING], "polling survivor");
		check_alive(processes[VICTIM], "victim");
		if (now_ms() > end) {
			fprintf(stderr, "%s: not within %d ms\n", what, PATIENCE_MS);
			fail();
		}
		usleep(100);
	}
}

static bool measured(void)
{
	return load(&shared->measured);
}

static uint32_t marks[2];

static bool survivors_talk(void)
{
	return load(&shared->seen[BLOCKING].from[POLLING]) != marks[0] &&
	       load(&shared->seen[POLLING].from[BLOCKING]) != marks[1];
}

static void mark(void)
{
	marks[0] = load(&shared->seen[BLOCKING].from[POLLING]);
	marks[1] = load(&shared->seen[POLLING].from[BLOCKING]);
}

static bool victim_talks(void)
{
	return load(&shared->seen[BLOCKING].life) == life &&
	       load(&shared->seen[POLLING].life) == life &&
	       load(&shared->seen[VICTIM].from[BLOCKING]) &&
	       load(&shared->seen[VICTIM].from[POLLING]);
}

static pid_t start(int which)
{
	pid_t child = child_fork();

	if (child)
		return child;
	if (which == BLOCKING)
		block_until_the_end();
	else
		poll_until_the_end(which);
	_exit(0);
}

static void kill_victim(pid_t victim)
{
	int status;

	assert_int_equal(kill(victim, SIGKILL), 0);
	assert_int_equal(waitpid(victim, &status, 0), victim);
	/* It may have found something wrong just before. */
	assert_true(WIFSIGNALED(status));
}

static void killed_at_random_instants(void **state)
{
	pid_t processes[NODES];
	unsigned int seed = 1;

	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	processes[BLOCKING] = processes[POLLING] = processes[VICTIM] = start(BLOCKING);
	await(measured, processes, "the first node begins");
	processes[POLLING] = start(POLLING);
	for (life = 1; life <= KILLS; life++) {
		store(&shared->seen[VICTIM].from[BLOCKING], 0);
		store(&shared->seen[VICTIM].from[POLLING], 0);
		processes[VICTIM] = start(VICTIM);
		/* Each fourth is killed while it comes, the others when all talk with them. */
		if (life % 4)
			await(victim_talks, processes, "the victim comes back");
		usleep((useconds_t)rand_r(&seed) % 3000);
		mark();
		await(survivors_talk, processes, "the survivors go on beside the victim");
		kill_victim(processes[VICTIM]);
		processes[VICTIM] = processes[BLOCKING];	/* none */
		mark();
		await(survivors_talk, processes, "the survivors go on without the victim");
	}
	store(&shared->phase, POLLING_ENDS);
	child_end(processes[POLLING]);
	store(&shared->phase, BLOCKING_ENDS);
	child_end(processes[BLOCKING]);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_random_instants),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
