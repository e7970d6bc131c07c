/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_long.c - messages that are longer than any buffer, in parts
 */
#include "support.h"

#include <pthread.h>
#include <unistd.h>

#include "../src/lane.h"

#define LONGEST MCAPI_MAX_MESSAGE_SIZE
#define MIB 1048576u

static uint8_t out[LONGEST], in[LONGEST + 1];

/* What this process holds of its peers' long messages. */
static size_t held(void)
{
	size_t bytes = 0;

	for (struct link *link = this_thread.node->links; link; link = link->next) {
		struct peer *peer;

		link_for_each_peer(link, peer)
			bytes += peer->lane_bytes;
	}
	return bytes;
}

static void send(mcapi_endpoint_t from, mcapi_endpoint_t to, size_t size, mcapi_priority_t prio)
{
	mcapi_status_t status;

	fill(out, size, (uint32_t)size);
	mcapi_msg_send(from, to, out, size, prio, &status);
	assert_success(status);
}

static void receive(mcapi_endpoint_t at, size_t size)
{
	mcapi_status_t status;
	size_t got;

	mcapi_msg_recv(at, in, sizeof(in), &got, &status);
	assert_success(status);
	assert_int_equal(got, size);
	assert_true(filled(in, size, (uint32_t)size));
}

static const size_t sizes[] = { MIB, MIB + 1, 2 * MIB - 1, 5 * MIB + 3, LONGEST };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void to_myself(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t a, b;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < SIZES; i++) {
		send(a, b, sizes[i], 0);
		assert_int_equal(mcapi_msg_available(b, &status), 1);
		receive(b, sizes[i]);
	}
	assert_int_equal(held(), 0);
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.sent, SIZES);
	assert_int_equal(stats.received, SIZES);
}

static void at_the_limits(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	mcapi_msg_send(a, b, in, LONGEST + 1, 0, &status);
	assert_status(status, MCAPI_ERR_MSG_SIZE);
	/* Cut to the buffer, queued and into a receive that waits. */
	send(a, b, 3 * MIB, 0);
	mcapi_msg_recv(b, in, 2 * MIB, &got, &status);
	assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
	assert_int_equal(got, 2 * MIB);
	mcapi_msg_recv_i(b, in, MIB, &request, &status);
	send(a, b, 3 * MIB, 0);
	assert_false(mcapi_wait(&request, &got, 5000, &status));
	assert_status(status, MCAPI_ERR_MSG_TRUNCATED);
	assert_int_equal(got, MIB);
	assert_true(filled(in, MIB, 3 * MIB));
	assert_int_equal(held(), 0);
}

/* Long and short ones keep their order; a more urgent one comes first. */
static void in_order(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	send(a, b, 1, 5);
	send(a, b, 5 * MIB, 5);
	send(a, b, 2, 5);
	send(a, b, 6 * MIB, 4);
	receive(b, 6 * MIB);
	receive(b, 1);
	receive(b, 5 * MIB);
	receive(b, 2);
}

/* Who does not receive is sent no more than we have memory for; the rest goes on. */
static void memory_is_bounded(void **state)
{
	mcapi_request_t requests[8];
	mcapi_endpoint_t a, stuck, fine;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	stuck = mcapi_endpoint_create(2, &status);
	fine = mcapi_endpoint_create(3, &status);
	fill(out, LONGEST, LONGEST);
	for (unsigned int i = 0; i < 8; i++)
		mcapi_msg_send_i(a, stuck, out, LONGEST, 0, &requests[i], &status);
	assert_status(status, MCAPI_PENDING);
	for (unsigned int i = 0; i < 100; i++) {
		assert_true(mcapi_msg_available(stuck, &status) <= LANE_MEMORY / LONGEST);
		assert_true(held() <= LANE_MEMORY);
		mcapi_msg_send(a, fine, "x", 1, 1, &status);
		assert_success(status);
		mcapi_msg_recv(fine, in, 1, &got, &status);
		assert_success(status);
	}
	assert_int_equal(mcapi_msg_available(stuck, &status), LANE_MEMORY / LONGEST);
	for (unsigned int i = 0; i < 8; i++) {
		receive(stuck, LONGEST);
		assert_true(held() <= LANE_MEMORY);
	}
	for (unsigned int i = 0; i < 8; i++)
		assert_true(mcapi_wait(&requests[i], &got, 1000, &status));
	assert_int_equal(held(), 0);
}

