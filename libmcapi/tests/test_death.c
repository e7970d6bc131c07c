/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_death.c - a process of the local link is killed, and the others go on
 */
#include "support.h"

#include <pthread.h>
#include <unistd.h>

static char big[100000];

static void sink(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	size_t got;

	for (;;)
		mcapi_msg_recv(here, big, sizeof(big), &got, &status);
}

/* Creates its endpoint, then neither receives nor calls the library. */
static void stone(void)
{
	mcapi_status_t status;

	mcapi_endpoint_create(1, &status);
	pause();
}

static mcapi_endpoint_t meet(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t there = mcapi_endpoint_get(2, 1, 1, 5000, &status);

	assert_success(status);
	return there;
}

static void send_until_it_ends(mcapi_endpoint_t here, mcapi_endpoint_t there, size_t size)
{
	const int64_t end = now_ms() + 10000;
	mcapi_status_t status;

	do {
		mcapi_msg_send(here, there, big, size, 0, &status);
	} while (status == MCAPI_SUCCESS && now_ms() < end);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
}

static void sends_end(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_request_t request;
	mcapi_status_t status;

	(void)state;
	here = mcapi_endpoint_create(1, &status);
	for (int round = 0; round < 3; round++) {
		pid_t child = child_start(sink);
		int64_t killed;

		there = meet();
		for (unsigned int i = 0; i < 100; i++) {
			mcapi_msg_send(here, there, big, i % 2 ? 8 : sizeof(big), 0, &status);
			assert_success(status);
		}
		child_kill(child);
		killed = now_ms();
		send_until_it_ends(here, there, 8);
		assert_true(now_ms() < killed + 1000);
		mcapi_msg_send_i(here, there, big, 8, 0, &request, &status);
		assert_status(status, MCAPI_ERR_TRANSMISSION);
		/* Not there any more, until it is there again: the next round meets it. */
		mcapi_endpoint_get(2, 1, 1, 0, &status);
		assert_status(status, MCAPI_TIMEOUT);
	}
}

static void *killer(void *arg)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_status_t status;

	while (!stats.sleeps)
		mcapix_stats_get(&stats, &status);
	child_kill(*(pid_t *)arg);
	return NULL;
}

static void a_blocked_send_ends(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	pthread_t thread;
	pid_t child = child_start(stone);

	(void)state;
	here = mcapi_endpoint_create(1, &status);
	there = meet();
	assert_int_equal(pthread_create(&thread, NULL, killer, &child), 0);
	send_until_it_ends(here, there, 8);
	pthread_join(thread, NULL);
}

static void talk_and_wait(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t there = mcapi_endpoint_get(1, 1, 1, 5000, &status);

	fill(big, sizeof(big), 7);
	mcapi_msg_send(here, there, big, sizeof(big), 0, &status);
	mcapi_msg_send(here, there, big, 8, 0, &status);
	mcapi_msg_send(here, there, NULL, 0, 1, &status);
	pause();
}

static void what_was_received_stays(void **state)
{
	static char got_big[sizeof(big)];
	mcapi_endpoint_t here;
	mcapi_status_t status;
	pid_t child, next;
	size_t got;

	(void)state;
	here = mcapi_endpoint_create(1, &status);
	child = child_start(talk_and_wait);
	while (mcapi_msg_available(here, &status) < 3)
		assert_success(status);
	child_kill(child);
	/* Its successor gets another section: what we have not read yet is not overwritten. */
	next = child_start(talk_and_wait);
	while (mcapi_msg_available(here, &status) < 6)
		assert_success(status);
	for (unsigned int i = 0; i < 6; i++) {
		mcapi_msg_recv(here, got_big, sizeof(got_big), &got, &status);
		assert_success(status);
		assert_true(filled(got_big, got, 7));
		assert_int_equal(got, i >= 4 ? 0 : i % 2 ? 8 : sizeof(big));
	}
	child_kill(next);
	/* Once each: a newcomer makes us look again at what the dead left, and not take it. */
	child = child_start(sink);
	meet();
	assert_int_equal(mcapi_msg_available(here, &status), 0);
	child_kill(child);
}

