/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <pthread.h>
#include <unistd.h>

static void test_then_wait(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	char buffer[8];
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	mcapi_msg_recv_i(b, buffer, sizeof(buffer), &request, &status);
	assert_status(status, MCAPI_PENDING);
	assert_false(mcapi_test(&request, &size, &status));
	assert_status(status, MCAPI_PENDING);
	assert_false(mcapi_wait(&request, &size, 0, &status));
	assert_status(status, MCAPI_TIMEOUT);
	assert_false(mcapi_wait(&request, &size, 20, &status));
	assert_status(status, MCAPI_TIMEOUT);
	mcapi_msg_send(a, b, "hello", 5, 0, &status);
	assert_true(mcapi_test(&request, &size, &status));
	assert_success(status);
	assert_int_equal(size, 5);
	assert_memory_equal(buffer, "hello", 5);
	/* Tested: the answer stays. Waited for: the handle is over. */
	assert_true(mcapi_test(&request, &size, &status));
	assert_true(mcapi_wait(&request, &size, 0, &status));
	assert_success(status);
	assert_int_equal(size, 5);
	assert_false(mcapi_wait(&request, &size, 0, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	assert_false(mcapi_test(&request, &size, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
}

#define SILENT 9

/* A look is at some of many silent peers only; what this node sent itself it finds. */
static void test_finds_what_was_sent_here(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	pid_t silent[SILENT];
	char buffer[8];
	size_t size;

	(void)state;
	on_one_system();
	for (unsigned int i = 0; i < SILENT; i++) {
		silent[i] = child_fork();
		if (!silent[i]) {
			node_init(3, i + 1);
			mcapi_endpoint_create(1, &status);
			pause();
		}
	}
	for (unsigned int i = 0; i < SILENT; i++) {
		mcapi_endpoint_get(3, i + 1, 1, MCAPI_TIMEOUT_INFINITE, &status);
		assert_success(status);
	}
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 2 * SILENT; i++) {
		mcapi_msg_recv_i(b, buffer, sizeof(buffer), &request, &status);
		assert_false(mcapi_test(&request, &size, &status));
		mcapi_msg_send(a, b, "hello", 5, 0, &status);
		assert_success(status);
		assert_true(mcapi_test(&request, &size, &status));
		assert_true(mcapi_wait(&request, &size, 0, &status));
	}
	for (unsigned int i = 0; i < SILENT; i++)
		child_kill(silent[i]);
}

static void bad_arguments(void **state)
{
	mcapi_request_t request = 0;
	mcapi_status_t status;
	size_t size;

	(void)state;
	assert_false(mcapi_test(NULL, &size, &status));
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_false(mcapi_wait(&request, NULL, 0, &status));
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_false(mcapi_test(&request, &size, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	request = 0xffffffff;
	assert_false(mcapi_wait(&request, &size, 0, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
}

static void receives_in_order(void **state)
{
	mcapi_request_t requests[8];
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	uint32_t values[8];
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 8; i++)
		mcapi_msg_recv_i(b, &values[i], sizeof(values[i]), &requests[i], &status);
	for (uint32_t i = 0; i < 8; i++)
		mcapi_msg_send(a, b, &i, sizeof(i), 0, &status);
	for (uint32_t i = 0; i < 8; i++) {
		assert_true(mcapi_wait(&requests[i], &size, 1000, &status));
		assert_int_equal(values[i], i);
	}
}

/* Programs that only test must not run out of requests. */
static void nothing_leaks(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request, first = 0;
	mcapi_status_t status;
	size_t size;
	char byte;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 20000; i++) {
		mcapi_msg_recv_i(b, &byte, 1, &request, &status);
		assert_status(status, MCAPI_PENDING);
		if (!i)
			first = request;
		mcapi_msg_send(a, b, "x", 1, 0, &status);
		assert_success(status);
		assert_true(mcapi_test(&request, &size, &status));
	}
	/* Neither may programs whose buffers are too small. */
	for (unsigned int i = 0; i < 5000; i++) {
		mcapi_msg_send(a, b, "xyz", 3, 0, &status);
		mcapi_msg_recv_i(b, &byte, 1, &request, &status);
		assert_status(status, MCAPI_PENDING);
		assert_false(mcapi_wait(&request, &size, 0, &status));
		assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
	}
	/* Its slot has been used again: the old handle is not taken for the new one. */
	assert_false(mcapi_test(&first, &size, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
}

static void the_limit(void **state)
{
	static char bytes[4097];
	mcapi_request_t request;
	mcapi_endpoint_t b, found;
	mcapi_status_t status;

	(void)state;
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 4096; i++) {
		mcapi_msg_recv_i(b, &bytes[i], 1, &request, &status);
		assert_status(status, MCAPI_PENDING);
	}
	mcapi_msg_recv_i(b, &bytes[4096], 1, &request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
	mcapi_msg_send_i(b, b, NULL, 0, 0, &request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
	mcapi_endpoint_get_i(1, 1, 2, &found, &request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
}

static void *waiter(void *arg)
{
	mcapi_status_t status;
	size_t size;

	mcapi_wait(arg, &size, MCAPI_TIMEOUT_INFINITE, &status);
	assert_success(status);
	return NULL;
}

static void one_waiter_at_a_time(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	pthread_t thread;
	size_t size;
	char byte;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	mcapi_msg_recv_i(b, &byte, 1, &request, &status);
	assert_int_equal(pthread_create(&thread, NULL, waiter, &request), 0);
	while (!stats.sleeps)
		mcapix_stats_get(&stats, &status);
	assert_false(mcapi_wait(&request, &size, 0, &status));
	assert_status(status, MCAPI_ERR_WAIT_PENDING);
	/* What this thread delivers wakes the other one. */
	mcapi_msg_send(a, b, "x", 1, 0, &status);
	assert_success(status);
	pthread_join(thread, NULL);
}

static void any_of_several(void **state)
{
	mcapi_request_t requests[3], *all[3] = { &requests[0], &requests[1], &requests[2] };
	mcapi_endpoint_t a, ends[3];
	mcapi_status_t status;
	char bytes[3];
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	for (unsigned int i = 0; i < 3; i++) {
		ends[i] = mcapi_endpoint_create(10 + i, &status);
		mcapi_msg_recv_i(ends[i], &bytes[i], 1, &requests[i], &status);
		assert_status(status, MCAPI_PENDING);
	}
	assert_int_equal(mcapi_wait_any(3, all, &size, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_TIMEOUT);
	assert_int_equal(mcapi_wait_any(3, all, &size, 20, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_TIMEOUT);
	mcapi_msg_send(a, ends[1], "x", 1, 0, &status);
	assert_int_equal(mcapi_wait_any(3, all, &size, MCAPI_TIMEOUT_INFINITE, &status), 1);
	assert_success(status);
	assert_int_equal(size, 1);
	assert_int_equal(bytes[1], 'x');
	/* It is over with that. */
	assert_int_equal(mcapi_wait_any(3, all, &size, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	/* Also one that fails has completed, and the index says which. */
	mcapi_msg_send(a, ends[2], "xyz", 3, 0, &status);
	all[1] = &requests[2];
	assert_int_equal(mcapi_wait_any(2, all, &size, 0, &status), 1);
	assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
	assert_int_equal(mcapi_wait_any(0, all, &size, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_int_equal(mcapi_wait_any(1, NULL, &size, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_int_equal(mcapi_wait_any(1, all, NULL, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_ERR_PARAMETER);
	all[1] = NULL;
	assert_int_equal(mcapi_wait_any(2, all, &size, 0, &status), MCAPI_RETURN_VALUE_INVALID);
	assert_status(status, MCAPI_ERR_PARAMETER);
}

static void *any_waiter(void *arg)
{
	mcapi_request_t *one = arg;
	mcapi_status_t status;
	size_t size;

	assert_int_equal(mcapi_wait_any(1, &one, &size, MCAPI_TIMEOUT_INFINITE, &status), 0);
	assert_status(status, MCAPI_ERR_REQUEST_CANCELLED);
	return NULL;
}

static void *cancelled_waiter(void *arg)
{
	mcapi_status_t status;
	size_t size;

	assert_false(mcapi_wait(arg, &size, MCAPI_TIMEOUT_INFINITE, &status));
	assert_status(status, MCAPI_ERR_REQUEST_CANCELLED);
	return NULL;
}

static void cancel_wakes_who_waits(void **state)
{
	void *(*const waiters[])(void *) = { cancelled_waiter, any_waiter };
	mcapi_request_t request, *one = &request;
	mcapi_endpoint_t b;
	mcapi_status_t status;
	pthread_t thread;
	size_t size;
	char byte;

	(void)state;
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 2; i++) {
		mcapi_msg_recv_i(b, &byte, 1, &request, &status);
		assert_int_equal(pthread_create(&thread, NULL, waiters[i], &request), 0);
		do {
			mcapi_wait_any(1, &one, &size, 0, &status);
		} while (status == MCAPI_TIMEOUT);
		assert_status(status, MCAPI_ERR_WAIT_PENDING);
		mcapi_cancel(&request, &status);
		assert_success(status);
		pthread_join(thread, NULL);
		assert_false(mcapi_test(&request, &size, &status));
		assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	}
}

static void cancel(void **state)
{
	mcapi_request_t requests[3], send, get;
	mcapi_endpoint_t a, b, found = 0;
	mcapi_status_t status;
	char bytes[3];
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	/* A receive in the middle: the others go on, in their order. */
	for (unsigned int i = 0; i < 3; i++)
		mcapi_msg_recv_i(b, &bytes[i], 1, &requests[i], &status);
	mcapi_cancel(&requests[1], &status);
	assert_success(status);
	mcapi_cancel(&requests[1], &status);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	assert_false(mcapi_wait(&requests[1], &size, 0, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	mcapi_msg_send(a, b, "0", 1, 0, &status);
	mcapi_msg_send(a, b, "2", 1, 0, &status);
	assert_true(mcapi_wait(&requests[0], &size, 0, &status));
	assert_true(mcapi_test(&requests[2], &size, &status));
	assert_int_equal(bytes[0], '0');
	assert_int_equal(bytes[2], '2');
	/* Too late. */
	mcapi_cancel(&requests[2], &status);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	/* The last one: the list has an end again. */
	mcapi_msg_recv_i(b, &bytes[0], 1, &requests[0], &status);
	mcapi_cancel(&requests[0], &status);
	assert_success(status);
	mcapi_msg_recv_i(b, &bytes[1], 1, &requests[1], &status);
	mcapi_msg_send(a, b, "1", 1, 0, &status);
	assert_true(mcapi_wait(&requests[1], &size, 0, &status));
	assert_int_equal(bytes[1], '1');

	/* A send that found no room, now and when credits came back, never arrives. */
	do {
		mcapi_msg_send_i(a, b, bytes, 1, 0, &send, &status);
		mcapi_test(&send, &size, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_PENDING);
	mcapi_cancel(&send, &status);
	assert_success(status);
	for (mcapi_uint_t left = mcapi_msg_available(b, &status); left; left--)
		mcapi_msg_recv(b, bytes, 1, &size, &status);
	assert_int_equal(mcapi_msg_available(b, &status), 0);

	/* A get: what it would have written stays as it is. */
	mcapi_endpoint_get_i(1, 1, 3, &found, &get, &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_cancel(&get, &status);
	assert_success(status);
	mcapi_endpoint_create(3, &status);
	assert_false(mcapi_test(&get, &size, &status));
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	assert_int_equal(found, 0);
	mcapi_cancel(NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
}

static void names(void **state)
{
	char text[MCAPI_MAX_STATUS_MSG_LEN];

	(void)state;
	for (mcapi_status_t code = MCAPI_SUCCESS; code < MCAPI_STATUS_END; code++) {
		assert_ptr_equal(mcapi_display_status(code, text, sizeof(text)), text);
		assert_memory_equal(text, "MCAPI_", 6);
	}
	assert_string_equal(mcapi_display_status(MCAPI_ERR_GENERAL, text, sizeof(text)),
			    "MCAPI_ERR_GENERAL");
	assert_string_equal(mcapi_display_status(MCAPI_SUCCESS, text, 6), "MCAPI");
	assert_null(mcapi_display_status(0, text, sizeof(text)));
	assert_null(mcapi_display_status(MCAPI_STATUS_END, text, sizeof(text)));
	assert_null(mcapi_display_status(MCAPI_SUCCESS, NULL, 10));
	assert_null(mcapi_display_status(MCAPI_SUCCESS, text, 0));
	assert_int_equal(MCAPI_ERR_GENERAL, 47);
	mcapi_set_debug_level(0);
	assert_int_equal(MCAPI_ERR_TRANSMISSION, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_then_wait, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(test_finds_what_was_sent_here, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(bad_arguments, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(receives_in_order, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(nothing_leaks, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(the_limit, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(one_waiter_at_a_time, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(any_of_several, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(cancel, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(cancel_wakes_who_waits, node_setup, node_teardown),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
