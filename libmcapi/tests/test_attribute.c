/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <sys/wait.h>

static mcapi_status_t set(mcapi_endpoint_t endpoint, mcapi_uint_t number, mcapi_uint_t value)
{
	mcapi_status_t status;

	mcapi_endpoint_set_attribute(endpoint, number, &value, sizeof(value), &status);
	return status;
}

static mcapi_uint_t get(mcapi_endpoint_t endpoint, mcapi_uint_t number)
{
	mcapi_uint_t value = 0xdeadbeef;
	mcapi_status_t status;

	mcapi_endpoint_get_attribute(endpoint, number, &value, sizeof(value), &status);
	assert_success(status);
	return value;
}

static void defaults(void **state)
{
	mcapi_endp_get_source_t source = { 0, 0 };
	mcapi_endpoint_t a;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_TYPE), MCAPI_ENDP_TYPE_MESSAGE);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_GET_COUNT), 0);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE), MCAPI_MAX_PACKET_SIZE);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_BUFFER_TYPE), MCAPI_ENDP_ATTR_FIFO_BUFFER);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_MEMORY_TYPE),
			 MCAPI_ENDP_ATTR_LOCAL_MEMORY | MCAPI_ENDP_ATTR_BLOCK_ON_LIMIT);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_NUM_PRIORITIES), MCAPI_MIN_PRORITY + 1);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_PRIORITY), 0);
	assert_true(get(a, MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS) > 0);
	assert_true(get(a, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS) > 0);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_ENDP_STATUS), 0);
	assert_int_equal(get(a, MCAPI_ENDP_ATTR_TIMEOUT), MCAPI_TIMEOUT_INFINITE);
	mcapi_endpoint_get_attribute(a, MCAPI_ENDP_ATTR_GET_SOURCE, &source, sizeof(source),
				     &status);
	assert_success(status);
	assert_int_equal(source.domain_id, MCAPI_DOMAIN_INVALID);
	assert_int_equal(source.node_id, MCAPI_NODE_INVALID);
}

static void values(void **state)
{
	static const struct {
		mcapi_uint_t number, value;
		mcapi_status_t status;
	} cases[] = {
		{ MCAPI_ENDP_ATTR_TYPE, MCAPI_ENDP_TYPE_SCLCHAN, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_TYPE, 3, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_TYPE, MCAPI_ENDP_TYPE_MESSAGE, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_GET_COUNT, 1, MCAPI_ERR_ATTR_READONLY },
		{ MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE, 100, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE, MCAPI_MAX_PACKET_SIZE + 1,
		  MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_BUFFER_TYPE, MCAPI_ENDP_ATTR_FIFO_BUFFER, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_BUFFER_TYPE, 1, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_MEMORY_TYPE,
		  MCAPI_ENDP_ATTR_SHARED_MEMORY | MCAPI_ENDP_ATTR_FAIL_ON_LIMIT, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_MEMORY_TYPE, 3, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_MEMORY_TYPE, 0x20000, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_NUM_PRIORITIES, 2, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_NUM_PRIORITIES, 0, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_NUM_PRIORITIES, 17, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_PRIORITY, 15, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_PRIORITY, 16, MCAPI_ERR_ATTR_VALUE },
		{ MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS, 1, MCAPI_ERR_ATTR_READONLY },
		{ MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS, 1, MCAPI_ERR_ATTR_READONLY },
		{ MCAPI_ENDP_ATTR_ENDP_STATUS, 1, MCAPI_ERR_ATTR_READONLY },
		{ MCAPI_ENDP_ATTR_TIMEOUT, 0, MCAPI_SUCCESS },
		{ MCAPI_ENDP_ATTR_END, 0, MCAPI_ERR_ATTR_NUM },
		{ 64, 0, MCAPI_ERR_ATTR_NUM },
	};
	mcapi_endpoint_t a;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_status(set(a, cases[i].number, cases[i].value), cases[i].status);
		if (cases[i].status == MCAPI_SUCCESS)
			assert_int_equal(get(a, cases[i].number), cases[i].value);
	}
}

static void bad_arguments(void **state)
{
	const mcapi_endpoint_t elsewhere = 9u << 24 | 9u << 16 | 9;
	mcapi_uint_t value = 55;
	mcapi_endpoint_t a;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
#define BOTH(endpoint, number, value, size, get_expected, set_expected) do { \
		mcapi_endpoint_get_attribute(endpoint, number, value, size, &status); \
		assert_status(status, get_expected); \
		mcapi_endpoint_set_attribute(endpoint, number, value, size, &status); \
		assert_status(status, set_expected); \
	} while (0)
	BOTH(0, MCAPI_ENDP_ATTR_TYPE, &value, sizeof(value), MCAPI_ERR_ENDP_INVALID,
	     MCAPI_ERR_ENDP_INVALID);
	BOTH(a + 1, MCAPI_ENDP_ATTR_TYPE, &value, sizeof(value), MCAPI_ERR_ENDP_INVALID,
	     MCAPI_ERR_ENDP_INVALID);
	BOTH(elsewhere, MCAPI_ENDP_ATTR_TYPE, &value, sizeof(value), MCAPI_ERR_ENDP_INVALID,
	     MCAPI_ERR_ENDP_INVALID);
	BOTH(a, MCAPI_ENDP_ATTR_TYPE, NULL, sizeof(value), MCAPI_ERR_PARAMETER,
	     MCAPI_ERR_PARAMETER);
	BOTH(a, MCAPI_ENDP_ATTR_TYPE, &value, 2, MCAPI_ERR_ATTR_SIZE, MCAPI_ERR_ATTR_SIZE);
	BOTH(a, MCAPI_ENDP_ATTR_GET_SOURCE, &value, sizeof(value), MCAPI_ERR_ATTR_SIZE,
	     MCAPI_ERR_ATTR_SIZE);
	BOTH(a, MCAPI_ENDP_ATTR_END, &value, sizeof(value), MCAPI_ERR_ATTR_NUM,
	     MCAPI_ERR_ATTR_NUM);
