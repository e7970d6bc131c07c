/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_pktpeer.c - packets between processes: streams, both ways at once, deaths
 */
#include "channels.h"

#include <pthread.h>
#include <unistd.h>

#define STREAM 2000u

static size_t size_of(uint32_t i)
{
	return i % 97 == 0 ? 3000000 : packet_sizes[i * 7 % PACKET_SIZES];
}

static void send_stream(void)
{
	uint32_t handle = channel_to(PACKETS, 1);

	for (uint32_t i = 0; i < STREAM; i++)
		send_packet(handle, size_of(i), i);
	assert_success(close_end(PACKETS, true, handle));
}

static void a_stream(void **state)
{
	mcapi_status_t status;
	uint32_t handle;
	pid_t child = child_start(send_stream);
	void *packet;
	size_t got;

	(void)state;
	node_init(1, 1);
	handle = channel_from(PACKETS);
	for (uint32_t i = 0; i < STREAM; i++) {
		expect_packet(handle, size_of(i), i);
		if (i % 500 == 99)
			usleep(5000);
	}
	mcapi_pktchan_recv(handle, &packet, &got, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(PACKETS, false, handle));
	child_end(child);
	node_end();
}

#define BOTH_WAYS 100u

/* Sends and receives 1 MiB packets at once, as a request each. */
static void both_ways(uint32_t send, uint32_t recv)
{
	static uint8_t mine[1 << 20];
	uint32_t sent = 0, received = 0;
	mcapi_request_t requests[2], *all[2] = { &requests[0], &requests[1] };
	mcapi_status_t status;
	void *packet;
	size_t got;

	fill(mine, sizeof(mine), 0);
	mcapi_pktchan_send_i(send, mine, sizeof(mine), &requests[0], &status);
	mcapi_pktchan_recv_i(recv, &packet, &requests[1], &status);
	while (sent < BOTH_WAYS || received < BOTH_WAYS) {
		mcapi_uint_t which = mcapi_wait_any(received == BOTH_WAYS ? 1 : 2,
						    sent == BOTH_WAYS ? all + 1 : all, &got,
						    20000, &status);

		assert_success(status);
		which += sent == BOTH_WAYS;
		if (which == 0) {
			if (++sent == BOTH_WAYS) {
				/* Only the receive is left. */
				while (received < BOTH_WAYS) {
					assert_success(finish(&requests[1]));
					assert_true(filled(packet, 1 << 20, received));
					mcapi_pktchan_release(packet, &status);
					if (++received < BOTH_WAYS)
						mcapi_pktchan_recv_i(recv, &packet, &requests[1],
								     &status);
				}
				return;
			}
			fill(mine, sizeof(mine), sent);
			mcapi_pktchan_send_i(send, mine, sizeof(mine), &requests[0], &status);
		} else {
			assert_int_equal(got, 1 << 20);
			assert_true(filled(packet, got, received));
			mcapi_pktchan_release(packet, &status);
			assert_success(status);
			if (++received < BOTH_WAYS)
				mcapi_pktchan_recv_i(recv, &packet, &requests[1], &status);
		}
	}
}

static void the_other_way(void)
{
	mcapi_status_t status;
	uint32_t recv, send;

	send = channel_to(PACKETS, 1);
	recv = open_end(PACKETS, false, mcapi_endpoint_create(2, &status));
	both_ways(send, recv);
	/* What we sent last is still read. */
	assert_success(close_end(PACKETS, true, send));
	mcapi_pktchan_recv(recv, &(void *){ NULL }, &(size_t){ 0 }, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(PACKETS, false, recv));
}

