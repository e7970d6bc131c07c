/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_zerocopy.c - packets in place, from pieces, and many at once
 */
#include "channels.h"

#include <unistd.h>

static void *receive(uint32_t handle, size_t size)
{
	mcapi_status_t status;
	void *packet;
	size_t got;

	mcapi_pktchan_recv(handle, &packet, &got, &status);
	assert_success(status);
	assert_int_equal(got, size);
	return packet;
}

static void nothing_is_copied(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	uint8_t *loan, *packet;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (size_t size = 8; size <= 1 << 20; size *= 8) {
		loan = mcapix_buffer_alloc(pair.send, size, &status);
		assert_success(status);
		fill(loan, size, 1);
		mcapix_pktchan_send_buffer(pair.send, loan, size, &status);
		assert_success(status);
		packet = receive(pair.recv, size);
		assert_true(filled(packet, size, 1));
		/* Both look at the same memory, which nobody should do. */
		loan[0] = 0x5a;
		assert_int_equal(*(volatile uint8_t *)packet, 0x5a);

		assert_false(mcapi_pktchan_release_test(loan, &status));
		assert_status(status, MCAPI_PENDING);
		mcapix_buffer_free(loan, &status);
		assert_status(status, MCAPI_ERR_BUF_INVALID);
		mcapix_pktchan_send_buffer(pair.send, loan, size, &status);
		assert_status(status, MCAPI_ERR_BUF_INVALID);
		mcapi_pktchan_release(packet, &status);
		assert_success(status);
		assert_true(mcapi_pktchan_release_test(loan, &status));
		assert_success(status);
		mcapix_buffer_free(loan, &status);
		assert_success(status);
		assert_false(mcapi_pktchan_release_test(loan, &status));
		assert_status(status, MCAPI_ERR_BUF_INVALID);
	}
}

static void what_came_back_is_used_again(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	void *first = NULL;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	for (unsigned int i = 0; i < 10000; i++) {
		void *loan = mcapix_buffer_alloc(pair.send, 5000, &status);

		assert_success(status);
		assert_true(!first || loan == first);
		first = loan;
		mcapix_pktchan_send_buffer(pair.send, loan, 5000, &status);
		assert_success(status);
		mcapi_pktchan_release(receive(pair.recv, 5000), &status);
		assert_success(status);
	}
}

