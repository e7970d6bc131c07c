/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "remote.h"

static char dir[64];
static bool in_child;

/* For what a child would do on another board: the same code is there at the same distance. */
static uint64_t place_of(void (*body)(void))
{
	return (uintptr_t)body - (uintptr_t)place_of;
}

void check_status(mcapi_status_t status, mcapi_status_t expected, const char *file, int line)
{
	char got[MCAPI_MAX_STATUS_MSG_LEN] = "?", want[MCAPI_MAX_STATUS_MSG_LEN] = "?";

	/* Who fails says why. */
	if (status == expected && (status <= MCAPI_TIMEOUT || *mcapix_error_detail()))
		return;
	mcapi_display_status(status, got, sizeof(got));
	mcapi_display_status(expected, want, sizeof(want));
	fprintf(stderr, "%s:%d: %s instead of %s (%s)\n", file, line, got, want,
		mcapix_error_detail());
	/* A forked child has no test to fail; its exit status speaks for it. */
	if (in_child)
		_exit(1);
	fail();
}

const char *local_dir(void)
{
	return dir;
}

static void run_as_child(void (*body)(void))
{
	in_child = true;
	node_init(2, 1);
	body();
	node_end();
	_exit(0);
}

int local_setup(void **state)
{
	const char *device = getenv("MCAPI_TEST_DEVICE"), *body = getenv(REMOTE_BODY);

	if (body)
		run_as_child((void (*)(void))((uintptr_t)place_of + strtoull(body, NULL, 10)));
	snprintf(dir, sizeof(dir), "/dev/shm/mcapi-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("MCAPI_LOCAL_DIR", dir, 1);
	setenv("MCAPI_DEVICES", device ? device : "", 1);
	unsetenv("MCAPI_IVSHMEM");
	if (state && remote_used())
		remote_connect();
	return 0;
}

int local_teardown(void **state)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;

	(void)state;
	while (entries && (entry = readdir(entries)))
		unlinkat(dirfd(entries), entry->d_name, 0);
	if (entries)
		closedir(entries);
	return rmdir(dir);
}

mcapi_status_t node_try(mcapi_domain_t domain, mcapi_node_t node)
{
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize(domain, node, NULL, NULL, &info, &status);
	return status;
}

void node_init(mcapi_domain_t domain, mcapi_node_t node)
{
	assert_success(node_try(domain, node));
}

void node_end(void)
{
	mcapi_status_t status;

	mcapi_finalize(&status);
	assert_success(status);
}

int node_setup(void **state)
{
	(void)state;
	node_init(1, 1);
	return 0;
}

int node_teardown(void **state)
{
	(void)state;
	node_end();
	return 0;
}

pid_t child_fork(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		in_child = true;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	return child;
}

void on_one_system(void)
{
	if (remote_used())
		skip();
}

pid_t child_start(void (*body)(void))
{
	pid_t child;

	if (remote_used())
		return remote_order(ORDER_START, 0, place_of(body));
	child = child_fork();
	if (!child)
		run_as_child(body);
	return child;
}

void child_end(pid_t child)
{
	int status;

	if (remote_used())
		status = remote_order(ORDER_END, child, 0);
	else
		assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void child_kill(pid_t child)
{
	if (remote_used()) {
		remote_order(ORDER_KILL, child, 0);
		return;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

void *child_kill_soon(void *child)
{
	usleep(100000);
	child_kill(*(pid_t *)child);
	return NULL;
}

unsigned int room_at(mcapi_endpoint_t endpoint)
{
	mcapi_status_t status;
	mcapi_uint_t room;

	mcapi_endpoint_get_attribute(endpoint, MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS, &room,
				     sizeof(room), &status);
	assert_success(status);
	return room;
}

void fill(void *buffer, size_t size, uint32_t seed)
{
	uint8_t *byte = buffer;

	for (size_t i = 0; i < size; i++)
		byte[i] = (uint8_t)((i ^ seed) * 131 + (i >> 8));
}

bool filled(const void *buffer, size_t size, uint32_t seed)
{
	const uint8_t *byte = buffer;

	for (size_t i = 0; i < size; i++)
		if (byte[i] != (uint8_t)((i ^ seed) * 131 + (i >> 8)))
			return false;
	return true;
}

bool readable(int fd, int timeout)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int count = poll(&pollfd, 1, timeout);

	assert_true(count >= 0);
	return count == 1;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}
