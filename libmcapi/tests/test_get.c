/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_get.c - who got an endpoint, and how often
 */
#include "channels.h"

#include <unistd.h>

static void set_type(mcapi_endpoint_t endpoint, mcapi_uint_t type)
{
	mcapi_status_t status;

	mcapi_endpoint_set_attribute(endpoint, MCAPI_ENDP_ATTR_TYPE, &type, sizeof(type), &status);
	assert_success(status);
}

static mcapi_uint_t count(mcapi_endpoint_t endpoint)
{
	mcapi_uint_t value;
	mcapi_status_t status;

	mcapi_endpoint_get_attribute(endpoint, MCAPI_ENDP_ATTR_GET_COUNT, &value, sizeof(value),
				     &status);
	assert_success(status);
	return value;
}

/* Other nodes and the library need their time. */
static void await_count(mcapi_endpoint_t endpoint, mcapi_uint_t expected)
{
	for (int64_t end = now_ms() + 10000; count(endpoint) != expected;)
		assert_true(now_ms() < end);
}

static mcapi_status_t get_at(mcapi_domain_t domain, mcapi_port_t port)
{
	mcapi_status_t status;

	mcapi_endpoint_get(domain, 1, port, 10000, &status);
	return status;
}

static mcapi_status_t release(mcapi_endpoint_t endpoint)
{
	mcapi_status_t status;

	mcapi_endpoint_release(endpoint, &status);
	return status;
}

static void for_messages(void **state)
{
	mcapi_endp_get_source_t source;
	mcapi_endpoint_t a;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	assert_status(release(a), MCAPI_ERR_ENDP_INVALID);
	assert_success(get_at(1, 1));
	assert_success(get_at(1, 1));
	await_count(a, 2);
	mcapi_endpoint_get_attribute(a, MCAPI_ENDP_ATTR_GET_SOURCE, &source, sizeof(source),
				     &status);
	assert_success(status);
	assert_int_equal(source.domain_id, 1);
	assert_int_equal(source.node_id, 1);
	assert_success(release(a));
	await_count(a, 1);
	assert_success(release(a));
	await_count(a, 0);
	assert_status(release(a), MCAPI_ERR_ENDP_INVALID);
	assert_status(release(0), MCAPI_ERR_ENDP_INVALID);
	/* What was held of an endpoint does not count for its successor. */
	assert_success(get_at(1, 1));
	mcapi_endpoint_delete(a, &status);
	a = mcapi_endpoint_create(1, &status);
	assert_status(release(a), MCAPI_ERR_ENDP_INVALID);
	assert_int_equal(count(a), 0);
}

/* One for channels can be got once. */
static void for_channels(void **state)
{
	mcapi_endpoint_t a, found = 0;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	set_type(a, MCAPI_ENDP_TYPE_PKTCHAN);
	mcapi_endpoint_get_i(1, 1, 1, &found, &request, &status);
	assert_true(status == MCAPI_SUCCESS || status == MCAPI_PENDING);
	assert_true(mcapi_wait(&request, &size, 10000, &status));
	assert_int_equal(found, a);
	assert_int_equal(count(a), 1);
	assert_status(get_at(1, 1), MCAPI_ERR_ENDP_GET_LIMIT);
	mcapi_endpoint_get_i(1, 1, 1, &found, &request, &status);
	if (status == MCAPI_PENDING)
		mcapi_wait(&request, &size, 10000, &status);
	assert_status(status, MCAPI_ERR_ENDP_GET_LIMIT);
	assert_success(release(a));
	assert_success(get_at(1, 1));
	assert_int_equal(count(a), 1);
	/* A get that is given up holds nothing. */
	assert_success(release(a));
	mcapi_endpoint_get_i(1, 1, 1, &found, &request, &status);
	mcapi_cancel(&request, &status);
	if (status != MCAPI_SUCCESS)
		assert_success(release(a));
	await_count(a, 0);
}

static void get_and_stay(void)
{
	assert_success(get_at(1, 1));
	assert_success(get_at(1, 2));
	assert_success(get_at(1, 2));
	assert_success(get_at(1, 3));
	for (;;)
		assert_success(get_at(1, 4));
}

/* Until this node has noticed that the child is gone. */
static void kill_noticed(pid_t child)
{
	struct mcapix_event event = { .size = sizeof(event) };
	mcapi_status_t status;

	child_kill(child);
	while (event.kind != MCAPIX_PEER_LEFT)
		assert_true(mcapix_event_get(&event, 10000, &status));
}

static void by_a_node_that_dies(void **state)
{
	mcapi_endp_get_source_t source;
	mcapi_endpoint_t ends[5];
	mcapi_status_t status;

	(void)state;
	node_init(1, 1);
	for (mcapi_port_t port = 1; port <= 3; port++)
		ends[port] = mcapi_endpoint_create(port, &status);
	set_type(ends[1], MCAPI_ENDP_TYPE_SCLCHAN);
	for (unsigned int round = 0; round < 3; round++) {
		pid_t child = child_start(get_and_stay);

		await_count(ends[3], 1);
		assert_int_equal(count(ends[2]), 2);
		assert_int_equal(count(ends[1]), 1);
		mcapi_endpoint_get_attribute(ends[1], MCAPI_ENDP_ATTR_GET_SOURCE, &source,
					     sizeof(source), &status);
		assert_int_equal(source.domain_id, 2);
		assert_status(get_at(1, 1), MCAPI_ERR_ENDP_GET_LIMIT);
		kill_noticed(child);
		for (mcapi_port_t port = 1; port <= 3; port++)
			assert_int_equal(count(ends[port]), 0);
		assert_success(get_at(1, 1));
		assert_success(release(ends[1]));
		/* The next child's get comes by another ring than this release. */
		await_count(ends[1], 0);
	}
	node_end();
}

/* Only those who take part may have got the ends of a channel. */
static void a_third_party_holds_it(void **state)
{
	mcapi_endpoint_t a, b, c;
	mcapi_status_t status;
	pid_t child;

	(void)state;
	node_init(1, 1);
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	c = mcapi_endpoint_create(3, &status);
	assert_success(get_at(1, 1));
	assert_success(get_at(1, 2));
	child = child_start(get_and_stay);
	await_count(c, 1);
	assert_status(connect_ends(PACKETS, a, b), MCAPI_ERR_ENDP_GET_LIMIT);
	kill_noticed(child);
	assert_success(connect_ends(PACKETS, a, b));
	node_end();
}

static void no_messages_to_the_ends_of_a_channel(void **state)
{
	mcapi_request_t request;
	mcapi_endpoint_t other;
	struct pair pair;
	mcapi_status_t status;

	(void)state;
	other = mcapi_endpoint_create(3, &status);
	pair = make_pair(PACKETS, 1, 2);
	mcapi_msg_send(other, pair.to, "x", 1, 0, &status);
	assert_status(status, MCAPI_ERR_GENERAL);
	mcapi_msg_send_i(other, pair.from, "x", 1, 0, &request, &status);
	assert_status(status, MCAPI_ERR_GENERAL);
	mcapi_msg_send(pair.from, other, "x", 1, 0, &status);
	assert_status(status, MCAPI_ERR_GENERAL);
	mcapi_msg_send(other, other, "x", 1, 0, &status);
	assert_success(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(for_messages, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(for_channels, node_setup, node_teardown),
		cmocka_unit_test(by_a_node_that_dies),
		cmocka_unit_test(a_third_party_holds_it),
		cmocka_unit_test_setup_teardown(no_messages_to_the_ends_of_a_channel, node_setup,
						node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
