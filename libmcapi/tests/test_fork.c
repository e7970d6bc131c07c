/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_fork.c - a forked child is no node, and harms none
 */
#include "channels.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_forked_child_is_no_node(void **state)
{
	int exit_status;
	pid_t child;

	(void)state;
	node_init(1, 1);
	child = fork();
	if (!child) {
		mcapi_status_t status;

		mcapi_node_id_get(&status);
		if (status != MCAPI_ERR_NODE_NOTINIT)
			_exit(1);
		/* The parent's name is still the parent's ... */
		if (node_try(1, 1) != MCAPI_ERR_NODE_INITFAILED)
			_exit(2);
		/* ... and another one is free. */
		_exit(node_try(1, 2) == MCAPI_SUCCESS ? 0 : 3);
	}
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	assert_int_equal(exit_status, 0);
	node_end();
}

static void a_child_that_outlives_its_parent(void **state)
{
	int pipes[2], status;
	pid_t middle, lingering;
	char byte;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	middle = fork();
	if (!middle) {
		node_init(5, 5);
		lingering = fork();
		if (!lingering) {
			close(pipes[1]);
			/* Lives until the test is over, and holds nothing of the dead node. */
			_exit(read(pipes[0], &byte, 1) < 0);
		}
		_exit(0);	/* dies without finalize */
	}
	assert_int_equal(waitpid(middle, &status, 0), middle);
	/* The child lets go as soon as it runs; then the name is free while it lives on. */
	for (int64_t end = now_ms() + 5000; now_ms() < end;)
		if (node_try(5, 5) == MCAPI_SUCCESS)
			break;
	node_end();
	close(pipes[0]);
	close(pipes[1]);
}

/* What a node in the middle of everything has. */
struct busy {
	struct pair packets, scalars;
	mcapi_endpoint_t from, to;
	mcapi_request_t sending, receiving;
	void *held, *loan, *awaited;
	int fds[4];
};

static uint8_t out[MCAPI_MAX_MESSAGE_SIZE], in[MCAPI_MAX_MESSAGE_SIZE];

static void get_busy(struct busy *busy)
{
	mcapi_status_t status;
	size_t got;

	busy->packets = make_pair(PACKETS, 1, 2);
	busy->scalars = make_pair(SCALARS, 3, 4);
	busy->from = mcapi_endpoint_create(5, &status);
	busy->to = mcapi_endpoint_create(6, &status);
	assert_success(status);
	send_packet(busy->packets.send, 100000, 1);
	mcapi_pktchan_recv(busy->packets.recv, &busy->held, &got, &status);
	assert_success(status);
	mcapi_pktchan_recv_i(busy->packets.recv, &busy->awaited, &busy->receiving, &status);
	assert_status(status, MCAPI_PENDING);
	busy->loan = mcapix_buffer_alloc(busy->packets.send, 1000, &status);
	assert_success(status);
	mcapi_sclchan_send_uint16(busy->scalars.send, 7, &status);
	assert_success(status);
	/* Partly here, partly not sent yet. */
	fill(out, sizeof(out), 2);
	mcapi_msg_send_i(busy->from, busy->to, out, sizeof(out), 0, &busy->sending, &status);
	assert_status(status, MCAPI_PENDING);
	busy->fds[0] = mcapix_node_fd(&status);
	busy->fds[1] = mcapix_endpoint_fd(busy->to, &status);
	busy->fds[2] = mcapix_channel_fd(busy->scalars.recv, &status);
	busy->fds[3] = mcapix_request_fd(&busy->receiving, &status);
	assert_success(status);
}

static void go_on(struct busy *busy)
{
	mcapi_status_t status;
	size_t got;

	for (unsigned int i = 0; i < 4; i++)
		assert_true(fcntl(busy->fds[i], F_GETFD) >= 0);
	assert_true(filled(busy->held, 100000, 1));
	mcapi_pktchan_release(busy->held, &status);
	assert_success(status);
	fill(busy->loan, 1000, 3);
	mcapix_pktchan_send_buffer(busy->packets.send, busy->loan, 1000, &status);
	assert_success(status);
	assert_true(mcapi_wait(&busy->receiving, &got, 10000, &status));
	assert_int_equal(got, 1000);
	assert_true(filled(busy->awaited, 1000, 3));
	mcapi_pktchan_release(busy->awaited, &status);
	assert_success(status);
	assert_int_equal(mcapi_sclchan_recv_uint16(busy->scalars.recv, &status), 7);
	assert_success(status);
	mcapi_msg_recv(busy->to, in, sizeof(in), &got, &status);
	assert_success(status);
	assert_int_equal(got, sizeof(in));
	assert_true(filled(in, sizeof(in), 2));
	assert_true(mcapi_wait(&busy->sending, &got, 10000, &status));
}

/* Mappings of the window that this process could write to. */
static unsigned int writable_windows(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], access[5];
	unsigned int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, local_dir()) && sscanf(line, "%*s %4s", access) == 1 &&
			 access[1] == 'w';
	fclose(maps);
	return count;
}

static void nothing_is_inherited(struct busy *busy)
{
	mcapi_status_t status;
	size_t got;

	assert_int_equal(writable_windows(), 0);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(fcntl(busy->fds[i], F_GETFD), -1);
	mcapi_pktchan_send(busy->packets.send, "x", 1, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapi_sclchan_recv_uint16(busy->scalars.recv, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapi_pktchan_release(busy->held, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapix_buffer_free(busy->loan, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapi_wait(&busy->sending, &got, 0, &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
}

static void in_the_middle_of_everything(void **state)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	struct busy busy;
	pid_t child;
	size_t got;

	(void)state;
	node_init(1, 1);
	assert_true(writable_windows() > 0);
	get_busy(&busy);
	there = mcapi_endpoint_create(7, &status);
	child = child_fork();
	if (!child) {
		nothing_is_inherited(&busy);
		/* A node of its own, which talks to its parent. */
		node_init(1, 2);
		here = mcapi_endpoint_create(7, &status);
		there = mcapi_endpoint_get(1, 1, 7, 10000, &status);
		assert_success(status);
		mcapi_msg_send(here, there, "x", 1, 0, &status);
		assert_success(status);
		node_end();
		_exit(0);
	}
	mcapi_msg_recv(there, in, 1, &got, &status);
	assert_success(status);
	child_end(child);
	go_on(&busy);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forked_child_is_no_node),
		cmocka_unit_test(a_child_that_outlives_its_parent),
		cmocka_unit_test(in_the_middle_of_everything),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