static void receives_go_on(void **state)
{
	mcapi_endpoint_t here;
	mcapi_request_t request;
	mcapi_status_t status;
	pid_t child = child_start(sink);
	size_t size;
	char byte;

	(void)state;
	here = mcapi_endpoint_create(1, &status);
	meet();
	mcapi_msg_recv_i(here, &byte, 1, &request, &status);
	assert_status(status, MCAPI_PENDING);
	child_kill(child);
	assert_false(mcapi_wait(&request, &size, 300, &status));
	assert_status(status, MCAPI_TIMEOUT);
	mcapi_msg_send(here, here, "x", 1, 0, &status);
	assert_success(status);
	assert_true(mcapi_wait(&request, &size, 1000, &status));
	assert_int_equal(byte, 'x');
}

/* Sections, buffers and names come back: more deaths than there are sections. */
static void many_deaths(void **state)
{
	mcapi_endpoint_t here;
	mcapi_status_t status;

	(void)state;
	here = mcapi_endpoint_create(1, &status);
	for (int round = 0; round < 80; round++) {
		pid_t child = child_start(sink);
		mcapi_endpoint_t there = meet();

		for (int i = 0; i < 1 + round % 20; i++) {
			mcapi_msg_send(here, there, big, sizeof(big), 0, &status);
			assert_success(status);
		}
		child_kill(child);
		send_until_it_ends(here, there, sizeof(big));
	}
}

static void flood(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t there = mcapi_endpoint_get(1, 1, 1, 5000, &status);

	for (;;)
		mcapi_msg_send(here, there, big, 8, 0, &status);
}

/* A node that dies asleep must not take those along who want to wake it. */
static void a_dead_sleeper_is_woken_in_vain(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t here;
	mcapi_status_t status;
	unsigned int room;
	uint64_t doorbells;
	pid_t child;
	size_t got;

	(void)state;
	on_one_system();	/* what it is rung by is a FIFO */
	here = mcapi_endpoint_create(1, &status);
	child = child_start(flood);
	/* It sleeps for credit, and was rung once, so that its FIFO is open here. */
	room = room_at(here);
	while (mcapi_msg_available(here, &status) < room)
		assert_success(status);
	do {
		mcapi_msg_recv(here, big, sizeof(big), &got, &status);
		assert_success(status);
		mcapix_stats_get(&stats, &status);
	} while (!stats.doorbells);
	/* Asleep again: rings go up by one each time that it is. */
	do {
		doorbells = stats.doorbells;
		mcapi_msg_recv(here, big, sizeof(big), &got, &status);
		usleep(20000);
		mcapix_stats_get(&stats, &status);
	} while (stats.doorbells == doorbells);
	child_kill(child);
	for (unsigned int i = 0; i < 32; i++) {
		mcapi_msg_recv(here, big, sizeof(big), &got, &status);
		assert_success(status);
	}
	mcapi_endpoint_create(5, &status);
	assert_success(status);
}

static void *receive(void *arg)
{
	mcapi_status_t status;
	char byte;
	size_t got;

	mcapi_msg_recv(*(mcapi_endpoint_t *)arg, &byte, 1, &got, &status);
	return NULL;
}

static void *send_to_the_end(void *arg)
{
	mcapi_endpoint_t *pair = arg;

	send_until_it_ends(pair[0], pair[1], 8);
	return NULL;
}

/* One thread sleeps in a receive; the death ends another one's send all the same. */
static void a_death_that_the_sleeper_did_not_wait_for(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t pair[2], other;
	pthread_t receiver, sender;
	mcapi_status_t status;
	uint64_t sleeps;
	pid_t child = child_start(stone);

	(void)state;
	pair[0] = mcapi_endpoint_create(1, &status);
	other = mcapi_endpoint_create(2, &status);
	pair[1] = meet();
	mcapix_stats_get(&stats, &status);
	sleeps = stats.sleeps;
	assert_int_equal(pthread_create(&receiver, NULL, receive, &other), 0);
	while (stats.sleeps == sleeps)
		mcapix_stats_get(&stats, &status);
	assert_int_equal(pthread_create(&sender, NULL, send_to_the_end, pair), 0);
	/* No call from here, which would help it on. */
	usleep(300000);
	child_kill(child);
	pthread_join(sender, NULL);
	mcapi_msg_send(pair[0], other, "x", 1, 0, &status);
	assert_success(status);
	pthread_join(receiver, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sends_end, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_blocked_send_ends, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_was_received_stays, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(receives_go_on, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_dead_sleeper_is_woken_in_vain, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(a_death_that_the_sleeper_did_not_wait_for,
						node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(many_deaths, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
