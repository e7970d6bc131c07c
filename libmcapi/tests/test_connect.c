/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_connect.c - channels come and go: connect, open, close, of both types
 */
#include "channels.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static const enum type types[] = { PACKETS, SCALARS };

#define FOR_TYPES(type) for (unsigned int i_ = 0; i_ < 2; i_++) for (enum type type = types[i_], \
	once_ = 0; !once_; once_ = 1)

static uint32_t attribute(mcapi_endpoint_t endpoint, mcapi_uint_t number)
{
	mcapi_status_t status;
	uint32_t value;

	mcapi_endpoint_get_attribute(endpoint, number, &value, sizeof(value), &status);
	assert_success(status);
	return value;
}

static uint32_t state_of(mcapi_endpoint_t endpoint)
{
	return attribute(endpoint, MCAPI_ENDP_ATTR_ENDP_STATUS) & 0xf;
}

static void a_whole_life(void **state)
{
	(void)state;
	FOR_TYPES(type) {
		mcapi_request_t open[2];
		mcapi_status_t status;
		uint32_t handle[2] = { 0 };
		mcapi_endpoint_t a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		mcapi_endpoint_t b = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);

		for (unsigned int life = 0; life < 3; life++) {
			assert_int_equal(state_of(a), 0);
			assert_success(connect_ends(type, a, b));
			assert_int_equal(state_of(a), MCAPI_ENDP_ATTR_STATUS_CONNECTED);
			assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_TYPE),
					 type == PACKETS ? MCAPI_ENDP_TYPE_PKTCHAN :
							   MCAPI_ENDP_TYPE_SCLCHAN);
			assert_status(connect_ends(type, a, b), MCAPI_ERR_CHAN_CONNECTED);
			assert_status(start_open(type, true, a, &handle[0], &open[0]),
				      MCAPI_PENDING);
			assert_status(start_open(type, true, a, &handle[0], &open[1]),
				      MCAPI_ERR_CHAN_OPENPENDING);
			assert_int_equal(state_of(a), MCAPI_ENDP_ATTR_STATUS_CONNECTED |
						      MCAPI_ENDP_ATTR_STATUS_OPEN_PENDING);
			assert_status(start_open(type, false, b, &handle[1], &open[1]),
				      MCAPI_PENDING);
			assert_success(finish(&open[0]));
			assert_success(finish(&open[1]));
			assert_int_equal(state_of(b), MCAPI_ENDP_ATTR_STATUS_CONNECTED |
						      MCAPI_ENDP_ATTR_STATUS_OPEN);
			assert_status(start_open(type, true, a, &handle[0], &open[0]),
				      MCAPI_ERR_CHAN_OPEN);
			mcapi_endpoint_delete(a, &status);
			assert_status(status, MCAPI_ERR_CHAN_CONNECTED);

			/* Either end may close first. */
			assert_success(close_end(type, life & 1, handle[!(life & 1)]));
			assert_status(close_end(type, life & 1, handle[!(life & 1)]),
				      MCAPI_ERR_CHAN_NOTOPEN);
			assert_status(start_open(type, life & 1, life & 1 ? a : b, &handle[0],
						 &open[0]), MCAPI_ERR_CHAN_CLOSEPENDING);
			assert_status(connect_ends(type, a, b), life & 1 ?
				      MCAPI_ERR_CHAN_CLOSEPENDING : MCAPI_ERR_CHAN_CONNECTED);
			assert_success(close_end(type, !(life & 1), handle[life & 1]));
			assert_status(close_end(type, !(life & 1), handle[life & 1]),
				      MCAPI_ERR_CHAN_NOTOPEN);
			assert_int_equal(attribute(b, MCAPI_ENDP_ATTR_TYPE),
					 MCAPI_ENDP_TYPE_MESSAGE);
		}
		mcapi_endpoint_delete(a, &status);
		assert_success(status);
		mcapi_endpoint_delete(b, &status);
		assert_success(status);
	}
}

static void bad_connects(void **state)
{
	const uint32_t fewer = 3;
	mcapi_request_t request;
	mcapi_status_t status;
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);

	(void)state;
	FOR_TYPES(type) {
		assert_status(connect_ends(type, a, a), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, 0xffffffff), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, a + 7), MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a + 7, b), MCAPI_ERR_ENDP_INVALID);
		/* Node 9:9 was never there. */
		assert_status(connect_ends(type, 9u << 24 | 9u << 16 | 1, b),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(connect_ends(type, a, 9u << 24 | 9u << 16 | 1),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_connect(type, a, b, NULL), MCAPI_ERR_PARAMETER);
	}
	mcapi_endpoint_set_attribute(a, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	assert_success(status);
	assert_status(connect_ends(PACKETS, a, b), MCAPI_ERR_ATTR_INCOMPATIBLE);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_TYPE,
				     &(uint32_t){ MCAPI_ENDP_TYPE_SCLCHAN }, sizeof(uint32_t),
				     &status);
	assert_success(status);
	assert_status(connect_ends(PACKETS, a, b), MCAPI_ERR_ATTR_INCOMPATIBLE);
	/* What failed has left nothing behind. */
	assert_status(start_connect(SCALARS, a, b, &request), MCAPI_PENDING);
	assert_success(finish(&request));
	mcapi_endpoint_set_attribute(b, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &fewer, sizeof(fewer),
				     &status);
	assert_status(status, MCAPI_ERR_CHAN_CONNECTED);
}

