/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

#include <pthread.h>
#include <unistd.h>

#define STREAM 200000u

static void all_sizes(void **state)
{
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(SCALARS, 1, 2);
	for (unsigned int round = 0; round < 50; round++) {
		mcapi_sclchan_send_uint8(pair.send, 0xa5, &status);
		assert_success(status);
		mcapi_sclchan_send_uint16(pair.send, 0xa5b6, &status);
		assert_success(status);
		mcapi_sclchan_send_uint32(pair.send, 0xa5b6c7d8, &status);
		assert_success(status);
		mcapi_sclchan_send_uint64(pair.send, 0xa5b6c7d8e9f0a1b2, &status);
		assert_success(status);
		assert_int_equal(mcapi_sclchan_available(pair.recv, &status), 4);
		assert_success(status);
		assert_int_equal(mcapi_sclchan_recv_uint8(pair.recv, &status), 0xa5);
		assert_success(status);
		assert_int_equal(mcapi_sclchan_recv_uint16(pair.recv, &status), 0xa5b6);
		assert_success(status);
		assert_int_equal(mcapi_sclchan_recv_uint32(pair.recv, &status), 0xa5b6c7d8);
		assert_success(status);
		assert_true(mcapi_sclchan_recv_uint64(pair.recv, &status) == 0xa5b6c7d8e9f0a1b2);
		assert_success(status);
		assert_int_equal(mcapi_sclchan_available(pair.recv, &status), 0);
	}
}

static void another_size(void **state)
{
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(SCALARS, 1, 2);
	mcapi_sclchan_send_uint16(pair.send, 0x1234, &status);
	mcapi_sclchan_recv_uint8(pair.recv, &status);
	assert_status(status, MCAPI_ERR_SCL_SIZE);
	mcapi_sclchan_recv_uint64(pair.recv, &status);
	assert_status(status, MCAPI_ERR_SCL_SIZE);
	/* It stays. */
	assert_int_equal(mcapi_sclchan_available(pair.recv, &status), 1);
	assert_int_equal(mcapi_sclchan_recv_uint16(pair.recv, &status), 0x1234);
	assert_success(status);
}

static void bad_handles(void **state)
{
	struct pair scalars, packets;
	mcapi_status_t status;

	(void)state;
	scalars = make_pair(SCALARS, 1, 2);
	packets = make_pair(PACKETS, 3, 4);
	const uint32_t wrong[] = { 0, 0xffffffff, scalars.recv, packets.send, packets.recv,
				   scalars.send + 4096 };

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		mcapi_sclchan_send_uint32(wrong[i], 1, &status);
		assert_status(status, MCAPI_ERR_CHAN_INVALID);
	}
	mcapi_sclchan_recv_uint32(scalars.send, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_int_equal(mcapi_sclchan_available(scalars.send, &status), 0);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
}

static void the_sender_closes_first(void **state)
{
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(SCALARS, 1, 2);
	for (uint32_t i = 0; i < 10; i++)
		mcapi_sclchan_send_uint32(pair.send, i, &status);
	assert_success(close_end(SCALARS, true, pair.send));
	mcapi_sclchan_send_uint32(pair.send, 1, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	for (uint32_t i = 0; i < 10; i++) {
		assert_int_equal(mcapi_sclchan_recv_uint32(pair.recv, &status), i);
		assert_success(status);
	}
	mcapi_sclchan_recv_uint32(pair.recv, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(SCALARS, false, pair.recv));
	assert_success(connect_ends(PACKETS, pair.to, pair.from));
}

static void the_receiver_closes_first(void **state)
{
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(SCALARS, 1, 2);
	mcapi_sclchan_send_uint32(pair.send, 1, &status);
	assert_success(close_end(SCALARS, false, pair.recv));
	mcapi_sclchan_send_uint32(pair.send, 1, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(SCALARS, true, pair.send));
	assert_success(connect_ends(SCALARS, pair.from, pair.to));
}

static void full(void **state)
{
	const uint32_t ms = 20, fail = MCAPI_ENDP_ATTR_FAIL_ON_LIMIT;
	mcapi_status_t status;
	struct pair pair;
	uint32_t sent = 0;

	(void)state;
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);

	mcapi_endpoint_set_attribute(a, MCAPI_ENDP_ATTR_TIMEOUT, &ms, sizeof(ms), &status);
	assert_success(status);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_TIMEOUT, &ms, sizeof(ms), &status);
	assert_success(status);
	mcapi_endpoint_delete(b, &status);
	b = mcapi_endpoint_create(2, &status);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_TIMEOUT, &ms, sizeof(ms), &status);
	assert_success(connect_ends(SCALARS, a, b));
	mcapi_request_t open[2];

	start_open(SCALARS, true, a, &pair.send, &open[0]);
	start_open(SCALARS, false, b, &pair.recv, &open[1]);
	assert_success(finish(&open[0]));
	assert_success(finish(&open[1]));
	for (;; sent++) {
		mcapi_sclchan_send_uint32(pair.send, sent, &status);
		if (status != MCAPI_SUCCESS)
			break;
	}
	assert_status(status, MCAPI_TIMEOUT);
	assert_true(sent >= 100);
	assert_int_equal(mcapi_sclchan_available(pair.recv, &status), sent);
	for (uint32_t i = 0; i < sent; i++)
		assert_int_equal(mcapi_sclchan_recv_uint32(pair.recv, &status), i);
	mcapi_sclchan_recv_uint32(pair.recv, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_success(close_end(SCALARS, true, pair.send));
	assert_success(close_end(SCALARS, false, pair.recv));

	/* Who asked to fail does not wait. */
	mcapi_endpoint_set_attribute(a, MCAPI_ENDP_ATTR_MEMORY_TYPE, &fail, sizeof(fail), &status);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_MEMORY_TYPE, &fail, sizeof(fail), &status);
	assert_success(connect_ends(SCALARS, a, b));
	start_open(SCALARS, true, a, &pair.send, &open[0]);
	start_open(SCALARS, false, b, &pair.recv, &open[1]);
	assert_success(finish(&open[0]));
	assert_success(finish(&open[1]));
	do {
		mcapi_sclchan_send_uint32(pair.send, 1, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_MEM_LIMIT);
}

