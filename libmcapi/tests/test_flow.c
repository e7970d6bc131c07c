/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_flow.c - full queues, credits and buffers
 */
#include "channels.h"

#include <pthread.h>
#include <signal.h>

#include "../src/node.h"
#include "../src/peer.h"

static uint8_t out[MCAPI_MAX_MESSAGE_SIZE], in[MCAPI_MAX_MESSAGE_SIZE];

#define FLOOD 3000u

static void *late_receiver(void *arg)
{
	mcapi_endpoint_t *endpoint = arg;
	mcapi_status_t status;
	uint32_t value;
	size_t got;

	for (uint32_t i = 0; i < FLOOD; i++) {
		mcapi_msg_recv(*endpoint, &value, sizeof(value), &got, &status);
		assert_success(status);
		assert_int_equal(value, i);
	}
	return NULL;
}

static void a_full_queue_blocks(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	static mcapi_request_t requests[FLOOD];
	static uint32_t values[FLOOD];
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	unsigned int pending = 0, room;
	pthread_t thread;
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	room = room_at(b);
	for (uint32_t i = 0; i < FLOOD; i++) {
		values[i] = i;
		mcapi_msg_send_i(a, b, &values[i], sizeof(values[i]), 1, &requests[i], &status);
		assert_true(status == MCAPI_SUCCESS || status == MCAPI_PENDING);
		pending += status == MCAPI_PENDING;
	}
	/* The receiver's credit bounds what it must keep; the rest stays with the sender. */
	assert_true(pending >= FLOOD - room);
	assert_int_equal(mcapi_msg_available(b, &status), FLOOD - pending);
	assert_int_equal(pthread_create(&thread, NULL, late_receiver, &b), 0);
	for (uint32_t i = 0; i < FLOOD; i++) {
		assert_true(mcapi_wait(&requests[i], &size, 10000, &status));
		assert_success(status);
		assert_int_equal(size, sizeof(values[i]));
	}
	pthread_join(thread, NULL);

	/* The same with blocking sends: the sender sleeps and is woken. */
	assert_int_equal(pthread_create(&thread, NULL, late_receiver, &b), 0);
	for (uint32_t i = 0; i < FLOOD; i++) {
		mcapi_msg_send(a, b, &i, sizeof(i), 1, &status);
		assert_success(status);
	}
	pthread_join(thread, NULL);
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.received, 2 * FLOOD);
	assert_int_equal(stats.sent, 2 * FLOOD);
}

static void who_does_not_receive_stops_nobody_else(void **state)
{
	mcapi_endpoint_t a, stuck, fine;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	stuck = mcapi_endpoint_create(2, &status);
	fine = mcapi_endpoint_create(3, &status);
	do {
		mcapi_msg_send_i(a, stuck, out, 100000, 0, &request, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_PENDING);
	for (uint32_t i = 0; i < 500; i++) {
		size_t size = i % 2 ? 50000 : 4;

		fill(out, size, i);
		mcapi_msg_send(a, fine, out, size, 1, &status);
		assert_success(status);
		mcapi_msg_recv(fine, in, sizeof(in), &got, &status);
		assert_success(status);
		assert_int_equal(got, size);
		assert_true(filled(in, size, i));
	}
}

#define SENDERS 3u
#define EACH 100u

static pthread_barrier_t known, sent, received;

/* A node of its own that sends all it has to say, and stays until that was received. */
static void *eager_sender(void *arg)
{
	uint32_t number = *(uint32_t *)arg;
	mcapi_endpoint_t here, there;
	mcapi_status_t status;

	node_init(2, number);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(1, 1, 1, 5000, &status);
	assert_success(status);
	mcapi_msg_send(here, there, &number, sizeof(number), 1, &status);
	assert_success(status);
	pthread_barrier_wait(&known);
	for (uint32_t i = 0; i < EACH; i++) {
		mcapi_msg_send(here, there, &number, sizeof(number), 1, &status);
		assert_success(status);
	}
	pthread_barrier_wait(&sent);
	pthread_barrier_wait(&received);
	node_end();
	return NULL;
}

static void senders_take_turns(void **state)
{
	uint32_t numbers[SENDERS] = { 0, 1, 2 }, from, taken[SENDERS] = { 0 };
	pthread_t threads[SENDERS];
	mcapi_endpoint_t here;
	mcapi_status_t status;
	size_t got;

	(void)state;
	pthread_barrier_init(&known, NULL, SENDERS + 1);
	pthread_barrier_init(&sent, NULL, SENDERS + 1);
	pthread_barrier_init(&received, NULL, SENDERS + 1);
	here = mcapi_endpoint_create(1, &status);
	for (uint32_t i = 0; i < SENDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, eager_sender, &numbers[i]), 0);
	for (uint32_t i = 0; i < SENDERS; i++) {
		mcapi_msg_recv(here, &from, sizeof(from), &got, &status);
		assert_success(status);
	}
	pthread_barrier_wait(&known);
	pthread_barrier_wait(&sent);
	for (uint32_t i = 0; i < SENDERS * EACH; i++) {
		mcapi_msg_recv(here, &from, sizeof(from), &got, &status);
		assert_success(status);
		taken[from]++;
		if (i == 2 * EACH)
			for (uint32_t j = 0; j < SENDERS; j++)
				assert_in_range(taken[j], EACH / 5, EACH);
	}
	pthread_barrier_wait(&received);
	for (uint32_t i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
}

/* Wait for a word of the parent on a second endpoint. */
static void on_command(void)
{
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &(mcapi_status_t){ 0 });
	mcapi_endpoint_t command = mcapi_endpoint_create(2, &(mcapi_status_t){ 0 });
	mcapi_status_t status;
	size_t got;

	mcapi_msg_recv(here, in, sizeof(in), &got, &status);
	assert_success(status);
	mcapi_msg_recv(command, in, 0, &got, &status);
	assert_success(status);
}