#undef BOTH
	assert_int_equal(value, 55);
}

static void a_child_with_attributes(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	size_t got;

	assert_success(status);
	assert_status(set(here, MCAPI_ENDP_ATTR_PRIORITY, 7), MCAPI_SUCCESS);
	assert_status(set(here, MCAPI_ENDP_ATTR_TIMEOUT, 123), MCAPI_SUCCESS);
	mcapi_endpoint_create(2, &status);
	assert_success(status);
	assert_status(set(here, MCAPI_ENDP_ATTR_TIMEOUT, MCAPI_TIMEOUT_INFINITE), MCAPI_SUCCESS);
	mcapi_msg_recv(here, NULL, 0, &got, &status);
	assert_success(status);
}

/* Read from the directory, without asking; set is for the owner alone. */
static void of_another_node(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	mcapi_uint_t value, room;
	pid_t child = child_start(a_child_with_attributes);

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_get(2, 1, 2, 5000, &status);
	assert_success(status);
	there = mcapi_endpoint_get(2, 1, 1, 0, &status);
	assert_success(status);
	assert_int_equal(get(there, MCAPI_ENDP_ATTR_PRIORITY), 7);
	mcapi_endpoint_get_attribute(there, MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS, &value,
				     sizeof(value), &status);
	assert_status(status, MCAPI_ERR_ATTR_NOTSUPPORTED);
	assert_status(set(there, MCAPI_ENDP_ATTR_PRIORITY, 1), MCAPI_ERR_ENDP_REMOTE);
	mcapi_endpoint_delete(there, &status);
	assert_status(status, MCAPI_ERR_ENDP_NOTOWNER);
	mcapi_node_get_attribute(2, 1, MCAPI_NODE_ATTR_TYPE, &value, sizeof(value), &status);
	assert_success(status);
	room = get(there, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS);
	assert_true(room > 1);
	mcapi_msg_send(here, there, NULL, 0, 0, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

/* Who polls this sees when a send would wait. */
static void room_at_the_receiver(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	mcapi_uint_t room;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (room = get(b, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS); room; room--) {
		mcapi_msg_send(a, b, "x", 1, 0, &status);
		assert_success(status);
		assert_int_equal(get(b, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS), room - 1);
	}
}

static void sends_keep_to_them(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	char bytes[11] = "";
	int64_t start;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	assert_success(set(a, MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE, 10));
	assert_success(set(a, MCAPI_ENDP_ATTR_NUM_PRIORITIES, 2));
	mcapi_msg_send(a, b, bytes, 11, 0, &status);
	assert_status(status, MCAPI_ERR_MSG_SIZE);
	mcapi_msg_send_i(a, b, bytes, 10, 2, &request, &status);
	assert_status(status, MCAPI_ERR_PRIORITY);
	mcapi_msg_send(a, b, bytes, 10, 1, &status);
	assert_success(status);

	/* Wait for room, but not for ever. */
	assert_success(set(a, MCAPI_ENDP_ATTR_TIMEOUT, 50));
	do {
		start = now_ms();
		mcapi_msg_send(a, b, bytes, 1, 0, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_TIMEOUT);
	assert_true(now_ms() - start >= 50);
	/* It was not queued: what waits is received, and then nothing comes after it. */
	while (mcapi_msg_available(b, &status))
		mcapi_msg_recv(b, bytes, 10, &got, &status);
	assert_success(set(b, MCAPI_ENDP_ATTR_TIMEOUT, 0));
	mcapi_msg_recv(b, bytes, 10, &got, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_success(set(b, MCAPI_ENDP_ATTR_TIMEOUT, 50));
	start = now_ms();
	mcapi_msg_recv(b, bytes, 10, &got, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_true(now_ms() - start >= 50);
	mcapi_msg_send(a, b, "y", 1, 0, &status);
	assert_success(status);
	mcapi_msg_recv(b, bytes, 10, &got, &status);
	assert_success(status);
	assert_int_equal(bytes[0], 'y');

	/* Fail at once. */
	assert_success(set(a, MCAPI_ENDP_ATTR_MEMORY_TYPE, MCAPI_ENDP_ATTR_FAIL_ON_LIMIT));
	assert_success(set(a, MCAPI_ENDP_ATTR_TIMEOUT, MCAPI_TIMEOUT_INFINITE));
	do {
		mcapi_msg_send(a, b, bytes, 1, 0, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_MEM_LIMIT);
	mcapi_msg_send_i(a, b, bytes, 1, 0, &request, &status);
	assert_status(status, MCAPI_ERR_MEM_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(values, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_arguments, node_setup, node_teardown),
		cmocka_unit_test(of_another_node),
		cmocka_unit_test_setup_teardown(room_at_the_receiver, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(sends_keep_to_them, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
