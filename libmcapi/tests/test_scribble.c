/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_scribble.c - somebody writes random words into the window, and nobody
 * crashes or hangs; 100,000 of them with MCAPI_TORTURE set, else a few
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "window.h"

#define WORDS (getenv("MCAPI_TORTURE") ? 100000u : 20000u)
#define ROUNDS 10u
#define PATIENCE_MS 5000	/* a call that has nothing to wait for is back long before */

static int64_t entered;

/* Talks to 1:1 without end and without caring for what comes of it. */
static void accomplice(void)
{
	static char buffer[70000];
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t there = mcapi_endpoint_get(1, 1, 1, 5000, &status);
	mcapi_request_t request;
	size_t size;

	for (unsigned int i = 0;; i++) {
		mcapi_msg_send_i(here, there, buffer, i % 3 ? 8 : sizeof(buffer), 1, &request,
				 &status);
		mcapi_msg_recv_i(here, buffer, sizeof(buffer), &request, &status);
		mcapi_test(&request, &size, &status);
	}
}

/* Fails if the call before took too long. */
static void in_time(const char *call)
{
	const int64_t now = now_ms();

	if (now - entered > PATIENCE_MS) {
		fprintf(stderr, "%s took %lld ms\n", call, (long long)(now - entered));
		_exit(1);
	}
	entered = now;
}

/* What a program does that talks to the accomplice: each call comes back. */
static void talk(mcapi_endpoint_t here)
{
	/* Not asked for: it may lie about that, too. */
	const mcapi_endpoint_t there = 2u << 24 | 1u << 16 | 1;
	static char buffer[100000];
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	entered = now_ms();
	mcapi_msg_send_i(here, there, buffer, 8, 0, &request, &status);
	in_time("a small send");
	mcapi_msg_send_i(here, there, buffer, 60000, 0, &request, &status);
	in_time("a large send");
	while (mcapi_msg_available(here, &status)) {
		in_time("available");
		mcapi_msg_recv(here, buffer, sizeof(buffer), &got, &status);
		in_time("a receive");
	}
	mcapi_msg_recv_i(here, buffer, sizeof(buffer), &request, &status);
	mcapi_wait(&request, &got, 1, &status);
	in_time("a wait");
	mcapi_cancel(&request, &status);
	mcapi_endpoint_get(2, 1, 1, 0, &status);
	in_time("a look for an endpoint");
}

/* Sends a message to an own endpoint and receives it. */
static void reach_itself(mcapi_endpoint_t here, mcapi_endpoint_t mine)
{
	mcapi_status_t status;
	char byte = 'x';
	size_t got;

	mcapi_msg_send(here, mine, &byte, 1, 0, &status);
	assert_success(status);
	mcapi_msg_recv(mine, &byte, 1, &got, &status);
	assert_success(status);
	assert_int_equal(got, 1);
}

/*
 * Node 1:@number until somebody writes to @stop; talks to the accomplice and, if
 * @sound, reaches itself all the time: nobody writes into its own section.
 */
static pid_t start_victim(mcapi_node_t number, int stop, bool sound)
{
	mcapi_endpoint_t here, mine;
	mcapi_status_t status;
	pid_t child = child_fork();
	char byte;

	if (child)
		return child;
	node_init(1, number);
	here = mcapi_endpoint_create(1, &status);
	mine = mcapi_endpoint_create(2, &status);
	while (read(stop, &byte, 1) < 0) {
		talk(here);
		if (sound)
			reach_itself(here, mine);
	}
	node_end();
	_exit(0);
}

static void scribble(pid_t processes[], unsigned int count, unsigned int words, unsigned int seed)
{
	uint8_t *sections[2];

	window_open();
	for (unsigned int i = 0; i < count; i++)
		while (!(sections[i] = window_section(processes[i])))
			usleep(1000);
	for (unsigned int i = 0; i < words; i++) {
		*random_word(sections[i % count], &seed) = random_value(&seed);
		if (i % 16 == 0)
			usleep(100);	/* let them run into it */
	}
	window_close();
}

/* Of @sections sections: the accomplice's, and the first victim's. */
static void scribble_over(unsigned int sections)
{
	const unsigned int words = WORDS / ROUNDS;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		pid_t liar = child_start(accomplice), victim, bystander;
		int stop[2];

		assert_int_equal(pipe2(stop, O_NONBLOCK), 0);
		victim = start_victim(1, stop[0], sections < 2);
		bystander = start_victim(2, stop[0], true);
		scribble((pid_t[]){ liar, victim }, sections, words, round + 1);
		assert_int_equal(write(stop[1], "xx", 2), 2);
		child_end(victim);
		child_end(bystander);
		child_kill(liar);
		close(stop[0]);
		close(stop[1]);
	}
}

static void over_its_own_section(void **state)
{
	(void)state;
	scribble_over(1);
}

static void over_its_own_and_its_victims_section(void **state)
{
	(void)state;
	scribble_over(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_its_own_section),
		cmocka_unit_test(over_its_own_and_its_victims_section),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
