/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_watch.c - file descriptors to poll
 */
#include "channels.h"
#include "remote.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* Polls until the library says that there is something: a ring may be for something else. */
static void poll_for_message(mcapi_endpoint_t endpoint, int fd)
{
	mcapi_status_t status;

	while (!mcapi_msg_available(endpoint, &status))
		assert_true(readable(fd, 10000));
	assert_success(status);
}

static void of_an_endpoint(void **state)
{
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	char byte;
	size_t got;
	int fd;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	assert_int_equal(mcapix_endpoint_fd(99, &status), -1);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	fd = mcapix_endpoint_fd(b, &status);
	assert_success(status);
	assert_true(fd >= 0);
	assert_int_equal(mcapix_endpoint_fd(b, &status), fd);
	assert_false(readable(fd, 0));
	for (unsigned int i = 0; i < 3; i++) {
		mcapi_msg_send(a, b, "x", 1, 0, &status);
		mcapi_msg_send(a, b, "x", 1, 0, &status);
		assert_true(readable(fd, 0));
		mcapi_msg_recv(b, &byte, 1, &got, &status);
		assert_true(readable(fd, 0));
		mcapi_msg_recv(b, &byte, 1, &got, &status);
		assert_int_equal(mcapi_msg_available(b, &status), 0);
		assert_false(readable(fd, 0));
	}
	mcapi_endpoint_delete(b, &status);
	assert_success(status);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void of_a_request(void **state)
{
	mcapi_request_t request, none = 77;
	mcapi_endpoint_t a, b;
	mcapi_status_t status;
	char byte;
	size_t got;
	int fd;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	assert_int_equal(mcapix_request_fd(&none, &status), -1);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	assert_int_equal(mcapix_request_fd(NULL, &status), -1);
	assert_status(status, MCAPI_ERR_PARAMETER);
	for (unsigned int i = 0; i < 3; i++) {
		mcapi_msg_recv_i(b, &byte, 1, &request, &status);
		fd = mcapix_request_fd(&request, &status);
		assert_success(status);
		assert_false(readable(fd, 0));
		if (i == 2) {
			mcapi_cancel(&request, &status);
		} else {
			mcapi_msg_send(a, b, "x", 1, 0, &status);
			assert_false(mcapi_test(&none, &got, &status));
			assert_true(readable(fd, 0));
			assert_true(mcapi_wait(&request, &got, 0, &status));
		}
		assert_success(status);
		assert_int_equal(fcntl(fd, F_GETFD), -1);
	}
}

/* On each message at port 1 another one to port 1 and to port 2 of node 1:1. */
static void answer_twice(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status), there[2];
	char byte = 'x';
	size_t got;

	for (unsigned int i = 0; i < 2; i++)
		there[i] = mcapi_endpoint_get(1, 1, 1 + i, 5000, &status);
	for (unsigned int i = 0; i < 500 && byte != 'q'; i++) {
		mcapi_msg_recv(here, &byte, 1, &got, &status);
		assert_success(status);
		for (unsigned int k = 0; k < 2; k++) {
			mcapi_msg_send(here, there[k], &byte, 1, 0, &status);
			assert_success(status);
		}
	}
}

static void across_processes(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t here[2], there;
	mcapi_status_t status;
	uint64_t sleeps;
	int fds[2];
	char byte;
	size_t got;
	pid_t child = child_start(answer_twice);

	(void)state;
	node_init(1, 1);
	for (unsigned int i = 0; i < 2; i++) {
		here[i] = mcapi_endpoint_create(1 + i, &status);
		fds[i] = mcapix_endpoint_fd(here[i], &status);
		assert_success(status);
	}
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	mcapix_stats_get(&stats, &status);
	sleeps = stats.sleeps;
	for (unsigned int i = 0; i < 500; i++) {
		mcapi_msg_send(here[0], there, i == 499 ? "q" : "x", 1, 0, &status);
		assert_success(status);
		for (unsigned int k = 0; k < 2; k++) {
			poll_for_message(here[k], fds[k]);
			mcapi_msg_recv(here[k], &byte, 1, &got, &status);
			assert_success(status);
		}
		/* What was rung for is taken: nothing is left that keeps poll(2) awake. */
		assert_int_equal(mcapi_msg_available(here[0], &status), 0);
		/* A ring from another board may come after what it is for. */
		for (unsigned int k = 0; k < 2 && !remote_used(); k++)
			assert_false(readable(fds[k], 0));
	}
	mcapix_stats_get(&stats, &status);
	assert_int_equal(stats.sleeps, sleeps);
	child_end(child);
	node_end();
}

static void *blocked(void *arg)
{
	mcapi_status_t status;
	char byte;
	size_t got;

	mcapi_msg_recv(*(mcapi_endpoint_t *)arg, &byte, 1, &got, &status);
	assert_success(status);
	return NULL;
}

