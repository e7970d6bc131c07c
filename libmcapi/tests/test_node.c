/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

#include <pthread.h>

static void identity(void **state)
{
	mcapi_status_t status;

	(void)state;
	assert_int_equal(mcapi_domain_id_get(&status), MCAPI_DOMAIN_INVALID);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	assert_int_equal(mcapi_node_id_get(&status), MCAPI_NODE_INVALID);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);

	node_init(7, 9);
	assert_int_equal(mcapi_domain_id_get(&status), 7);
	assert_success(status);
	assert_int_equal(mcapi_node_id_get(&status), 9);
	assert_success(status);
	assert_status(node_try(7, 10), MCAPI_ERR_NODE_INITIALIZED);
	node_end();
	mcapi_finalize(&status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	/* The name is free again at once. */
	node_init(7, 9);
	node_end();
}

static void bad_arguments(void **state)
{
	mcapi_node_attributes_t attributes = { .type = 77 };
	mcapi_status_t status;
	mcapi_info_t info;

	(void)state;
	assert_status(node_try(MCAPI_MAX_DOMAIN + 1, 0), MCAPI_ERR_DOMAIN_INVALID);
	assert_status(node_try(MCAPI_DOMAIN_INVALID, 0), MCAPI_ERR_DOMAIN_INVALID);
	assert_status(node_try(0, MCAPI_MAX_NODE + 1), MCAPI_ERR_NODE_INVALID);
	mcapi_initialize(0, 0, NULL, NULL, NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	mcapi_initialize(0, 0, &attributes, NULL, &info, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
}

static void attributes(void **state)
{
	mcapi_uint_t type = MCAPI_NODE_ATTR_TYPE_REGULAR, other = 77, got = 55;
	mcapi_node_attributes_t attributes;
	mcapi_status_t status;
	mcapi_info_t info;

	(void)state;
	/* No node is needed to prepare attributes. */
	mcapi_node_init_attributes(NULL, &status);
	assert_status(status, MCAPI_ERR_PARAMETER);
	memset(&attributes, 0x55, sizeof(attributes));
	mcapi_node_init_attributes(&attributes, &status);
	assert_success(status);
#define SET(attributes, number, value, size, expected) do { \
		mcapi_node_set_attribute(attributes, number, value, size, &status); \
		assert_status(status, expected); \
	} while (0)
	SET(&attributes, MCAPI_NODE_ATTR_TYPE, &type, sizeof(type), MCAPI_SUCCESS);
	SET(NULL, MCAPI_NODE_ATTR_TYPE, &type, sizeof(type), MCAPI_ERR_PARAMETER);
	SET(&attributes, MCAPI_NODE_ATTR_TYPE, NULL, sizeof(type), MCAPI_ERR_PARAMETER);
	SET(&attributes, MCAPI_NODE_ATTR_END, &type, sizeof(type), MCAPI_ERR_ATTR_NUM);
	SET(&attributes, MCAPI_NODE_ATTR_TYPE, &type, 1, MCAPI_ERR_ATTR_SIZE);
	SET(&attributes, MCAPI_NODE_ATTR_TYPE, &other, sizeof(other), MCAPI_ERR_ATTR_VALUE);
#undef SET
	mcapi_node_get_attribute(1, 1, MCAPI_NODE_ATTR_TYPE, &got, sizeof(got), &status);
	assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	mcapi_initialize(1, 1, &attributes, NULL, &info, &status);
	assert_success(status);
#define GET(domain, node, number, value, size, expected) do { \
		mcapi_node_get_attribute(domain, node, number, value, size, &status); \
		assert_status(status, expected); \
	} while (0)
	GET(MCAPI_MAX_DOMAIN + 1, 1, MCAPI_NODE_ATTR_TYPE, &got, sizeof(got),
	    MCAPI_ERR_DOMAIN_INVALID);
	GET(1, MCAPI_MAX_NODE + 1, MCAPI_NODE_ATTR_TYPE, &got, sizeof(got),
	    MCAPI_ERR_NODE_INVALID);
	GET(1, 2, MCAPI_NODE_ATTR_TYPE, &got, sizeof(got), MCAPI_ERR_NODE_INVALID);
	GET(1, 1, MCAPI_NODE_ATTR_TYPE, NULL, sizeof(got), MCAPI_ERR_PARAMETER);
	GET(1, 1, 63, &got, sizeof(got), MCAPI_ERR_ATTR_NUM);
	GET(1, 1, MCAPI_NODE_ATTR_TYPE, &got, 8, MCAPI_ERR_ATTR_SIZE);
	assert_int_equal(got, 55);
	GET(1, 1, MCAPI_NODE_ATTR_TYPE, &got, sizeof(got), MCAPI_SUCCESS);
	assert_int_equal(got, MCAPI_NODE_ATTR_TYPE_REGULAR);
#undef GET
	node_end();
}

