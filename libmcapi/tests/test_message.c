/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

static uint8_t out[MCAPI_MAX_MESSAGE_SIZE + 1], in[MCAPI_MAX_MESSAGE_SIZE];

static void to_myself(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (size_t size = 0; size <= MCAPI_MAX_MESSAGE_SIZE; size = size ? size * 2 : 1) {
		fill(out, size, (uint32_t)size);
		assert_int_equal(mcapi_msg_available(b, &status), 0);
		mcapi_msg_send(a, b, out, size, 3, &status);
		assert_success(status);
		assert_int_equal(mcapi_msg_available(b, &status), 1);
		mcapi_msg_recv(b, in, sizeof(in), &got, &status);
		assert_success(status);
		assert_int_equal(got, size);
		assert_true(filled(in, size, (uint32_t)size));
	}
	/* One that waits completes the request at once. */
	mcapi_msg_send(a, b, "x", 1, 3, &status);
	mcapi_msg_recv_i(b, in, sizeof(in), &request, &status);
	assert_success(status);
	assert_true(mcapi_wait(&request, &got, 0, &status));
	assert_int_equal(got, 1);
}

static void priorities_first_then_age(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	uint8_t last = 0, lasts[MCAPI_MIN_PRORITY + 1] = { 0 };
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (uint8_t i = 1; i <= 3; i++)
		for (mcapi_priority_t prio = MCAPI_MIN_PRORITY + 1; prio--;) {
			uint8_t message[2] = { (uint8_t)prio, i };

			mcapi_msg_send(a, b, message, 2, prio, &status);
			assert_success(status);
		}
	for (unsigned int i = 0; i < 3 * (MCAPI_MIN_PRORITY + 1); i++) {
		uint8_t message[2];

		mcapi_msg_recv(b, message, 2, &got, &status);
		assert_success(status);
		assert_true(message[0] >= last);
		assert_int_equal(message[1], lasts[message[0]] + 1);
		last = message[0];
		lasts[last]++;
	}
	assert_int_equal(mcapi_msg_available(b, &status), 0);
}

static void cut_to_the_buffer(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (size_t size = 10; size <= 10000; size *= 10) {
		fill(out, size, 1);
		in[4] = 0x55;
		mcapi_msg_send(a, b, out, size, 0, &status);
		mcapi_msg_recv(b, in, 4, &got, &status);
		assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
		assert_int_equal(got, 4);
		assert_true(filled(in, 4, 1));
		assert_int_equal(in[4], 0x55);
		assert_int_equal(mcapi_msg_available(b, &status), 0);
	}
}

static void bad_arguments(void **state)
{
	mcapi_endpoint_t a, b, nobody = 9u << 24 | 9u << 16 | 9;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
#define SEND(from, to, buffer, size, prio, expected) do { \
		mcapi_msg_send(from, to, buffer, size, prio, &status); \
		assert_status(status, expected); \
		mcapi_msg_send_i(from, to, buffer, size, prio, &request, &status); \
		assert_status(status, expected); \
	} while (0)
	SEND(nobody, b, out, 1, 0, MCAPI_ERR_ENDP_INVALID);
	SEND(a, 0, out, 1, 0, MCAPI_ERR_ENDP_INVALID);
	SEND(a, 0xffffffff, out, 1, 0, MCAPI_ERR_ENDP_INVALID);
	SEND(a, nobody, out, 1, 0, MCAPI_ERR_ENDP_INVALID);
	SEND(a, b, out, sizeof(out), 0, MCAPI_ERR_MSG_SIZE);
	SEND(a, b, out, 1, MCAPI_MIN_PRORITY + 1, MCAPI_ERR_PRIORITY);
	SEND(a, b, NULL, 1, 0, MCAPI_ERR_PARAMETER);
#undef SEND
	mcapi_msg_send_i(a, b, out, 1, 0, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_msg_recv(nobody, in, 1, &got, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	mcapi_msg_recv_i(nobody, in, 1, &request, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	mcapi_msg_recv(b, NULL, 1, &got, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_msg_recv(b, in, 1, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_msg_recv_i(b, in, 1, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_msg_available(nobody, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	assert_int_equal(mcapi_msg_available(b, &status), 0);
}

static void to_a_deleted_endpoint(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	mcapi_msg_send(a, b + 1, out, 1, 0, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	/* Messages that wait there go with it; their buffers and credits come back. */
	for (unsigned int round = 0; round < 200; round++) {
		mcapi_msg_send(a, b, out, 20000, 0, &status);
		assert_success(status);
		mcapi_msg_send(a, b, out, 1, 0, &status);
		assert_success(status);
		mcapi_endpoint_delete(b, &status);
		assert_success(status);
		mcapi_msg_send(a, b, out, 1, 0, &status);
		assert_success(status);
		mcapi_endpoint_create(2, &status);
		assert_success(status);
		assert_int_equal(mcapi_msg_available(b, &status), 0);
	}
	mcapi_msg_send(a, b, out, MCAPI_MAX_MESSAGE_SIZE, 0, &status);
	assert_success(status);
	mcapi_msg_recv(b, in, sizeof(in), &got, &status);
	assert_int_equal(got, MCAPI_MAX_MESSAGE_SIZE);
}

/* The port comes back in another entry of the directory: it is another endpoint. */
static void a_port_that_comes_back(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t a, b;
	mcapi_request_t requests[128];
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(10, &status);
	for (unsigned int i = 0; i < 64; i++)
		mcapi_msg_send_i(a, b, out, 8, 0, &requests[i], &status);
	mcapi_endpoint_delete(b, &status);
	mcapi_endpoint_create(20, &status);
	b = mcapi_endpoint_create(10, &status);
	for (unsigned int i = 64; i < 128; i++)
		mcapi_msg_send_i(a, b, out, 8, 0, &requests[i], &status);
	assert_int_equal(mcapi_msg_available(b, &status), 64);
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.faults, 0);
}

static void echo(void)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	size_t got;

	here = mcapi_endpoint_create(1, &status);
	assert_success(status);
	there = mcapi_endpoint_get(1, 1, 1, 5000, &status);
	assert_success(status);
	do {
		mcapi_msg_recv(here, in, sizeof(in), &got, &status);
		assert_success(status);
		mcapi_msg_send(here, there, in, got, 0, &status);
		assert_success(status);
	} while (got);
	mcapi_msg_recv(here, in, sizeof(in), &got, &status);
	assert_success(status);
}

static void between_processes(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	size_t got;
	pid_t child = child_start(echo);

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	for (size_t size = MCAPI_MAX_MESSAGE_SIZE; ; size /= 2) {
		fill(out, size, (uint32_t)size);
		mcapi_msg_send(here, there, out, size, 0, &status);
		assert_success(status);
		mcapi_msg_recv(here, in, sizeof(in), &got, &status);
		assert_success(status);
		assert_int_equal(got, size);
		assert_true(filled(in, size, (uint32_t)size));
		if (!size)
			break;
	}
	mcapi_msg_send(here, there, NULL, 0, 0, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(to_myself, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(priorities_first_then_age, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(cut_to_the_buffer, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_arguments, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(to_a_deleted_endpoint, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_port_that_comes_back, node_setup, node_teardown),
		cmocka_unit_test(between_processes),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
