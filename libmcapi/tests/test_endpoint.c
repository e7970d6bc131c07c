/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void create_and_delete(void **state)
{
	mcapi_endpoint_t a, b, again;
	mcapi_status_t status;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	assert_success(status);
	b = mcapi_endpoint_create(MCAPI_MAX_PORT, &status);
	assert_success(status);
	assert_int_not_equal(a, b);
	mcapi_endpoint_create(1, &status);
	assert_status(status, MCAPI_ERR_ENDP_EXISTS);
	mcapi_endpoint_create(0, &status);
	assert_status(status, MCAPI_ERR_PORT_INVALID);
	mcapi_endpoint_create(MCAPI_MAX_PORT + 1, &status);
	assert_status(status, MCAPI_ERR_PORT_INVALID);

	mcapi_endpoint_delete(a, &status);
	assert_success(status);
	mcapi_endpoint_delete(a, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	mcapi_endpoint_delete(0xffffffff, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	mcapi_endpoint_delete(2u << 24 | 1u << 16 | 1, &status);
	assert_status(status, MCAPI_ERR_ENDP_INVALID);
	again = mcapi_endpoint_create(1, &status);
	assert_success(status);
	assert_int_equal(again, a);
}

static void any_port(void **state)
{
	mcapi_endpoint_t first, second;
	mcapi_status_t status;

	(void)state;
	first = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	assert_success(status);
	second = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	assert_success(status);
	assert_int_not_equal(first, second);
}

static void thousands(void **state)
{
	mcapi_endpoint_t last = 0;
	mcapi_status_t status;

	(void)state;
	for (unsigned int i = 0; i < 4096; i++) {
		last = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
		assert_success(status);
	}
	mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	assert_status(status, MCAPI_ERR_ENDP_LIMIT);
	mcapi_endpoint_delete(last, &status);
	assert_success(status);
	mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	assert_success(status);
}

static void get_own(void **state)
{
	mcapi_endpoint_t mine, found = 0;
	mcapi_request_t request;
	mcapi_status_t status;
	size_t size;

	(void)state;
	mcapi_endpoint_get_i(1, 1, 5, &found, &request, &status);
	assert_status(status, MCAPI_PENDING);
	assert_false(mcapi_test(&request, &size, &status));
	assert_status(status, MCAPI_PENDING);
	mine = mcapi_endpoint_create(5, &status);
	assert_true(mcapi_wait(&request, &size, 1000, &status));
	assert_success(status);
	assert_int_equal(found, mine);
	assert_int_equal(mcapi_endpoint_get(1, 1, 5, 0, &status), mine);
	assert_success(status);
	mcapi_endpoint_get_i(1, 1, 5, &found, &request, &status);
	assert_success(status);
	assert_int_equal(found, mine);
}

static void get_in_vain(void **state)
{
	mcapi_request_t request;
	mcapi_endpoint_t found;
	mcapi_status_t status;

	(void)state;
	mcapi_endpoint_get(9, 9, 5, 20, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_non_null(strstr(mcapix_error_detail(), "9:9"));
	assert_non_null(strstr(mcapix_error_detail(), "local link"));
	mcapi_endpoint_get(1, 1, 5, 0, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_non_null(strstr(mcapix_error_detail(), "no endpoint with port 5"));
	mcapi_endpoint_get(MCAPI_MAX_DOMAIN + 1, 1, 5, 0, &status);
	assert_status(status, MCAPI_ERR_DOMAIN_INVALID);
	mcapi_endpoint_get(1, MCAPI_MAX_NODE + 1, 5, 0, &status);
	assert_status(status, MCAPI_ERR_NODE_INVALID);
	mcapi_endpoint_get(1, 1, 0, 0, &status);
	assert_status(status, MCAPI_ERR_PORT_INVALID);
	mcapi_endpoint_get_i(1, 1, MCAPI_PORT_ANY, &found, &request, &status);
	assert_status(status, MCAPI_ERR_PORT_INVALID);
	mcapi_endpoint_get_i(MCAPI_MAX_DOMAIN + 1, 1, 5, &found, &request, &status);
	assert_status(status, MCAPI_ERR_DOMAIN_INVALID);
	mcapi_endpoint_get_i(1, MCAPI_MAX_NODE + 1, 5, &found, &request, &status);
	assert_status(status, MCAPI_ERR_NODE_INVALID);
	mcapi_endpoint_get_i(1, 1, 5, NULL, &request, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_endpoint_get_i(1, 1, 5, &found, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
}

static void create_late(void)
{
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	size_t got;

	/* The parent sleeps in its get by now, or it will see the endpoint at once. */
	usleep(50000);
	endpoint = mcapi_endpoint_create(3, &status);
	assert_success(status);
	mcapi_msg_recv(endpoint, NULL, 0, &got, &status);
	assert_success(status);
}

static void get_waits_for_another_process(void **state)
{
	mcapi_endpoint_t mine, found;
	mcapi_status_t status;
	pid_t child = child_start(create_late);

	(void)state;
	node_init(1, 1);
	mine = mcapi_endpoint_create(1, &status);
	found = mcapi_endpoint_get(2, 1, 3, MCAPI_TIMEOUT_INFINITE, &status);
	assert_success(status);
	mcapi_msg_send(mine, found, NULL, 0, 0, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

static void deleting_ends_what_waits(void **state)
{
	mcapi_endpoint_t a, b, full;
	mcapi_request_t send, receive;
	mcapi_status_t status;
	char byte = 0;
	size_t size;

	(void)state;
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	full = mcapi_endpoint_create(3, &status);
	do {
		mcapi_msg_send_i(a, full, &byte, 1, 0, &send, &status);
	} while (status == MCAPI_SUCCESS);
	mcapi_msg_recv_i(a, &byte, 1, &receive, &status);
	assert_status(status, MCAPI_PENDING);
	mcapi_endpoint_delete(b, &status);
	assert_success(status);
	assert_false(mcapi_test(&send, &size, &status));
	assert_status(status, MCAPI_PENDING);
	mcapi_endpoint_delete(a, &status);
	assert_success(status);
	assert_false(mcapi_wait(&send, &size, 0, &status));
	assert_status(status, MCAPI_ERR_ENDP_DELETED);
	assert_false(mcapi_wait(&receive, &size, 0, &status));
	assert_status(status, MCAPI_ERR_ENDP_DELETED);
}

static void *blocked_sender(void *arg)
{
	mcapi_endpoint_t *pair = arg;
	mcapi_status_t status;

	do {
		mcapi_msg_send(pair[0], pair[1], "x", 1, 0, &status);
	} while (status == MCAPI_SUCCESS);
	assert_status(status, MCAPI_ERR_ENDP_DELETED);
	return NULL;
}

static void deleting_ends_a_blocked_send(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t pair[2];
	mcapi_status_t status;
	pthread_t thread;

	(void)state;
	pair[0] = mcapi_endpoint_create(1, &status);
	pair[1] = mcapi_endpoint_create(2, &status);
	assert_int_equal(pthread_create(&thread, NULL, blocked_sender, pair), 0);
	while (!stats.sleeps)
		mcapix_stats_get(&stats, &status);
	mcapi_endpoint_delete(pair[0], &status);
	assert_success(status);
	pthread_join(thread, NULL);
}

static void state_is_displayed(void **state)
{
	mcapi_endpoint_t a, none = 0;
	char text[4096] = "";
	mcapi_status_t status;
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);

	(void)state;
	assert_non_null(file);
	a = mcapi_endpoint_create(77, &status);
	mcapi_msg_send(a, a, "x", 1, 0, &status);
	assert_int_equal(mcapi_msg_available(a, &status), 1);
	make_pair(PACKETS, 1, 2);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	mcapi_display_state(NULL);
	mcapi_display_state(&a);
	mcapi_display_state(&none);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(text, "node 1:1"));
	assert_non_null(strstr(text, "local link"));
	assert_non_null(strstr(text, "endpoint 1:1:77"));
	assert_non_null(strstr(text, "1 messages queued"));
	assert_non_null(strstr(text, "send end of a packet channel"));
	assert_non_null(strstr(text, "open, 0 requests pending, 0 packets held, to node 1:1"));
	assert_non_null(strstr(text, "no endpoint of node 1:1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(create_and_delete, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(any_port, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(thousands, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(get_own, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(get_in_vain, node_setup, node_teardown),
		cmocka_unit_test(get_waits_for_another_process),
		cmocka_unit_test_setup_teardown(deleting_ends_what_waits, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(deleting_ends_a_blocked_send, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(state_is_displayed, node_setup, node_teardown),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
