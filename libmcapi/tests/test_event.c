/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_event.c - nodes that come and go
 */
#include "support.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static void live_quietly(void)
{
	pause();
}

static void next_event(struct mcapix_event *event, int fd)
{
	mcapi_status_t status;

	while (!mcapix_event_get(event, 0, &status)) {
		assert_status(status, MCAPI_TIMEOUT);
		assert_true(readable(fd, 10000));
	}
	assert_success(status);
}

static void nodes_come_and_go(void **state)
{
	struct mcapix_event event = { .size = sizeof(event) }, small = { .size = 4 };
	struct mcapix_peer peer = { .size = sizeof(peer), .domain = MCAPI_DOMAIN_INVALID };
	mcapi_status_t status;
	pid_t child;
	int fd;

	(void)state;
	on_one_system();	/* the tests' agents come and go, too */
	node_init(1, 1);
	fd = mcapix_node_fd(&status);
	assert_success(status);
	assert_false(readable(fd, 0));
	assert_false(mcapix_event_get(&event, 20, &status));
	assert_status(status, MCAPI_TIMEOUT);
	for (unsigned int round = 0; round < 3; round++) {
		child = child_start(live_quietly);
		next_event(&event, fd);
		assert_int_equal(event.kind, MCAPIX_PEER_JOINED);
		assert_int_equal(event.domain, 2);
		assert_int_equal(event.node, 1);
		assert_false(readable(fd, 0));
		/* Also who sleeps inside the library hears of a death that nobody rings for. */
		child_kill(child);
		if (round < 2)
			next_event(&event, fd);
		else
			assert_true(mcapix_event_get(&event, 10000, &status));
		assert_int_equal(event.kind, MCAPIX_PEER_LEFT);
		assert_int_equal(event.domain, 2);
	}
	assert_false(mcapix_event_get(&small, 0, &status));
	assert_status(status, MCAPI_ERR_PARAMETER);
	assert_false(mcapix_event_get(NULL, 0, &status));
	assert_status(status, MCAPI_ERR_PARAMETER);

	/* Who is there. */
	child = child_start(live_quietly);
	next_event(&event, fd);
	assert_true(mcapix_peer_next(&peer, &status));
	assert_int_equal(peer.domain, 1);
	assert_true(mcapix_peer_next(&peer, &status));
	assert_int_equal(peer.domain, 2);
	assert_int_equal(peer.node, 1);
	assert_int_equal(peer.state, MCAPIX_PEER_LIVE);
	assert_string_equal(peer.link, "local link");
	assert_false(mcapix_peer_next(&peer, &status));
	assert_success(status);
	mcapix_peer_get(2, 1, &peer, &status);
	assert_success(status);
	mcapix_peer_get(2, 2, &peer, &status);
	assert_status(status, MCAPI_ERR_NODE_INVALID);
	mcapix_peer_get(2, 1, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	child_kill(child);
	node_end();
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

struct heard {
	struct mcapix_event last;
	unsigned int count;
	mcapi_endpoint_t here;
};

/* The library can be called from here, but the node cannot end. */
static void hear(void *arg, const struct mcapix_event *event)
{
	struct heard *heard = arg;
	mcapi_status_t status;

	assert_int_equal(mcapi_node_id_get(&status), 1);
	assert_success(status);
	mcapi_finalize(&status);
	assert_status(status, MCAPI_ERR_NODE_FINALFAILED);
	heard->last = *event;
	heard->count++;
	if (event->kind == MCAPIX_PEER_LEFT) {
		mcapi_msg_send(heard->here, heard->here, "x", 1, 0, &status);
		assert_success(status);
	}
}

static void a_function_hears_of_deaths(void **state)
{
	struct heard heard = { .count = 0 };
	struct mcapix_event event = { .size = sizeof(event) };
	mcapi_status_t status;
	pthread_t killer;
	pid_t child;
	char byte;
	size_t got;

	(void)state;
	on_one_system();	/* the tests' agents come and go, too */
	child = child_start(live_quietly);
	node_init(1, 1);
	heard.here = mcapi_endpoint_create(1, &status);
	do {
		mcapi_node_get_attribute(2, 1, MCAPI_NODE_ATTR_TYPE, &(mcapi_uint_t){ 0 },
					 sizeof(mcapi_uint_t), &status);
	} while (status == MCAPI_ERR_NODE_INVALID);
	assert_success(status);
	/* What was kept comes first. */
	mcapix_event_callback(hear, &heard, &status);
	assert_success(status);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.last.kind, MCAPIX_PEER_JOINED);
	/* From inside a call that waits for what only the function sends. */
	assert_int_equal(pthread_create(&killer, NULL, child_kill_soon, &child), 0);
	mcapi_msg_recv(heard.here, &byte, 1, &got, &status);
	assert_success(status);
	pthread_join(killer, NULL);
	assert_int_equal(heard.count, 2);
	assert_int_equal(heard.last.kind, MCAPIX_PEER_LEFT);
	assert_int_equal(heard.last.domain, 2);
	/* What a call says of its failure is not touched. */
	child = child_start(live_quietly);
	do {
		mcapi_msg_available(0, &status);
		assert_status(status, MCAPI_ERR_ENDP_INVALID);
		mcapi_msg_available(heard.here, &status);
	} while (heard.count < 3);
	/* And back to those who ask. */
	mcapix_event_callback(NULL, NULL, &status);
	child_kill(child);
	assert_true(mcapix_event_get(&event, 10000, &status));
	assert_int_equal(event.kind, MCAPIX_PEER_LEFT);
	assert_int_equal(heard.count, 3);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_come_and_go),
		cmocka_unit_test(a_function_hears_of_deaths),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