/* What one peer gave back is there for another. */
static void buffers_are_for_all(void **state)
{
	mcapi_endpoint_t here, there, command;
	mcapi_request_t request;
	mcapi_status_t status;
	pid_t child = child_start(on_command);
	size_t size;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	command = mcapi_endpoint_get(2, 1, 2, 5000, &status);
	assert_success(status);
	mcapi_msg_send(here, there, out, MCAPI_MAX_MESSAGE_SIZE, 0, &status);
	assert_success(status);
	mcapi_msg_send_i(here, here, out, MCAPI_MAX_MESSAGE_SIZE, 0, &request, &status);
	assert_true(mcapi_wait(&request, &size, 5000, &status));
	assert_success(status);
	mcapi_msg_send(here, command, NULL, 0, 0, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

static void fill_eight_endpoints(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status), there = 0;

	for (mcapi_port_t port = 1; port <= 8; port++) {
		there = mcapi_endpoint_get(1, 1, port, 5000, &status);
		assert_success(status);
		for (unsigned int i = room_at(there); i; i--) {
			mcapi_msg_send(here, there, out, 100, 0, &status);
			assert_success(status);
		}
	}
	/* Its credit comes last, behind more returns than the ring has room for. */
	mcapi_msg_send(here, there, out, 100, 0, &status);
	assert_success(status);
}

/* Returns that find the ring full wake the receiver again when there is room. */
static void more_returns_than_fit(void **state)
{
	mcapi_endpoint_t here[9];
	mcapi_request_t request;
	mcapi_status_t status;
	unsigned int full, room;
	pid_t child;
	size_t got;

	(void)state;
	on_one_system();	/* the child is stopped for a while */
	child = child_start(fill_eight_endpoints);
	node_init(1, 1);
	for (mcapi_port_t port = 1; port <= 9; port++)
		here[port - 1] = mcapi_endpoint_create(port, &status);
	room = room_at(here[8]);
	do {
		full = 0;
		for (unsigned int i = 0; i < 8; i++)
			full += mcapi_msg_available(here[i], &status) == room;
	} while (full < 8);
	/* The sender must not take any while we give back all. */
	assert_int_equal(kill(child, SIGSTOP), 0);
	for (unsigned int i = 0; i < 8; i++)
		for (unsigned int k = 0; k < room; k++) {
			mcapi_msg_recv(here[i], in, sizeof(in), &got, &status);
			assert_success(status);
		}
	mcapi_msg_recv_i(here[8], in, sizeof(in), &request, &status);
	assert_status(status, MCAPI_PENDING);
	assert_int_equal(kill(child, SIGCONT), 0);
	/* Asleep, until the sender makes room. It ends when its last send is done. */
	assert_false(mcapi_wait(&request, &got, 1000, &status));
	assert_status(status, MCAPI_TIMEOUT);
	child_end(child);
	node_end();
}

#define FLOODED 200u	/* endpoints; more than it takes */
#define CONNECTED 300u
#define FINE 301u

/* Fills endpoint after endpoint, then wants a channel, behind all that. */
static void flood_without_end(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status), there;

	/* The last one of those that are made. */
	mcapi_endpoint_get(1, 1, FINE, 5000, &status);
	assert_success(status);
	for (mcapi_port_t port = 1; port <= FLOODED; port++) {
		there = mcapi_endpoint_get(1, 1, port, 0, &status);
		assert_success(status);
		for (unsigned int i = room_at(there); i; i--) {
			mcapi_msg_send(here, there, out, 8, 0, &status);
			assert_success(status);
		}
	}
	there = mcapi_endpoint_get(1, 1, CONNECTED, 0, &status);
	assert_success(connect_ends(PACKETS, here, there));
	assert_success(close_end(PACKETS, true, open_end(PACKETS, true, here)));
}

