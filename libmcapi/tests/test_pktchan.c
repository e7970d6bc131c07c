/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

static uint8_t out[MCAPI_MAX_PACKET_SIZE + 1];

static void all_sizes(void **state)
{
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (uint32_t round = 0; round < 40; round++)
		for (uint32_t i = 0; i < PACKET_SIZES; i++) {
			send_packet(pair.send, packet_sizes[i], round + i);
			assert_int_equal(mcapi_pktchan_available(pair.recv, &status), 1);
			assert_success(status);
			expect_packet(pair.recv, packet_sizes[i], round + i);
			assert_int_equal(mcapi_pktchan_available(pair.recv, &status), 0);
		}
}

static void any_order_of_release(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	void *packets[60];
	size_t got;
	int local;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (uint32_t i = 0; i < 60; i++)
		send_packet(pair.send, i * 31, i);
	assert_int_equal(mcapi_pktchan_available(pair.recv, &status), 60);
	for (uint32_t i = 0; i < 60; i++) {
		mcapi_pktchan_recv(pair.recv, &packets[i], &got, &status);
		assert_success(status);
		assert_int_equal(got, i * 31);
	}
	for (uint32_t n = 0; n < 60; n++) {
		const uint32_t i = n * 7 % 60;

		assert_true(filled(packets[i], i * 31, i));
		assert_false(mcapi_pktchan_release_test(packets[i], &status));
		assert_status(status, MCAPI_PENDING);
		mcapi_pktchan_release(packets[i], &status);
		assert_success(status);
		mcapi_pktchan_release(packets[i], &status);
		assert_status(status, MCAPI_ERR_BUF_INVALID);
	}
	mcapi_pktchan_release(&local, &status);
	assert_status(status, MCAPI_ERR_BUF_INVALID);
	mcapi_pktchan_release(NULL, &status);
	assert_status(status, MCAPI_ERR_BUF_INVALID);
	assert_false(mcapi_pktchan_release_test(&local, &status));
	assert_status(status, MCAPI_ERR_BUF_INVALID);
	assert_false(mcapi_pktchan_release_test(NULL, &status));
	assert_status(status, MCAPI_ERR_PARAMETER);
}