static void bad_opens_and_closes(void **state)
{
	mcapi_request_t request;
	mcapi_status_t status;
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);
	uint32_t handle;
	struct pair packets, scalars;

	(void)state;
	FOR_TYPES(type) {
		assert_status(start_open(type, true, a + 7, &handle, &request),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_open(type, true, 9u << 24 | 9u << 16 | 1, &handle, &request),
			      MCAPI_ERR_ENDP_INVALID);
		assert_status(start_open(type, true, a, NULL, &request), MCAPI_ERR_PARAMETER);
		assert_status(start_open(type, true, a, &handle, NULL), MCAPI_ERR_PARAMETER);
		assert_status(close_end(type, true, 0), MCAPI_ERR_CHAN_INVALID);
		assert_status(close_end(type, true, 0xffffffff), MCAPI_ERR_CHAN_INVALID);
	}
	assert_success(connect_ends(PACKETS, a, b));
	assert_status(start_open(PACKETS, false, a, &handle, &request),
		      MCAPI_ERR_CHAN_DIRECTION);
	assert_status(start_open(PACKETS, true, b, &handle, &request), MCAPI_ERR_CHAN_DIRECTION);
	assert_status(start_open(SCALARS, true, a, &handle, &request), MCAPI_ERR_CHAN_TYPE);

	packets = make_pair(PACKETS, 3, 4);
	scalars = make_pair(SCALARS, 5, 6);
	assert_status(close_end(PACKETS, true, packets.recv), MCAPI_ERR_CHAN_DIRECTION);
	assert_status(close_end(SCALARS, true, packets.send), MCAPI_ERR_CHAN_TYPE);
	assert_status(close_end(PACKETS, false, scalars.recv), MCAPI_ERR_CHAN_TYPE);
	mcapi_pktchan_send_close_i(packets.send, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_success(close_end(PACKETS, true, packets.send));
}

static void open_before_connect(void **state)
{
	(void)state;
	FOR_TYPES(type) {
		mcapi_request_t open[2], again;
		mcapi_status_t status;
		uint32_t handle[2] = { 0 };
		mcapi_endpoint_t a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		mcapi_endpoint_t b = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		size_t size;

		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		assert_status(start_open(type, true, a, &handle[0], &again),
			      MCAPI_ERR_CHAN_OPENPENDING);
		assert_status(start_open(type, false, b, &handle[1], &open[1]), MCAPI_PENDING);
		assert_false(mcapi_test(&open[0], &size, &status));
		assert_status(status, MCAPI_PENDING);
		assert_success(connect_ends(type, a, b));
		assert_success(finish(&open[0]));
		assert_success(finish(&open[1]));
		assert_success(close_end(type, true, handle[0]));
		assert_success(close_end(type, false, handle[1]));

		/* It may be cancelled, and its endpoint deleted. */
		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		mcapi_cancel(&open[0], &status);
		assert_success(status);
		assert_status(start_open(type, false, a, &handle[0], &open[0]), MCAPI_PENDING);
		mcapi_endpoint_delete(a, &status);
		assert_success(status);
		assert_status(finish(&open[0]), MCAPI_ERR_ENDP_DELETED);

		/* Connected otherwise. */
		a = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		assert_status(start_open(type, true, a, &handle[0], &open[0]), MCAPI_PENDING);
		assert_status(start_open(type == PACKETS ? SCALARS : PACKETS, true, b,
					 &handle[1], &open[1]), MCAPI_PENDING);
		assert_success(connect_ends(type, b, a));
		assert_status(finish(&open[0]), MCAPI_ERR_CHAN_DIRECTION);
		assert_status(finish(&open[1]), MCAPI_ERR_CHAN_TYPE);
	}
}

static void cancel_and_open_again(void **state)
{
	mcapi_request_t open[2];
	mcapi_status_t status;
	uint32_t handle[2];
	mcapi_endpoint_t a = mcapi_endpoint_create(1, &status);
	mcapi_endpoint_t b = mcapi_endpoint_create(2, &status);

	(void)state;
	assert_success(connect_ends(PACKETS, a, b));
	assert_status(start_open(PACKETS, true, a, &handle[0], &open[0]), MCAPI_PENDING);
	mcapi_cancel(&open[0], &status);
	assert_success(status);
	assert_status(start_open(PACKETS, true, a, &handle[0], &open[0]), MCAPI_PENDING);
	assert_status(start_open(PACKETS, false, b, &handle[1], &open[1]), MCAPI_PENDING);
	assert_success(finish(&open[0]));
	assert_success(finish(&open[1]));
}

/* ---- three nodes ---- */

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
		cmocka_unit_test_setup_teardown(a_whole_life, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_connects, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(bad_opens_and_closes, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(open_before_connect, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(cancel_and_open_again, node_setup, node_teardown),
		cmocka_unit_test(anybody_connects),
		cmocka_unit_test(one_wins),
		cmocka_unit_test(deaths_while_connecting),
		cmocka_unit_test(death_before_open),
		cmocka_unit_test(a_thread_ends_its_node),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