static void deleted_on_the_way(void **state)
{
	mcapi_request_t requests[4];
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	fill(out, LONGEST, LONGEST);
	for (unsigned int i = 0; i < 4; i++)
		mcapi_msg_send_i(a, b, out, LONGEST, 0, &requests[i], &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_msg_available(b, &status);
	/* What is still under way is dropped, as short ones are. */
	mcapi_endpoint_delete(b, &status);
	mcapi_endpoint_create(2, &status);
	assert_success(status);
	for (unsigned int i = 0; i < 4; i++)
		while (!mcapi_test(&requests[i], &got, &status)) {
			assert_status(status, MCAPI_PENDING);
			if (mcapi_msg_available(b, &status))
				receive(b, LONGEST);
		}
	while (mcapi_msg_available(b, &status))
		receive(b, LONGEST);
	send(a, b, LONGEST, 0);
	receive(b, LONGEST);
	assert_int_equal(held(), 0);
}

/* What does not go on is not kept. */
static void given_up(void **state)
{
	mcapi_uint_t timeout = 50;
	mcapi_request_t request;
	mcapi_endpoint_t a, b;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 2; i++)
		send(a, b, LONGEST, 0);
	mcapi_msg_send_i(a, b, out, LONGEST, 0, &request, &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_cancel(&request, &status);
	assert_success(status);
	mcapi_endpoint_set_attribute(a, MCAPI_ENDP_ATTR_TIMEOUT, &timeout, sizeof(timeout),
				     &status);
	mcapi_msg_send(a, b, out, LONGEST, 0, &status);
	assert_status(status, MCAPI_TIMEOUT);
	receive(b, LONGEST);
	send(a, b, 5, 0);
	receive(b, LONGEST);
	receive(b, 5);
	assert_int_equal(held(), 0);
	/* And also without another message. */
	mcapi_msg_send_i(a, b, out, LONGEST, 0, &request, &status);
	while (!held())
		mcapi_msg_available(b, &status);
	mcapi_cancel(&request, &status);
	if (status == MCAPI_SUCCESS)
		while (held())
			mcapi_msg_available(b, &status);
	else
		receive(b, LONGEST);
}

static void begin_and_never_end(void)
{
	static uint8_t bytes[100];
	struct outgoing part = {
		.buffer = bytes, .len = sizeof(bytes), .src_port = 1, .dst_port = 1,
		.total = LONGEST,
	};
	struct node *node = this_thread.node;
	mcapi_status_t status;
	struct peer *peer;

	mcapi_endpoint_create(1, &status);
	mcapi_endpoint_get(1, 1, 1, 5000, &status);
	assert_success(status);
	peer = node_route(node, 1, 1);
	/* Until the parent has seen enough of it. */
	do {
		for (unsigned int i = 0; i < 1000; i++) {
			part.serial++;
			part.prio = part.serial % 16;
			peer_send(peer, &part);
		}
		mcapi_endpoint_get(1, 1, 4, 1, &status);
	} while (status == MCAPI_TIMEOUT);
	assert_success(status);
	/* And now a lie, without counting what may be sent: the parent sees it and lets us go. */
	part.prio = 0;
	part.offset = LONGEST - 10;
	do {
		peer_flow(peer, 1)->out.outstanding = 0;
		node_progress(node);
	} while (peer_send(peer, &part) != SEND_DONE);
	mcapi_endpoint_get(1, 1, 2, MCAPI_TIMEOUT_INFINITE, &status);
}

/* Costs what one peer may have, and nobody else. */
static void a_peer_that_never_ends(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t stuck, here, enough = 0;
	mcapi_status_t status;
	pid_t child;
	size_t got;

	(void)state;
	on_one_system();	/* whether the child is faster than we are decides when it ends */
	node_init(1, 1);
	here = mcapi_endpoint_create(3, &status);
	stuck = mcapi_endpoint_create(1, &status);
	child = child_start(begin_and_never_end);
	while (!stats.faults) {
		assert_int_equal(mcapi_msg_available(stuck, &status), 0);
		assert_true(held() <= LANE_MEMORY);
		if (held() == LANE_MEMORY && !enough)
			enough = mcapi_endpoint_create(4, &status);
		mcapi_msg_send(here, here, "x", 1, 0, &status);
		assert_success(status);
		mcapi_msg_recv(here, in, 1, &got, &status);
		assert_success(status);
		mcapix_stats_get(&stats, &status);
	}
	assert_true(enough);
	mcapi_endpoint_create(2, &status);
	child_end(child);
	assert_int_equal(mcapi_msg_available(stuck, &status), 0);
	mcapi_endpoint_delete(stuck, &status);
	assert_int_equal(held(), 0);
	node_end();
}

static void echo(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status), there;
	size_t got;

	there = mcapi_endpoint_get(1, 1, 1, 5000, &status);
	assert_success(status);
	do {
		mcapi_msg_recv(here, in, sizeof(in), &got, &status);
		assert_success(status);
		mcapi_msg_send(here, there, in, got, 0, &status);
		assert_success(status);
	} while (got);
}

/* Both directions at once: each process is sent to while it sends. */
static void between_processes(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;
	pid_t child = child_start(echo);

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	for (unsigned int i = 0; i < SIZES; i++) {
		fill(out, sizes[i], (uint32_t)sizes[i]);
		for (unsigned int k = 0; k < 2; k++) {
			mcapi_msg_send_i(here, there, out, sizes[i], 0, &request, &status);
			assert_true(status == MCAPI_SUCCESS || status == MCAPI_PENDING);
		}
		receive(here, sizes[i]);
		receive(here, sizes[i]);
		assert_true(mcapi_wait(&request, &got, 5000, &status));
	}
	mcapi_msg_send(here, there, NULL, 0, 0, &status);
	mcapi_msg_recv(here, in, 0, &got, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

static void send_without_end(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t there = mcapi_endpoint_get(1, 1, 1, 5000, &status);

	for (;;)
		send(here, there, 5 * MIB, 0);
}

/* Who dies in the middle leaves whole messages behind, and nothing else. */
static void a_sender_dies(void **state)
{
	mcapi_endpoint_t here;
	mcapi_status_t status;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	for (unsigned int round = 0; round < 5; round++) {
		struct mcapix_event event = { .size = sizeof(event) };
		pid_t child = child_start(send_without_end);

		receive(here, 5 * MIB);
		child_kill(child);
		while (event.kind != MCAPIX_PEER_LEFT)
			assert_true(mcapix_event_get(&event, 5000, &status));
		while (mcapi_msg_available(here, &status))
			receive(here, 5 * MIB);
		assert_int_equal(held(), 0);
	}
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(to_myself, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(at_the_limits, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(in_order, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(memory_is_bounded, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(deleted_on_the_way, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(given_up, node_setup, node_teardown),
		cmocka_unit_test(a_peer_that_never_ends),
		cmocka_unit_test(between_processes),
		cmocka_unit_test(a_sender_dies),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
