/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_files.c - what a node finds where its links should be
 */
#include "support.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
	node_init(1, 1);
	node_end();
	/* Another wire format. */
	write_at("window", 4, &version, sizeof(version));
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "wire format 2"));
	remove_window();
	/* A header that lies. */
	node_init(1, 1);
	node_end();
	write_at("window", 24, &nonsense, sizeof(nonsense));
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "damaged"));
	remove_window();
	/* A file of another size. */
	write_at("window", 0, "x", 1);
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	remove_window();
	/* What another version left there, that nobody uses any more. */
	write_at("window", 0, "MCS1", 5);
	node_init(1, 1);
	node_end();
	remove_window();
	/* A symbolic link to a place that we would then write to. */
	snprintf(path, sizeof(path), "%s/window", local_dir());
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	remove_window();
	/* A directory that others may enter. */
	assert_int_equal(chmod(local_dir(), 0755), 0);
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "private"));
	assert_int_equal(chmod(local_dir(), 0700), 0);
	/* A device that is named but not there. */
	setenv("MCAPI_DEVICES", "/dev/mcapi-missing", 1);
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
	assert_non_null(strstr(mcapix_error_detail(), "/dev/mcapi-missing"));
	setenv("MCAPI_DEVICES", "", 1);
	/* A server that is not there. */
	setenv("MCAPI_IVSHMEM", "/nonexistent.sock", 1);
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
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
	assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
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
		cmocka_unit_test(foreign_files),
		cmocka_unit_test(a_full_file_system),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