static void info_tells_limits(void **state)
{
	mcapi_status_t status;
	mcapi_info_t info;

	(void)state;
	mcapi_initialize(0, 0, NULL, NULL, &info, &status);
	assert_success(status);
	assert_int_equal(info.mcapi_version, 2015);
	assert_int_equal(info.number_of_domains, MCAPI_MAX_DOMAIN + 1);
	assert_int_equal(info.number_of_nodes, MCAPI_MAX_NODE + 1);
	assert_int_equal(info.number_of_ports, MCAPI_MAX_PORT);
	node_end();
}

static void wait_for_parent(void)
{
	mcapi_status_t status;
	mcapi_endpoint_t endpoint = mcapi_endpoint_create(1, &status);
	size_t got;

	assert_success(status);
	mcapi_msg_recv(endpoint, NULL, 0, &got, &status);
	assert_success(status);
}

static void one_process_for_each_name(void **state)
{
	mcapi_endpoint_t there, here;
	mcapi_status_t status;
	pid_t child;

	(void)state;
	on_one_system();	/* which is where a name is given once */
	child = child_start(wait_for_parent);
	node_init(1, 1);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	node_end();
	assert_status(node_try(2, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "2:1"));
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 5000, &status);
	assert_success(status);
	mcapi_msg_send(here, there, NULL, 0, 0, &status);
	assert_success(status);
	child_end(child);
	node_end();
}

static void *other_thread(void *arg)
{
	mcapi_status_t status;
	mcapi_endpoint_t *pair = arg, mine;
	char byte = 42;

	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITIALIZED);
	node_init(1, 2);
	assert_int_equal(mcapi_node_id_get(&status), 2);
	mine = mcapi_endpoint_create(1, &status);
	assert_success(status);
	mcapi_msg_send(mine, pair[0], &byte, 1, 0, &status);
	assert_success(status);
	node_end();
	return NULL;
}

struct handles {
	mcapi_request_t request;
	uint32_t channel;
};

/* What another node has, under numbers that one's own could have had. */
static void *other_handles(void *arg)
{
	const struct handles *its = arg;
	mcapi_request_t request = its->request, mine;
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	size_t size;
	char byte;

	node_init(1, 2);
	endpoint = mcapi_endpoint_create(1, &status);
	mcapi_msg_recv_i(endpoint, &byte, 1, &mine, &status);
	assert_status(status, MCAPI_PENDING);
	make_pair(SCALARS, 2, 3);
	mcapi_test(&request, &size, &status);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	mcapi_cancel(&request, &status);
	assert_status(status, MCAPI_ERR_REQUEST_INVALID);
	mcapi_sclchan_send_uint8(its->channel, 1, &status);
	assert_status(status, MCAPI_ERR_CHAN_INVALID);
	node_end();
	return NULL;
}

