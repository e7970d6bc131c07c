/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_hostile.c - a peer writes whatever it likes, and the others go on
 */
#include "support.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/own.h"
#include "window.h"

static void quiet_peer(void)
{
	mcapi_status_t status;

	mcapi_endpoint_create(1, &status);
	pause();
}

/* Returning what one does not have must not free what is in use. */
static void a_return_that_lies(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	pid_t child = child_start(quiet_peer);
	uint8_t *mine, *theirs;
	struct mcapi_wire_in *line;
	struct mcapi_wire_out *out;
	struct mcapi_wire_return *entry;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	mcapi_msg_send(here, there, "x", 1, 0, &status);
	assert_success(status);

	window_open();
	mine = window_section(getpid());
	theirs = window_section(child);
	out = (struct mcapi_wire_out *)(mine + MCAPI_WIRE_OUT_OFF) +
	      window_number(theirs);
	line = (struct mcapi_wire_in *)(theirs + MCAPI_WIRE_IN_OFF) +
	       window_number(mine);
	/* As if the peer had opened our ring, and gave back the ring itself as a buffer. */
	entry = (struct mcapi_wire_return *)(theirs + 0x100000);
	*entry = (struct mcapi_wire_return){ .kind = MCAPI_WIRE_RET_BUFFER, .port = 1,
					     .value = out->ring_off };
	line->ret_log2 = 4;
	line->ret_prod = 1;
	line->ret_off = window_line(theirs + 0x100000);
	line->ack = 0;
	full_barrier();
	line->epoch = ((struct mcapi_wire_node *)mine)->epoch;

	do {
		mcapi_msg_send(here, there, "x", 1, 0, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.faults, 1);
	child_kill(child);
	window_close();
	node_end();
}

/* A debug build dies at once when it stores where it must not. */
static void stores_are_checked(void **state)
{
#ifdef MCAPI_CHECK_STORES
	static uint32_t words[32];
	const struct own own = { .base = (uint8_t *)words, .size = 64 };
	int status;
	pid_t child = fork();

	(void)state;
	if (!child) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		own_store(&own, &words[15], 1);
		own_store(&own, &words[16], 1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_return_that_lies),
		cmocka_unit_test(stores_are_checked),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