static void send_stream(void)
{
	mcapi_status_t status;
	uint32_t handle = channel_to(SCALARS, 1);

	for (uint32_t i = 0; i < STREAM; i++) {
		if (i % 3)
			mcapi_sclchan_send_uint32(handle, i, &status);
		else
			mcapi_sclchan_send_uint64(handle, i * UINT64_C(0x100000001), &status);
		assert_success(status);
		/* Let the other one sleep now and then. */
		if (i % 50000 == 777)
			usleep(2000);
	}
	assert_success(close_end(SCALARS, true, handle));
}

static void a_stream(void **state)
{
	mcapi_status_t status;
	uint32_t handle;
	pid_t child = child_start(send_stream);

	(void)state;
	node_init(1, 1);
	handle = channel_from(SCALARS);
	for (uint32_t i = 0; i < STREAM; i++) {
		if (i % 3)
			assert_int_equal(mcapi_sclchan_recv_uint32(handle, &status), i);
		else
			assert_true(mcapi_sclchan_recv_uint64(handle, &status) ==
				    i * UINT64_C(0x100000001));
		assert_success(status);
		/* The sender finds the ring full and sleeps. */
		if (i % 50000 == 7777)
			usleep(2000);
	}
	mcapi_sclchan_recv_uint32(handle, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(SCALARS, false, handle));
	child_end(child);
	node_end();
}

static void send_and_hang(void)
{
	mcapi_status_t status;
	uint32_t handle = channel_to(SCALARS, 1);

	for (uint32_t i = 0; i < 20; i++)
		mcapi_sclchan_send_uint16(handle, (uint16_t)i, &status);
	pause();
}

/* What a killed sender has sent arrives; then its death does, also to who sleeps. */
static void the_sender_dies(void **state)
{
	mcapi_status_t status;
	uint32_t handle;
	pid_t child = child_start(send_and_hang);

	(void)state;
	node_init(1, 1);
	handle = channel_from(SCALARS);
	while (mcapi_sclchan_available(handle, &status) < 20)
		assert_success(status);
	child_kill(child);
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(mcapi_sclchan_recv_uint16(handle, &status), i);
		assert_success(status);
	}
	mcapi_sclchan_recv_uint16(handle, &status);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_success(close_end(SCALARS, false, handle));
	node_end();
}

static void receive_nothing(void)
{
	channel_from(SCALARS);
	pause();
}

static void the_receiver_dies(void **state)
{
	pid_t child = child_start(receive_nothing);
	mcapi_status_t status;
	pthread_t killer;
	uint32_t handle;

	(void)state;
	node_init(1, 1);
	handle = channel_to(SCALARS, 2);
	assert_int_equal(pthread_create(&killer, NULL, child_kill_soon, &child), 0);
	do {
		mcapi_sclchan_send_uint64(handle, 1, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_success(close_end(SCALARS, true, handle));
	pthread_join(killer, NULL);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_sizes, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(another_size, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_handles, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(the_sender_closes_first, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(the_receiver_closes_first, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(full, node_setup, node_teardown),
		cmocka_unit_test(a_stream),
		cmocka_unit_test(the_sender_dies),
		cmocka_unit_test(the_receiver_dies),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