static void handles_are_the_nodes_own(void **state)
{
	struct handles handles = { 0, 0 };
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	pthread_t thread;
	size_t size;
	char byte;

	(void)state;
	for (unsigned int life = 0; life < 2; life++) {
		const mcapi_request_t former = handles.request;

		node_init(1, 1);
		endpoint = mcapi_endpoint_create(1, &status);
		mcapi_msg_recv_i(endpoint, &byte, 1, &handles.request, &status);
		assert_status(status, MCAPI_PENDING);
		handles.channel = make_pair(SCALARS, 2, 3).send;
		if (life) {
			mcapi_test(&(mcapi_request_t){ former }, &size, &status);
			assert_status(status, MCAPI_ERR_REQUEST_INVALID);
		}
		assert_int_equal(pthread_create(&thread, NULL, other_handles, &handles), 0);
		pthread_join(thread, NULL);
		node_end();
	}
}

static void *borrower(void *arg)
{
	mcapi_status_t status;

	(void)arg;
	assert_int_equal(mcapi_node_id_get(&status), 1);
	assert_success(status);
	return NULL;
}

static void threads_are_nodes(void **state)
{
	mcapi_status_t status;
	mcapi_endpoint_t endpoint;
	pthread_t thread;
	char byte = 0;
	size_t got;

	(void)state;
	node_init(1, 1);
	endpoint = mcapi_endpoint_create(1, &status);
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &endpoint), 0);
	mcapi_msg_recv(endpoint, &byte, 1, &got, &status);
	assert_success(status);
	assert_int_equal(byte, 42);
	pthread_join(thread, NULL);
	/* A thread without a node of its own uses the only one there is. */
	assert_int_equal(pthread_create(&thread, NULL, borrower, NULL), 0);
	pthread_join(thread, NULL);
	node_end();
}

static void *blocked(void *arg)
{
	mcapi_endpoint_t *endpoint = arg;
	mcapi_status_t status;
	char byte;
	size_t got;

	mcapi_msg_recv(*endpoint, &byte, 1, &got, &status);
	assert_status(status, MCAPI_ERR_ENDP_DELETED);
	return NULL;
}

static void finalize_waits_for_nobody(void **state)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	pthread_t thread;

	(void)state;
	node_init(1, 1);
	endpoint = mcapi_endpoint_create(1, &status);
	assert_int_equal(pthread_create(&thread, NULL, blocked, &endpoint), 0);
	while (!stats.sleeps)
		mcapix_stats_get(&stats, &status);
	mcapi_finalize(&status);
	assert_status(status, MCAPI_ERR_NODE_FINALFAILED);
	mcapi_endpoint_delete(endpoint, &status);
	assert_success(status);
	pthread_join(thread, NULL);
	node_end();
}

static void *ended_by_another(void *arg)
{
	pthread_barrier_t *meet = arg;
	mcapi_status_t status;

	for (unsigned int round = 0; round < 3; round++) {
		node_init(1, 1);
		assert_int_equal(mcapi_node_id_get(&status), 1);
		pthread_barrier_wait(meet);
		/* The other thread ends the node. */
		pthread_barrier_wait(meet);
		mcapi_node_id_get(&status);
		assert_status(status, MCAPI_ERR_NODE_NOTINIT);
	}
	return NULL;
}

static void another_thread_ends_a_node(void **state)
{
	pthread_barrier_t meet;
	pthread_t thread;

	(void)state;
	pthread_barrier_init(&meet, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, ended_by_another, &meet), 0);
	for (unsigned int round = 0; round < 3; round++) {
		pthread_barrier_wait(&meet);
		node_end();
		pthread_barrier_wait(&meet);
	}
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&meet);
	/* Its struct is used again, by a thread that it was not biased to before. */
	node_init(1, 1);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(attributes),
		cmocka_unit_test(info_tells_limits),
		cmocka_unit_test(one_process_for_each_name),
		cmocka_unit_test(threads_are_nodes),
		cmocka_unit_test(handles_are_the_nodes_own),
		cmocka_unit_test(finalize_waits_for_nobody),
		cmocka_unit_test(another_thread_ends_a_node),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
