/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static mcapi_status_t try_init(mcapi_domain_t domain, mcapi_node_t node)
{
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize(domain, node, NULL, NULL, &info, &status);
	return status;
}

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
	assert_status(try_init(7, 10), MCAPI_ERR_NODE_INITIALIZED);
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
	assert_status(try_init(MCAPI_MAX_DOMAIN + 1, 0), MCAPI_ERR_DOMAIN_INVALID);
	assert_status(try_init(MCAPI_DOMAIN_INVALID, 0), MCAPI_ERR_DOMAIN_INVALID);
	assert_status(try_init(0, MCAPI_MAX_NODE + 1), MCAPI_ERR_NODE_INVALID);
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
	assert_status(try_init(2, 1), MCAPI_ERR_NODE_INITFAILED);
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

	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITIALIZED);
	node_init(1, 2);
	assert_int_equal(mcapi_node_id_get(&status), 2);
	mine = mcapi_endpoint_create(1, &status);
	assert_success(status);
	mcapi_msg_send(mine, pair[0], &byte, 1, 0, &status);
	assert_success(status);
	node_end();
	return NULL;
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
		if (try_init(1, 1) != MCAPI_ERR_NODE_INITFAILED)
			_exit(2);
		/* ... and another one is free. */
		_exit(try_init(1, 2) == MCAPI_SUCCESS ? 0 : 3);
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
		if (try_init(5, 5) == MCAPI_SUCCESS)
			break;
	node_end();
	close(pipes[0]);
	close(pipes[1]);
}

static void write_at(const char *name, off_t at, const void *data, size_t size)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", local_dir(), name);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, size, at), (ssize_t)size);
	close(fd);
}

static void remove_window(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/window", local_dir());
	unlink(path);
}

static void foreign_files(void **state)
{
	const uint16_t version = 2;
	const uint32_t nonsense = 0xffffffff;
	char path[128];

	(void)state;
	/* Another wire format. */
	write_at("window", 4, &version, sizeof(version));
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "wire format 2"));
	remove_window();
	/* A header that lies. */
	node_init(1, 1);
	node_end();
	write_at("window", 24, &nonsense, sizeof(nonsense));
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "damaged"));
	remove_window();
	/* A file of another size. */
	write_at("window", 0, "x", 1);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	remove_window();
	/* What another version left there, that nobody uses any more. */
	write_at("window", 0, "MCS1", 5);
	node_init(1, 1);
	node_end();
	remove_window();
	/* A symbolic link to a place that we would then write to. */
	snprintf(path, sizeof(path), "%s/window", local_dir());
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	remove_window();
	/* A directory that others may enter. */
	assert_int_equal(chmod(local_dir(), 0755), 0);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "private"));
	assert_int_equal(chmod(local_dir(), 0700), 0);
	/* A device that is named but not there. */
	setenv("MCAPI_DEVICES", "/dev/mcapi-missing", 1);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "/dev/mcapi-missing"));
	setenv("MCAPI_DEVICES", "", 1);
	/* A server that is not there. */
	setenv("MCAPI_IVSHMEM", "/nonexistent.sock", 1);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "/nonexistent.sock"));
	unsetenv("MCAPI_IVSHMEM");
	node_init(1, 1);
	node_end();
}

/* A file system of @size bytes in place of the local link's directory; false if not allowed. */
static bool small_file_system(const char *size)
{
	char options[64];

	snprintf(options, sizeof(options), "mode=700,size=%s", size);
	return (!unshare(CLONE_NEWNS) || !unshare(CLONE_NEWUSER | CLONE_NEWNS)) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", local_dir(), "tmpfs", 0, options);
}

#define NOT_ALLOWED 77

static void fill_it_up(void)
{
	static char message[50000];
	mcapi_status_t status;
	mcapi_endpoint_t a, b;
	mcapi_request_t request;

	if (!small_file_system("1m"))
		_exit(NOT_ALLOWED);
	node_init(1, 1);
	a = mcapi_endpoint_create(1, &status);
	b = mcapi_endpoint_create(2, &status);
	for (unsigned int i = 0; i < 64; i++)
		mcapi_msg_send_i(a, b, message, sizeof(message), 0, &request, &status);
	assert_status(status, MCAPI_PENDING);
	node_end();
	_exit(0);
}

static void no_room_for_a_node(void)
{
	if (!small_file_system("128k"))
		_exit(NOT_ALLOWED);
	assert_status(try_init(1, 1), MCAPI_ERR_NODE_INITFAILED);
	if (!strstr(mcapix_error_detail(), "no memory"))
		_exit(1);
	_exit(0);
}

/* It is an error, and not the end of the program, when there is no memory. */
static void a_full_file_system(void **state)
{
	void (*const bodies[])(void) = { fill_it_up, no_room_for_a_node };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		pid_t child = child_fork();
		int status;

		if (!child)
			bodies[i]();
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == NOT_ALLOWED)
			skip();
		assert_int_equal(WEXITSTATUS(status), 0);
	}
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
		cmocka_unit_test(finalize_waits_for_nobody),
		cmocka_unit_test(another_thread_ends_a_node),
		cmocka_unit_test(a_forked_child_is_no_node),
		cmocka_unit_test(a_child_that_outlives_its_parent),
		cmocka_unit_test(foreign_files),
		cmocka_unit_test(a_full_file_system),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
