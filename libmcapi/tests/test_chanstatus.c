/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_chanstatus.c - which status the functions of channels give when, for both
 * types and both ends, where the other tests have it for one
 */
#include "channels.h"

#include <unistd.h>

static mcapi_status_t status;
static mcapi_request_t request;
static void *buffer;
static size_t size;

static mcapi_status_t close_i(enum type type, bool sends, uint32_t handle,
			      mcapi_request_t *at)
{
	if (type == PACKETS && sends)
		mcapi_pktchan_send_close_i(handle, at, &status);
	else if (type == PACKETS)
		mcapi_pktchan_recv_close_i(handle, at, &status);
	else if (sends)
		mcapi_sclchan_send_close_i(handle, at, &status);
	else
		mcapi_sclchan_recv_close_i(handle, at, &status);
	return status;
}

#define FOR_ENDS(type, sends) \
	for (enum type type = PACKETS; type <= SCALARS; type++) \
		for (int sends = 0; sends < 2; sends++)

/* All that take a handle, with one that they refuse. */
static void refused(uint32_t handle, mcapi_status_t expected)
{
#define REFUSED(...) do {							\
		status = MCAPI_SUCCESS;						\
		__VA_ARGS__;							\
		assert_status(status, expected);				\
	} while (0)
	REFUSED(mcapi_pktchan_send_i(handle, "x", 1, &request, &status));
	REFUSED(mcapi_pktchan_send(handle, "x", 1, &status));
	REFUSED(mcapi_pktchan_recv_i(handle, &buffer, &request, &status));
	REFUSED(mcapi_pktchan_recv(handle, &buffer, &size, &status));
	REFUSED(mcapi_pktchan_available(handle, &status));
	REFUSED(mcapi_sclchan_send_uint64(handle, 1, &status));
	REFUSED(mcapi_sclchan_send_uint32(handle, 1, &status));
	REFUSED(mcapi_sclchan_send_uint16(handle, 1, &status));
	REFUSED(mcapi_sclchan_send_uint8(handle, 1, &status));
	REFUSED(mcapi_sclchan_recv_uint64(handle, &status));
	REFUSED(mcapi_sclchan_recv_uint32(handle, &status));
	REFUSED(mcapi_sclchan_recv_uint16(handle, &status));
	REFUSED(mcapi_sclchan_recv_uint8(handle, &status));
	REFUSED(mcapi_sclchan_available(handle, &status));
	FOR_ENDS(type, sends)
		assert_status(close_i(type, sends, handle, &request), expected);
}

