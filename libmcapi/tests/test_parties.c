/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_parties.c - connects by others than the owners, and deaths of any of them
 */
#include "channels.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static void a_sender(void)
{
	mcapi_status_t status;
	uint32_t handle;

	handle = open_end(SCALARS, true, mcapi_endpoint_create(1, &status));
	mcapi_sclchan_send_uint32(handle, 4711, &status);
	assert_success(status);
	assert_success(close_end(SCALARS, true, handle));
}

static void a_receiver(void)
{
	mcapi_status_t status;
	uint32_t handle;

	handle = open_end(SCALARS, false, mcapi_endpoint_create(1, &status));
	assert_int_equal(mcapi_sclchan_recv_uint32(handle, &status), 4711);
	assert_success(status);
	assert_success(close_end(SCALARS, false, handle));
}

static pid_t start_node(mcapi_domain_t domain, void (*body)(void))
{
	pid_t child = child_fork();

	if (child)
		return child;
	node_init(domain, 1);
	body();
	node_end();
	_exit(0);
}

static void anybody_connects(void **state)
{
	pid_t sender = start_node(2, a_sender), receiver = start_node(3, a_receiver);

	(void)state;
	node_init(1, 1);
	assert_success(connect_ends(SCALARS, other(2, 1, 1), other(3, 1, 1)));
	child_end(sender);
	child_end(receiver);
	/* Both have been there once. */
	assert_status(connect_ends(SCALARS, 2u << 24 | 1u << 16 | 1, 3u << 24 | 1u << 16 | 1),
		      MCAPI_ERR_TRANSMISSION);
	node_end();
}

static void an_endpoint(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	size_t got;

	/* Never; but requests of others are served meanwhile. */
	mcapi_msg_recv(here, NULL, 0, &got, &status);
}

/* Many connects of the same ends at once: one is made. */
static void one_wins(void **state)
{
	pid_t sender = start_node(2, an_endpoint), receiver = start_node(3, an_endpoint);
	mcapi_request_t requests[100];
	mcapi_status_t status;
	mcapi_endpoint_t a, b, c;
	unsigned int made = 0;

	(void)state;
	node_init(1, 1);
	a = other(2, 1, 1);
	b = other(3, 1, 1);
	c = mcapi_endpoint_create(1, &status);
	for (unsigned int i = 0; i < 100; i++)
		assert_status(start_connect(i % 2 ? PACKETS : SCALARS, i % 3 ? a : c, b,
					    &requests[i]), MCAPI_PENDING);
	for (unsigned int i = 0; i < 100; i++) {
		status = finish(&requests[i]);
		if (status == MCAPI_SUCCESS)
			made++;
		else
			assert_status(status, MCAPI_ERR_CHAN_CONNECTED);
	}
	assert_int_equal(made, 1);
	child_kill(sender);
	child_kill(receiver);
	node_end();
}

/* The owner of the receive end is killed before it answers, then the coordinator. */
static void deaths_while_connecting(void **state)
{
	pid_t sender, receiver;
	mcapi_request_t request;
	mcapi_endpoint_t a, b, here;
	mcapi_status_t status;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	receiver = start_node(3, an_endpoint);
	b = other(3, 1, 1);
	assert_int_equal(kill(receiver, SIGSTOP), 0);
	assert_status(start_connect(PACKETS, here, b, &request), MCAPI_PENDING);
	child_kill(receiver);
	assert_status(finish(&request), MCAPI_ERR_TRANSMISSION);
	assert_int_equal(state_of(here), 0);

	sender = start_node(2, an_endpoint);
	a = other(2, 1, 1);
	assert_int_equal(kill(sender, SIGSTOP), 0);
	assert_status(start_connect(PACKETS, a, here, &request), MCAPI_PENDING);
	child_kill(sender);
	assert_status(finish(&request), MCAPI_ERR_TRANSMISSION);
	/* The endpoint that survived is free. */
	receiver = start_node(3, an_endpoint);
	assert_success(connect_ends(PACKETS, here, other(3, 1, 1)));
	child_kill(receiver);
	node_end();
}

static void connected_and_waiting(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);
	size_t got;

	assert_success(connect_ends(PACKETS, here, other(1, 1, 1)));
	mcapi_msg_recv(here, NULL, 0, &got, &status);
}

/* Killed when connected, with our open pending: the open ends, the endpoint is free. */
static void death_before_open(void **state)
{
	mcapi_request_t request;
	mcapi_endpoint_t here;
	mcapi_status_t status;
	uint32_t handle;
	pid_t child;

	(void)state;
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	assert_status(start_open(PACKETS, false, here, &handle, &request), MCAPI_PENDING);
	child = start_node(2, connected_and_waiting);
	do {
		mcapi_msg_available(here, &status);
	} while (!(state_of(here) & MCAPI_ENDP_ATTR_STATUS_CONNECTED));
	child_kill(child);
	assert_status(finish(&request), MCAPI_ERR_TRANSMISSION);
	assert_int_equal(state_of(here), 0);
	mcapi_endpoint_delete(here, &status);
	assert_success(status);
	node_end();
}

/* A node that ends by itself is a death for its channels, and wakes who sleeps there. */
static void *end_soon(void *arg)
{
	mcapi_status_t status;
	uint32_t handle;

	(void)arg;
	node_init(2, 1);
	handle = channel_to(SCALARS, 1);
	mcapi_sclchan_send_uint8(handle, 7, &status);
	assert_success(status);
	/* The other one is asleep in its receive when it says so. */
	usleep(100000);
	node_end();
	return NULL;
}

static void a_thread_ends_its_node(void **state)
{
	mcapi_status_t status;
	pthread_t thread;
	uint32_t handle;

	(void)state;
	node_init(1, 1);
	assert_int_equal(pthread_create(&thread, NULL, end_soon, NULL), 0);
	handle = channel_from(SCALARS);
	assert_int_equal(mcapi_sclchan_recv_uint8(handle, &status), 7);
	assert_success(status);
	mcapi_sclchan_recv_uint8(handle, &status);
	assert_status(status, MCAPI_ERR_TRANSMISSION);
	assert_success(close_end(SCALARS, false, handle));
	pthread_join(thread, NULL);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anybody_connects),
		cmocka_unit_test(one_wins),
		cmocka_unit_test(deaths_while_connecting),
		cmocka_unit_test(death_before_open),
		cmocka_unit_test(a_thread_ends_its_node),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
