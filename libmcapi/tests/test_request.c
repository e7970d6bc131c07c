/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <pthread.h>

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
	mcapi_endpoint_t b;
	mcapi_status_t status;

	(void)state;
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 4096; i++) {
		mcapi_msg_recv_i(b, &bytes[i], 1, &request, &status);
		assert_status(status, MCAPI_PENDING);
	}
	mcapi_msg_recv_i(b, &bytes[4096], 1, &request, &status);
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
	assert_int_equal(MCAPI_ERR_TRANSMISSION, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_then_wait, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_arguments, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(receives_in_order, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(nothing_leaks, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(the_limit, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(one_waiter_at_a_time, node_setup, node_teardown),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