static void without_a_node(void **state)
{
	uint32_t handle;

	(void)state;
	refused(1, MCAPI_ERR_NODE_NOTINIT);
	for (enum type type = PACKETS; type <= SCALARS; type++)
		assert_status(start_connect(type, 1, 2, &request), MCAPI_ERR_NODE_NOTINIT);
	FOR_ENDS(type, sends)
		assert_status(start_open(type, sends, 1, &handle, &request),
			      MCAPI_ERR_NODE_NOTINIT);
	mcapi_pktchan_release(&size, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	assert_false(mcapi_pktchan_release_test(&size, &status));
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapi_endpoint_release(1, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
}

static void handles_that_are_none(void **state)
{
	(void)state;
	refused(0, MCAPI_ERR_CHAN_INVALID);
	refused(0xffffffff, MCAPI_ERR_CHAN_INVALID);
}

static void open_and_close(void **state)
{
	mcapi_port_t port = 10;
	uint32_t handle;

	(void)state;
	FOR_ENDS(type, sends) {
		const enum type wrong = type == PACKETS ? SCALARS : PACKETS;
		mcapi_endpoint_t send = mcapi_endpoint_create(port++, &status);
		mcapi_endpoint_t recv = mcapi_endpoint_create(port++, &status);
		mcapi_endpoint_t mine = sends ? send : recv;
		mcapi_request_t pending;

		assert_status(start_open(type, sends, 0, &handle, &request),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_open(type, sends, mine, NULL, &request), MCAPI_ERR_PARAMETER);
		assert_status(start_open(type, sends, mine, &handle, NULL), MCAPI_ERR_PARAMETER);
		assert_success(connect_ends(type, send, recv));
		assert_status(start_open(wrong, sends, mine, &handle, &request),
			      MCAPI_ERR_CHAN_TYPE);
		assert_status(start_open(type, !sends, mine, &handle, &request),
			      MCAPI_ERR_CHAN_DIRECTION);
		mcapi_endpoint_delete(mine, &status);
		assert_status(status, MCAPI_ERR_CHAN_CONNECTED);
		status = MCAPI_SUCCESS;
		mcapi_endpoint_set_attribute(mine, MCAPI_ENDP_ATTR_TIMEOUT, &(mcapi_uint_t){ 1 },
					     sizeof(mcapi_uint_t), &status);
		assert_status(status, MCAPI_ERR_CHAN_CONNECTED);
		assert_status(start_open(type, sends, mine, &handle, &pending), MCAPI_PENDING);
		assert_status(start_open(type, sends, mine, &handle, &request),
			      MCAPI_ERR_CHAN_OPENPENDING);
		open_end(type, !sends, sends ? recv : send);
		assert_success(finish(&pending));
		assert_status(start_open(type, sends, mine, &(uint32_t){ 0 }, &request),
			      MCAPI_ERR_CHAN_OPEN);
		assert_status(close_i(type, sends, handle, NULL), MCAPI_ERR_PARAMETER);
		assert_status(close_i(wrong, sends, handle, &request), MCAPI_ERR_CHAN_TYPE);
		assert_status(close_i(type, !sends, handle, &request), MCAPI_ERR_CHAN_DIRECTION);
		assert_success(close_end(type, sends, handle));
		assert_status(start_open(type, sends, mine, &handle, &request),
			      MCAPI_ERR_CHAN_CLOSEPENDING);
		/* The owner of the send end answers, and knows its own end first. */
		assert_status(connect_ends(type, send, recv), sends ?
			      MCAPI_ERR_CHAN_CLOSEPENDING : MCAPI_ERR_CHAN_CONNECTED);
	}
}

static void no_request_left(void **state)
{
	struct pair packets, scalars;
	mcapi_endpoint_t full, free[2];
	uint32_t handle;

	(void)state;
	packets = make_pair(PACKETS, 1, 2);
	scalars = make_pair(SCALARS, 3, 4);
	full = mcapi_endpoint_create(5, &status);
	free[0] = mcapi_endpoint_create(6, &status);
	free[1] = mcapi_endpoint_create(7, &status);
	do {
		mcapi_msg_recv_i(full, NULL, 0, &request, &status);
	} while (status == MCAPI_PENDING);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
	for (enum type type = PACKETS; type <= SCALARS; type++)
		assert_status(start_connect(type, free[0], free[1], &request),
			      MCAPI_ERR_REQUEST_LIMIT);
	FOR_ENDS(type, sends) {
		const struct pair *pair = type == PACKETS ? &packets : &scalars;

		assert_status(start_open(type, sends, free[0], &handle, &request),
			      MCAPI_ERR_REQUEST_LIMIT);
		assert_status(close_i(type, sends, sends ? pair->send : pair->recv, &request),
			      MCAPI_ERR_REQUEST_LIMIT);
	}
	mcapi_pktchan_send_i(packets.send, "x", 1, &request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
	mcapi_pktchan_recv_i(packets.recv, &buffer, &request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_LIMIT);
}

/* A channel whose two ends have an attribute that is not the default. */
static struct pair pair_with(mcapi_uint_t number, mcapi_uint_t value)
{
	struct pair pair;

	pair.from = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	pair.to = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	mcapi_endpoint_set_attribute(pair.from, number, &value, sizeof(value), &status);
	assert_success(status);
	mcapi_endpoint_set_attribute(pair.to, number, &value, sizeof(value), &status);
	assert_success(status);
	assert_success(connect_ends(PACKETS, pair.from, pair.to));
	assert_status(start_open(PACKETS, true, pair.from, &pair.send, &request), MCAPI_PENDING);
	pair.recv = open_end(PACKETS, false, pair.to);
	assert_success(finish(&request));
	return pair;
}

static void packets_that_find_no_room(void **state)
{
	struct pair pair;

	(void)state;
	pair = pair_with(MCAPI_ENDP_ATTR_TIMEOUT, 20);
	mcapi_pktchan_recv(pair.recv, &buffer, &size, &status);
	assert_status(status, MCAPI_TIMEOUT);
	do {
		mcapi_pktchan_send(pair.send, "x", 1, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_TIMEOUT);

	pair = pair_with(MCAPI_ENDP_ATTR_MEMORY_TYPE, MCAPI_ENDP_ATTR_FAIL_ON_LIMIT);
	do {
		mcapi_pktchan_send_i(pair.send, "x", 1, &request, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_MEM_LIMIT);
	assert_success(close_end(PACKETS, false, pair.recv));
	mcapi_pktchan_send_i(pair.send, "x", 1, &request, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
}

static void open_and_stay(void)
{
	channel_from(PACKETS);
	pause();
}

static void to_the_dead(void **state)
{
	pid_t child = child_start(open_and_stay);
	uint32_t handle;

	(void)state;
	node_init(1, 1);
	handle = channel_to(PACKETS, 2);
	child_kill(child);
	do {
		mcapi_pktchan_send_i(handle, "x", 1, &request, &status);
		if (status == MCAPI_PENDING)
			status = finish(&request);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	mcapi_pktchan_send_i(handle, "x", 1, &request, &status);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	node_end();
}

static void scalars_of_another_size(void **state)
{
	struct pair pair;

	(void)state;
	pair = make_pair(SCALARS, 1, 2);
	mcapi_sclchan_send_uint64(pair.send, 1, &status);
	mcapi_sclchan_send_uint8(pair.send, 2, &status);
	assert_success(status);
#define OTHER(...) do { \
		__VA_ARGS__; \
		assert_status(status, MCAPI_ERR_SCL_SIZE); \
	} while (0)
	OTHER(mcapi_sclchan_recv_uint8(pair.recv, &status));
	OTHER(mcapi_sclchan_recv_uint16(pair.recv, &status));
	OTHER(mcapi_sclchan_recv_uint32(pair.recv, &status));
	assert_int_equal(mcapi_sclchan_recv_uint64(pair.recv, &status), 1);
	OTHER(mcapi_sclchan_recv_uint64(pair.recv, &status));
	assert_int_equal(mcapi_sclchan_recv_uint8(pair.recv, &status), 2);
	assert_success(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_node),
		cmocka_unit_test_setup_teardown(handles_that_are_none, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(open_and_close, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(no_request_left, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(packets_that_find_no_room, node_setup,
						node_teardown),
		cmocka_unit_test(to_the_dead),
		cmocka_unit_test_setup_teardown(scalars_of_another_size, node_setup,
						node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