static void loans_are_bounded(void **state)
{
	mcapi_status_t status;
	struct pair pair;
	void *loans[4096];
	unsigned int count = 0;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	mcapix_buffer_alloc(pair.recv, 1, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	mcapix_buffer_alloc(pair.send, MCAPI_MAX_PACKET_SIZE * 2, &status);
	assert_status(status, MCAPI_ERR_PKT_SIZE);
	while ((loans[count] = mcapix_buffer_alloc(pair.send, 60000, &status)))
		count++;
	assert_status(status, MCAPI_ERR_MEM_LIMIT);
	assert_true(count >= 8);
	mcapix_pktchan_send_buffer(pair.send, loans[0], 70000, &status);
	assert_status(status, MCAPI_ERR_PKT_SIZE);
	for (unsigned int i = 0; i < count; i++) {
		mcapix_pktchan_send_buffer(pair.send, loans[i], i, &status);
		assert_success(status);
	}
	for (unsigned int i = 0; i < count; i++) {
		mcapi_pktchan_release(receive(pair.recv, i), &status);
		assert_success(status);
	}
	/* Nobody asked for them: they make room for others. */
	assert_non_null(mcapix_buffer_alloc(pair.send, 1 << 20, &status));
	/* What is left ends with the channel. */
	loans[0] = mcapix_buffer_alloc(pair.send, 100, &status);
	assert_success(close_end(PACKETS, true, pair.send));
	mcapix_buffer_free(loans[0], &status);
	assert_status(status, MCAPI_ERR_BUF_INVALID);
	assert_success(close_end(PACKETS, false, pair.recv));
	pair = make_pair(PACKETS, 3, 4);
	assert_non_null(mcapix_buffer_alloc(pair.send, 1 << 20, &status));
}

static void from_pieces(void **state)
{
	static uint8_t bytes[3000000];
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	fill(bytes, sizeof(bytes), 3);
	for (size_t size = 10; size <= 1000000; size *= 10) {
		const struct iovec pieces[] = {
			{ bytes, size / 3 }, { NULL, 0 }, { bytes + size / 3, 1 },
			{ bytes + size / 3 + 1, size - size / 3 - 1 },
		};
		void *packet;

		mcapix_pktchan_send_pieces(pair.send, pieces, 4, &status);
		assert_success(status);
		packet = receive(pair.recv, size);
		assert_true(filled(packet, size, 3));
		mcapi_pktchan_release(packet, &status);
	}
	mcapix_pktchan_send_pieces(pair.send, NULL, 0, &status);
	assert_success(status);
	receive(pair.recv, 0);
	mcapix_pktchan_send_pieces(pair.send, NULL, 1, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapix_pktchan_send_pieces(pair.send, &(struct iovec){ NULL, 1 }, 1, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	const struct iovec many[] = {
		{ bytes, sizeof(bytes) }, { bytes, sizeof(bytes) }, { bytes, sizeof(bytes) },
		{ bytes, sizeof(bytes) }, { bytes, sizeof(bytes) }, { bytes, sizeof(bytes) },
	};

	mcapix_pktchan_send_pieces(pair.send, many, 6, &status);
	assert_status(status, MCAPI_ERR_PKT_SIZE);
}

static void packets_many_at_once(void **state)
{
	uint8_t bytes[40];
	struct iovec packets[40];
	mcapi_status_t status;
	struct pair pair;

	(void)state;
	pair = make_pair(PACKETS, 1, 2);
	fill(bytes, sizeof(bytes), 0);
	for (unsigned int i = 0; i < 40; i++)
		packets[i] = (struct iovec){ bytes, i };
	assert_int_equal(mcapix_pktchan_send_many(pair.send, packets, 40, &status), 40);
	assert_success(status);
	assert_int_equal(mcapix_pktchan_recv_many(pair.recv, packets, 30, &status), 30);
	assert_success(status);
	assert_int_equal(mcapix_pktchan_recv_many(pair.recv, packets + 30, 30, &status), 10);
	assert_success(status);
	for (unsigned int i = 0; i < 40; i++) {
		assert_int_equal(packets[i].iov_len, i);
		assert_true(filled(packets[i].iov_base, i, 0));
	}
	packets[39].iov_base = bytes;
	assert_int_equal(mcapix_pktchan_release_many(packets, 40, &status), 39);
	assert_status(status, MCAPI_ERR_BUF_INVALID);
	mcapix_pktchan_recv_many(pair.recv, packets, 0, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
}

#define SCALAR_COUNT 100000u

static void send_scalars(void)
{
	static uint32_t values[SCALAR_COUNT];
	mcapi_status_t status;
	uint32_t handle = channel_to(SCALARS, 1);

	for (uint32_t i = 0; i < SCALAR_COUNT; i++)
		values[i] = i * 7;
	assert_int_equal(mcapix_sclchan_send_many(handle, values, 4, SCALAR_COUNT, &status),
			 SCALAR_COUNT);
	assert_success(status);
	mcapi_sclchan_send_uint8(handle, 9, &status);
	assert_success(status);
	assert_success(close_end(SCALARS, true, handle));
}

static void scalars_many_at_once(void **state)
{
	static uint32_t values[SCALAR_COUNT + 1];
	mcapi_status_t status;
	uint32_t handle, got = 0;
	uint8_t last[2];
	pid_t child = child_start(send_scalars);

	(void)state;
	node_init(1, 1);
	handle = channel_from(SCALARS);
	while (got < SCALAR_COUNT) {
		got += mcapix_sclchan_recv_many(handle, values + got, 4, SCALAR_COUNT + 1 - got,
						&status);
		assert_success(status);
	}
	for (uint32_t i = 0; i < SCALAR_COUNT; i++)
		assert_int_equal(values[i], i * 7);
	assert_int_equal(mcapix_sclchan_recv_many(handle, values, 4, 1, &status), 0);
	assert_status(status, MCAPI_ERR_SCL_SIZE);
	mcapix_sclchan_recv_many(handle, last, 3, 1, &status);
	assert_status(status, MCAPI_ERR_SCL_SIZE);
	assert_int_equal(mcapix_sclchan_recv_many(handle, last, 1, 2, &status), 1);
	assert_int_equal(last[0], 9);
	assert_int_equal(mcapix_sclchan_recv_many(handle, last, 1, 2, &status), 0);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	mcapix_sclchan_recv_many(handle, NULL, 1, 2, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	child_end(child);
	node_end();
}

static void messages_many_at_once(void **state)
{
	mcapi_status_t status;
	mcapi_endpoint_t from = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t to = mcapi_endpoint_create(2, &status);
	uint8_t bytes[100], room[20][100];
	struct iovec out[20], in[20];

	(void)state;
	fill(bytes, sizeof(bytes), 5);
	for (unsigned int i = 0; i < 20; i++) {
		out[i] = (struct iovec){ bytes, i * 5 };
		in[i] = (struct iovec){ room[i], i == 17 ? 10 : 100 };
	}
	assert_int_equal(mcapix_msg_send_many(from, to, out, 20, 3, &status), 20);
	assert_success(status);
	assert_int_equal(mcapix_msg_recv_many(to, in, 15, &status), 15);
	assert_success(status);
	/* It stops behind the one that was cut. */
	assert_int_equal(mcapix_msg_recv_many(to, in + 15, 5, &status), 3);
	assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
	assert_int_equal(mcapix_msg_recv_many(to, in + 18, 2, &status), 2);
	assert_success(status);
	for (unsigned int i = 0; i < 20; i++) {
		assert_int_equal(in[i].iov_len, i == 17 ? 10 : i * 5);
		assert_true(filled(room[i], in[i].iov_len, 5));
	}
	out[1].iov_len = MCAPI_MAX_PACKET_SIZE + 1;
	assert_int_equal(mcapix_msg_send_many(from, to, out, 3, 3, &status), 1);
	assert_status(status, MCAPI_ERR_MSG_SIZE);
	mcapix_msg_send_many(from, to, NULL, 1, 3, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapix_msg_recv_many(to, in, 0, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapix_msg_recv_many(to, &(struct iovec){ NULL, 1 }, 1, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapix_msg_recv_many(to + 7, in, 1, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_copied, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_came_back_is_used_again, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(loans_are_bounded, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(from_pieces, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(packets_many_at_once, node_setup, node_teardown),
		cmocka_unit_test(scalars_many_at_once),
		cmocka_unit_test_setup_teardown(messages_many_at_once, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