static void bad_arguments(void **state)
{
	mcapi_request_t request;
	mcapi_status_t status;
	struct pair pair;
	void *packet;
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	mcapi_pktchan_send(pair.recv, out, 1, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	mcapi_pktchan_send(pair.send, out, sizeof(out), &status);
	assert_status(status, MCAPI_ERR_PKT_SIZE);
	mcapi_pktchan_send(pair.send, NULL, 1, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_pktchan_send_i(pair.send, out, 1, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_pktchan_send_i(pair.send, out, sizeof(out), &request, &status);
	assert_status(status, MCAPI_ERR_PKT_SIZE);
	mcapi_pktchan_recv(pair.send, &packet, &got, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	mcapi_pktchan_recv(pair.recv, NULL, &got, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_pktchan_recv(pair.recv, &packet, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_pktchan_recv_i(pair.recv, NULL, &request, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_pktchan_recv_i(pair.recv, &packet, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_int_equal(mcapi_pktchan_available(pair.send, &status), 0);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	/* Nothing of it was sent; nothing with no buffer is a packet. */
	assert_int_equal(mcapi_pktchan_available(pair.recv, &status), 0);
	mcapi_pktchan_send(pair.send, NULL, 0, &status);
	assert_success(status);
	expect_packet(pair.recv, 0, 0);
}

static void requests(void **state)
{
	mcapi_request_t receive[3], send[3];
	mcapi_status_t status;
	struct pair pair;
	void *packet[3] = { NULL };
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (unsigned int i = 0; i < 3; i++) {
		mcapi_pktchan_recv_i(pair.recv, &packet[i], &receive[i], &status);
		assert_status(status, MCAPI_PENDING);
	}
	mcapi_cancel(&receive[1], &status);
	assert_success(status);
	for (unsigned int i = 0; i < 3; i++) {
		fill(out, 100, i);
		mcapi_pktchan_send_i(pair.send, out, 100, &send[i], &status);
		assert_success(status);
		assert_true(mcapi_wait(&send[i], &got, 1000, &status));
		assert_int_equal(got, 100);
	}
	assert_true(mcapi_wait(&receive[2], &got, 1000, &status));
	assert_true(mcapi_wait(&receive[0], &got, 1000, &status));
	assert_int_equal(got, 100);
	assert_true(filled(packet[0], 100, 0));
	assert_null(packet[1]);
	assert_true(filled(packet[2], 100, 1));
	expect_packet(pair.recv, 100, 2);
	/* A close ends what waits. */
	mcapi_pktchan_recv_i(pair.recv, &packet[1], &receive[1], &status);
	assert_success(close_end(PACKETS, false, pair.recv));
	assert_status(finish(&receive[1]), MCAPI_ERR_CHAN_INVALID);
}

/* Sends until there is no more room; how many went. */
static uint32_t fill_up(uint32_t handle, size_t size, mcapi_request_t *pending)
{
	mcapi_status_t status;
	uint32_t sent = 0;

	for (;; sent++) {
		mcapi_pktchan_send_i(handle, out, size, pending, &status);
		if (status == MCAPI_PENDING)
			return sent;
		assert_success(status);
		assert_success(finish(pending));
	}
}

static void stop_and_go(void **state)
{
	static const size_t each[] = { 0, 44, 45, 3000, 70000, 1 << 20 };
	mcapi_request_t pending;
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (unsigned int i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		uint32_t sent;

		fill(out, each[i], i);
		sent = fill_up(pair.send, each[i], &pending);
		assert_true(sent >= 1);
		assert_int_equal(mcapi_pktchan_available(pair.recv, &status), sent);
		for (uint32_t n = 0; n <= sent; n++)
			expect_packet(pair.recv, each[i], i);
		assert_success(finish(&pending));
	}
}

static void a_consumer_that_stops(void **state)
{
	mcapi_request_t pending[2];
	struct pair stuck, fine;

	(void)state;
	stuck = make_pair(PACKETS, 1, 2);
	fine = make_pair(PACKETS, 3, 4);
	fill_up(stuck.send, 60000, &pending[0]);
	fill_up(stuck.send, 0, &pending[1]);
	for (uint32_t i = 0; i < 300; i++) {
		const size_t size = i % 2 ? 50000 : 4;

		send_packet(fine.send, size, i);
		expect_packet(fine.recv, size, i);
	}
}

static void send_close_keeps_what_was_sent(void **state)
{
	mcapi_request_t pending;
	mcapi_status_t status;
	struct pair pair;
	uint32_t sent;
	void *packet;
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	fill(out, 5000, 9);
	sent = fill_up(pair.send, 5000, &pending);
	assert_success(close_end(PACKETS, true, pair.send));
	assert_status(finish(&pending), MCAPI_ERR_CHAN_INVALID);
	for (uint32_t i = 0; i < sent; i++)
		expect_packet(pair.recv, 5000, 9);
	mcapi_pktchan_recv(pair.recv, &packet, &got, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(PACKETS, false, pair.recv));
}

/* The endpoints are free at once; the packet is readable until it is released. */
static void release_after_close(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	void *packet[2];
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (unsigned int life = 0; life < 20; life++) {
		for (unsigned int i = 0; i < 2; i++) {
			send_packet(pair.send, 100000, life + i);
			mcapi_pktchan_recv(pair.recv, &packet[i], &got, &status);
			assert_success(status);
		}
		send_packet(pair.send, 200000, life);
		assert_success(close_end(PACKETS, life & 1, life & 1 ? pair.send : pair.recv));
		if (!(life & 1)) {
			mcapi_pktchan_send(pair.send, out, 1, &status);
			assert_status(status, MCAPI_ERR_CHAN_INVALID);
		}
		assert_success(close_end(PACKETS, !(life & 1), life & 1 ? pair.recv : pair.send));
		assert_success(connect_ends(PACKETS, pair.from, pair.to));
		mcapi_request_t open[2];

		start_open(PACKETS, true, pair.from, &pair.send, &open[0]);
		start_open(PACKETS, false, pair.to, &pair.recv, &open[1]);
		assert_success(finish(&open[0]));
		assert_success(finish(&open[1]));
		for (unsigned int i = 0; i < 2; i++) {
			assert_true(filled(packet[i], 100000, life + i));
			mcapi_pktchan_release(packet[i], &status);
			assert_success(status);
		}
	}
}

static void in_parts(void **state)
{
	mcapi_request_t request;
	mcapi_status_t status;
	struct pair pair;
	void *packet;
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	fill(out, MCAPI_MAX_PACKET_SIZE, 1);
	mcapi_pktchan_send_i(pair.send, out, MCAPI_MAX_PACKET_SIZE, &request, &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_pktchan_recv(pair.recv, &packet, &got, &status);
	assert_success(status);
	assert_success(finish(&request));
	assert_int_equal(got, MCAPI_MAX_PACKET_SIZE);
	assert_true(filled(packet, got, 1));
	mcapi_pktchan_release(packet, &status);
	assert_success(status);

	/* Given up in the middle; the next one is whole. */
	mcapi_pktchan_send_i(pair.send, out, MCAPI_MAX_PACKET_SIZE, &request, &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_cancel(&request, &status);
	assert_success(status);
	mcapi_pktchan_send_i(pair.send, out, 5000000, &request, &status);
	assert_status(status, MCAPI_PENDING);
	while (!mcapi_pktchan_available(pair.recv, &status))
		assert_success(status);
	expect_packet(pair.recv, 5000000, 1);
	assert_success(finish(&request));
	send_packet(pair.send, 10, 2);
	expect_packet(pair.recv, 10, 2);
}

/* Holding one while waiting for the next must work whatever the size. */
static void who_holds_gets_more(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	void *packet[5];
	size_t got;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (unsigned int i = 0; i < 5; i++) {
		mcapi_request_t request;

		fill(out, 1 << 20, i);
		mcapi_pktchan_send_i(pair.send, out, 1 << 20, &request, &status);
		mcapi_pktchan_recv(pair.recv, &packet[i], &got, &status);
		assert_success(status);
		assert_success(finish(&request));
	}
	for (unsigned int i = 0; i < 5; i++) {
		assert_true(filled(packet[i], 1 << 20, i));
		mcapi_pktchan_release(packet[i], &status);
		assert_success(status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_sizes, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(any_order_of_release, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_arguments, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(requests, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(stop_and_go, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_consumer_that_stops, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(send_close_keeps_what_was_sent, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(release_after_close, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(in_parts, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(who_holds_gets_more, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