/* Who sleeps inside the library finds out for who sleeps in poll(2). */
static void beside_a_blocked_thread(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t here[2], own, there;
	mcapi_status_t status;
	pthread_t thread;
	char byte;
	size_t got;
	int fd;
	pid_t child = child_start(answer_twice);

	(void)state;
	node_init(1, 1);
	for (unsigned int i = 0; i < 2; i++)
		here[i] = mcapi_endpoint_create(1 + i, &status);
	own = mcapi_endpoint_create(3, &status);
	fd = mcapix_endpoint_fd(here[1], &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	assert_int_equal(pthread_create(&thread, NULL, blocked, &own), 0);
	for (unsigned int i = 0; i < 100; i++) {
		uint64_t sleeps = stats.sleeps;

		mcapi_msg_send(here[0], there, i == 99 ? "q" : "x", 1, 0, &status);
		while (!i && stats.sleeps == sleeps)
			mcapix_stats_get(&stats, &status);
		assert_true(readable(fd, 10000));
		poll_for_message(here[1], fd);
		for (unsigned int k = 0; k < 2; k++) {
			mcapi_msg_recv(here[k], &byte, 1, &got, &status);
			assert_success(status);
		}
	}
	mcapi_msg_send(here[0], own, "x", 1, 0, &status);
	assert_success(status);
	pthread_join(thread, NULL);
	child_end(child);
	node_end();
}

static void of_a_channel(void **state)
{
	mcapi_status_t status;

	(void)state;
	assert_int_equal(mcapix_channel_fd(0, &status), -1);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	for (enum type type = PACKETS; type <= SCALARS; type++) {
		struct pair pair = make_pair(type, 1 + 2 * type, 2 + 2 * type);
		int fd = mcapix_channel_fd(pair.recv, &status);
		void *packet;
		size_t got;

		assert_success(status);
		assert_int_equal(mcapix_channel_fd(pair.send, &status), -1);
		assert_status(status, MCAPI_ERR_CHAN_DIRECTION);
		for (unsigned int i = 0; i < 3; i++) {
			assert_false(readable(fd, 0));
			if (type == PACKETS) {
				mcapi_pktchan_send(pair.send, "x", 1, &status);
				assert_true(readable(fd, 0));
				mcapi_pktchan_recv(pair.recv, &packet, &got, &status);
				mcapi_pktchan_release(packet, &status);
			} else {
				mcapi_sclchan_send_uint16(pair.send, 7, &status);
				assert_true(readable(fd, 0));
				assert_int_equal(mcapi_sclchan_recv_uint16(pair.recv, &status), 7);
			}
			assert_success(status);
		}
		assert_false(readable(fd, 0));
		/* Whoever waits is told that nothing will come. */
		assert_success(close_end(type, true, pair.send));
		assert_true(readable(fd, 10000));
		assert_success(close_end(type, false, pair.recv));
		assert_int_equal(fcntl(fd, F_GETFD), -1);
	}
}

static void send_scalars(void)
{
	uint32_t handle = channel_to(SCALARS, 1);
	mcapi_status_t status;

	for (unsigned int i = 0; i < 2000; i++) {
		mcapi_sclchan_send_uint32(handle, i, &status);
		assert_success(status);
		if (i % 50 == 0)
			usleep(100);
	}
	assert_success(close_end(SCALARS, true, handle));
}

static void of_a_channel_across_processes(void **state)
{
	pid_t child = child_start(send_scalars);
	mcapi_status_t status;
	uint32_t handle;
	int fd;

	(void)state;
	node_init(1, 1);
	handle = channel_from(SCALARS);
	fd = mcapix_channel_fd(handle, &status);
	assert_success(status);
	for (unsigned int i = 0; i < 2000; i++) {
		while (!mcapi_sclchan_available(handle, &status))
			assert_true(readable(fd, 10000));
		assert_int_equal(mcapi_sclchan_recv_uint32(handle, &status), i);
		assert_success(status);
	}
	assert_success(close_end(SCALARS, false, handle));
	child_end(child);
	node_end();
}

static void parts_of_a_handle(void **state)
{
	mcapi_status_t status;
	mcapi_endpoint_t endpoint = mcapi_endpoint_create(77, &status);

	(void)state;
	assert_int_equal(mcapix_endpoint_domain(endpoint), 1);
	assert_int_equal(mcapix_endpoint_node(endpoint), 1);
	assert_int_equal(mcapix_endpoint_port(endpoint), 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(of_an_endpoint, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(of_a_request, node_setup, node_teardown),
		cmocka_unit_test(across_processes),
		cmocka_unit_test(beside_a_blocked_thread),
		cmocka_unit_test_setup_teardown(of_a_channel, node_setup, node_teardown),
		cmocka_unit_test(of_a_channel_across_processes),
		cmocka_unit_test_setup_teardown(parts_of_a_handle, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
