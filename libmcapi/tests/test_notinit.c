/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_notinit.c - what a thread without a node is told, by every function that needs one
 */
#include "support.h"

static mcapi_status_t status;
static mcapi_request_t request;
static mcapi_uint_t value;
static size_t size;

#define REFUSED(...) do {							\
		status = MCAPI_SUCCESS;						\
		__VA_ARGS__;							\
		assert_status(status, MCAPI_ERR_NODE_NOTINIT);			\
	} while (0)

static void nodes(void **state)
{
	(void)state;
	REFUSED(mcapi_finalize(&status));
	REFUSED(assert_int_equal(mcapi_domain_id_get(&status), MCAPI_DOMAIN_INVALID));
	REFUSED(assert_int_equal(mcapi_node_id_get(&status), MCAPI_NODE_INVALID));
	REFUSED(mcapi_node_get_attribute(1, 1, 0, &value, sizeof(value), &status));
}

static void endpoints(void **state)
{
	mcapi_endpoint_t found;

	(void)state;
	REFUSED(mcapi_endpoint_create(1, &status));
	REFUSED(mcapi_endpoint_get_i(1, 1, 1, &found, &request, &status));
	REFUSED(mcapi_endpoint_get(1, 1, 1, 0, &status));
	REFUSED(mcapi_endpoint_delete(1, &status));
	REFUSED(mcapi_endpoint_get_attribute(1, 0, &value, sizeof(value), &status));
	REFUSED(mcapi_endpoint_set_attribute(1, 0, &value, sizeof(value), &status));
}

static void messages(void **state)
{
	(void)state;
	REFUSED(mcapi_msg_send_i(1, 2, NULL, 0, 0, &request, &status));
	REFUSED(mcapi_msg_send(1, 2, NULL, 0, 0, &status));
	REFUSED(mcapi_msg_recv_i(1, NULL, 0, &request, &status));
	REFUSED(mcapi_msg_recv(1, NULL, 0, &size, &status));
	REFUSED(assert_int_equal(mcapi_msg_available(1, &status), 0));
}

static void requests(void **state)
{
	mcapi_request_t *one = &request;

	(void)state;
	REFUSED(assert_false(mcapi_test(&request, &size, &status)));
	REFUSED(assert_false(mcapi_wait(&request, &size, 0, &status)));
	REFUSED(assert_int_equal(mcapi_wait_any(1, &one, &size, 0, &status),
				 MCAPI_RETURN_VALUE_INVALID));
	REFUSED(mcapi_cancel(&request, &status));
}

static void beyond_the_standard(void **state)
{
	struct mcapix_event event = { .size = sizeof(event) };
	struct mcapix_peer peer = { .size = sizeof(peer) };
	struct mcapix_stats stats = { .size = sizeof(stats) };

	(void)state;
	REFUSED(mcapix_stats_get(&stats, &status));
	REFUSED(mcapix_peer_get(1, 1, &peer, &status));
	REFUSED(assert_false(mcapix_peer_next(&peer, &status)));
	REFUSED(assert_false(mcapix_event_get(&event, 0, &status)));
	REFUSED(assert_int_equal(mcapix_endpoint_fd(1, &status), -1));
	REFUSED(assert_int_equal(mcapix_request_fd(&request, &status), -1));
	REFUSED(assert_int_equal(mcapix_node_fd(&status), -1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(messages),
		cmocka_unit_test(requests),
		cmocka_unit_test(beyond_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