/* Another node, which has what it wants at once. */
static void *go_about_its_business(void *arg)
{
	mcapi_status_t status;
	struct pair pair;

	(void)arg;
	node_init(1, 2);
	pair.from = mcapi_endpoint_create(1, &status);
	pair.to = mcapi_endpoint_get(1, 1, FINE, 0, &status);
	assert_success(status);
	mcapi_msg_send(pair.from, pair.to, "x", 1, 0, &status);
	assert_success(status);
	pair.to = mcapi_endpoint_get(1, 1, CONNECTED + 2, 0, &status);
	assert_success(status);
	assert_success(connect_ends(PACKETS, pair.from, pair.to));
	pair.send = open_end(PACKETS, true, pair.from);
	send_packet(pair.send, 100000, 7);
	assert_success(close_end(PACKETS, true, pair.send));
	node_end();
	return NULL;
}

static unsigned int waiting_at(const mcapi_endpoint_t *flooded)
{
	mcapi_status_t status;
	unsigned int queued = 0;

	for (mcapi_port_t port = 1; port <= FLOODED; port++) {
		queued += mcapi_msg_available(flooded[port], &status);
		assert_success(status);
	}
	return queued;
}

static void receive_all(const mcapi_endpoint_t *flooded)
{
	mcapi_status_t status;
	size_t got;

	for (mcapi_port_t port = 1; port <= FLOODED; port++)
		while (mcapi_msg_available(flooded[port], &status)) {
			mcapi_msg_recv(flooded[port], in, 8, &got, &status);
			assert_success(status);
		}
	assert_success(status);
}

/* What the flood ends with comes behind all of it. */
static void receive_until_open(const mcapi_endpoint_t *flooded, mcapi_endpoint_t connected)
{
	mcapi_request_t request;
	mcapi_status_t status;
	uint32_t handle;
	size_t got;

	assert_status(start_open(PACKETS, false, connected, &handle, &request), MCAPI_PENDING);
	while (!mcapi_test(&request, &got, &status)) {
		assert_status(status, MCAPI_PENDING);
		receive_all(flooded);
	}
}

/* Who is not received from stops itself, and nobody else. */
static void more_than_is_kept(void **state)
{
	static mcapi_endpoint_t flooded[FLOODED + 1];
	mcapi_endpoint_t fine, connected, end;
	mcapi_status_t status;
	pthread_t thread;
	uint32_t handle;
	pid_t child;
	size_t got;

	(void)state;
	on_one_system();	/* how much an endpoint may have depends on the link */
	node_init(1, 1);
	child = child_start(flood_without_end);
	for (mcapi_port_t port = 1; port <= FLOODED; port++)
		flooded[port] = mcapi_endpoint_create(port, &status);
	connected = mcapi_endpoint_create(CONNECTED, &status);
	end = mcapi_endpoint_create(CONNECTED + 2, &status);
	fine = mcapi_endpoint_create(FINE, &status);
	assert_success(status);
	while (waiting_at(flooded) < PEER_QUEUED_MAX)
		;
	assert_int_equal(pthread_create(&thread, NULL, go_about_its_business, NULL), 0);
	mcapi_msg_recv(fine, in, 1, &got, &status);
	assert_success(status);
	handle = open_end(PACKETS, false, end);
	expect_packet(handle, 100000, 7);
	pthread_join(thread, NULL);
	assert_int_equal(waiting_at(flooded), PEER_QUEUED_MAX);
	receive_until_open(flooded, connected);
	child_end(child);
	node_end();
}

static struct peer *only_peer(void)
{
	mcapi_status_t status;
	struct node *node = node_enter(&status);
	struct peer *peer, *found = NULL;

	assert_non_null(node);
	link_for_each_peer(node->links, peer)
		if (peer->queued)
			found = peer;
	node_leave(node);
	return found;
}

/* Whoever does not run for a while is owed all its credits, in few returns. */
static void who_is_stopped_is_not_cut_off(void **state)
{
	static mcapi_endpoint_t flooded[FLOODED + 1];
	mcapi_endpoint_t connected;
	mcapi_status_t status;
	struct peer *peer;
	pid_t child;

	(void)state;
	on_one_system();
	node_init(1, 1);
	child = child_start(flood_without_end);
	for (mcapi_port_t port = 1; port <= FLOODED; port++)
		flooded[port] = mcapi_endpoint_create(port, &status);
	connected = mcapi_endpoint_create(CONNECTED, &status);
	mcapi_endpoint_create(FINE, &status);
	assert_success(status);
	while (waiting_at(flooded) < PEER_QUEUED_MAX)
		;
	peer = only_peer();
	assert_non_null(peer);
	assert_int_equal(kill(child, SIGSTOP), 0);
	receive_all(flooded);
	assert_int_equal(peer->backlog_len, 0);
	assert_false(peer->faulted);
	assert_int_equal(kill(child, SIGCONT), 0);
	receive_until_open(flooded, connected);
	child_end(child);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_full_queue_blocks, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(who_does_not_receive_stops_nobody_else, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(senders_take_turns, node_setup, node_teardown),
		cmocka_unit_test(buffers_are_for_all),
		cmocka_unit_test(more_returns_than_fit),
		cmocka_unit_test(more_than_is_kept),
		cmocka_unit_test(who_is_stopped_is_not_cut_off),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