static void megabytes_both_ways(void **state)
{
	mcapi_endpoint_t from;
	mcapi_status_t status;
	uint32_t recv, send;
	pid_t child = child_start(the_other_way);

	(void)state;
	node_init(1, 1);
	recv = channel_from(PACKETS);
	from = mcapi_endpoint_create(2, &status);
	assert_success(connect_ends(PACKETS, from, other(2, 1, 2)));
	send = open_end(PACKETS, true, from);
	both_ways(send, recv);
	assert_success(close_end(PACKETS, true, send));
	mcapi_pktchan_recv(recv, &(void *){ NULL }, &(size_t){ 0 }, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	assert_success(close_end(PACKETS, false, recv));
	child_end(child);
	node_end();
}

static void send_some_and_hang(void)
{
	uint32_t handle = channel_to(PACKETS, 1);

	for (uint32_t i = 0; i < 4; i++)
		send_packet(handle, 100000 * (i & 1), i);
	pause();
}

static void the_sender_dies(void **state)
{
	pid_t child = child_start(send_some_and_hang);
	mcapi_status_t status;
	uint32_t handle;
	void *packet, *held;
	size_t got;

	(void)state;
	node_init(1, 1);
	handle = channel_from(PACKETS);
	while (mcapi_pktchan_available(handle, &status) < 4)
		assert_success(status);
	expect_packet(handle, 0, 0);
	mcapi_pktchan_recv(handle, &held, &got, &status);
	assert_success(status);
	child_kill(child);
	expect_packet(handle, 0, 2);
	expect_packet(handle, 100000, 3);
	mcapi_pktchan_recv(handle, &packet, &got, &status);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	/* The memory of the dead stays as long as it is needed; another node gets other memory. */
	assert_success(close_end(PACKETS, false, handle));
	child = child_start(send_some_and_hang);
	handle = open_end(PACKETS, false, 1u << 24 | 1u << 16 | 1);
	expect_packet(handle, 0, 0);
	expect_packet(handle, 100000, 1);
	assert_true(filled(held, 100000, 1));
	mcapi_pktchan_release(held, &status);
	assert_success(status);
	child_kill(child);
	node_end();
}

static void receive_one(void)
{
	uint32_t handle = channel_from(PACKETS);
	mcapi_status_t status;
	void *packet;
	size_t got;

	mcapi_pktchan_recv(handle, &packet, &got, &status);
	pause();
}

static void the_receiver_dies(void **state)
{
	static uint8_t bytes[1 << 20];
	pid_t child = child_start(receive_one);
	mcapi_status_t status;
	pthread_t killer;
	struct pair pair;
	uint32_t handle;

	(void)state;
	node_init(1, 1);
	handle = channel_to(PACKETS, 2);
	assert_int_equal(pthread_create(&killer, NULL, child_kill_soon, &child), 0);
	do {
		mcapi_pktchan_send(handle, bytes, sizeof(bytes), &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_success(close_end(PACKETS, true, handle));
	pthread_join(killer, NULL);
	/* All of its buffers are back. */
	pair = make_pair(PACKETS, 8, 9);
	send_packet(pair.send, 1 << 20, 1);
	expect_packet(pair.recv, 1 << 20, 1);
	node_end();
}

/* Says that it has opened, then ends as a node should. */
static void open_and_finalize(void)
{
	const mcapi_endpoint_t here = mcapi_endpoint_create(2, &(mcapi_status_t){ 0 });
	mcapi_status_t status;

	channel_from(PACKETS);
	mcapi_msg_send(here, other(1, 1, 2), NULL, 0, 0, &status);
	assert_success(status);
}

/* It says so, and no packet is sent into nowhere. */
static void the_receiver_finalizes(void **state)
{
	pid_t child = child_start(open_and_finalize);
	mcapi_endpoint_t here;
	mcapi_status_t status;
	uint32_t handle;
	size_t got;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(2, &status);
	handle = channel_to(PACKETS, 2);
	mcapi_msg_recv(here, NULL, 0, &got, &status);
	assert_success(status);
	child_end(child);
	mcapi_pktchan_send(handle, "x", 1, &status);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_success(close_end(PACKETS, true, handle));
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream),
		cmocka_unit_test(megabytes_both_ways),
		cmocka_unit_test(the_sender_dies),
		cmocka_unit_test(the_receiver_dies),
		cmocka_unit_test(the_receiver_finalizes),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
