/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_device.c - devices of the driver that a node cannot use, and what it says of them
 *
 * The device is a file in the local link's directory, the driver is the ioctl() below.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/mcapi.h>

#define PAGE 65536u

/* What the driver answers; an error is that of its call. */
static struct driver {
	int info, attach;
	uint32_t abi, attrs;
} driver;

static int answer(int error)
{
	errno = error;
	return error ? -1 : 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct mcapi_window *window;
	struct mcapi_info *info;
	va_list args;
	void *arg;

	(void)fd;
	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case MCAPI_IOC_INFO:
		info = arg;
		info->abi = driver.abi;
		info->sections = 7;
		return answer(driver.info);
	case MCAPI_IOC_ATTACH:
		return answer(driver.attach);
	case MCAPI_IOC_WINDOW:
		window = arg;
		window->attrs = window->kind == MCAPI_WINDOW_STATUS ? 0 : driver.attrs;
		window->offset = 0;
		window->length = PAGE;
		return 0;
	default:
		return answer(ENOTTY);
	}
}

static const char *device(void)
{
	static char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/mcapi0", local_dir());
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, PAGE), 0);
	close(fd);
	return path;
}

static const struct {
	struct driver driver;
	const char *why;
} cases[] = {
	{ { .info = ENOTTY }, "is not an MCAPI link" },
	{ { .abi = MCAPI_ABI_VERSION + 1 }, "has driver interface 2" },
	{ { .abi = MCAPI_ABI_VERSION, .attach = ENOSPC }, "no section left for this node, of 7" },
	{ { .abi = MCAPI_ABI_VERSION, .attrs = MCAPI_WINDOW_CACHED | MCAPI_WINDOW_SYNC },
	  "no-map" },
	{ { .abi = MCAPI_ABI_VERSION, .attrs = MCAPI_WINDOW_CACHED },
	  "header makes no sense" },
};

static void one_that_is_named_must_be_usable(void **state)
{
	(void)state;
	setenv("MCAPI_DEVICES", device(), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		driver = cases[i].driver;
		assert_status(node_try(1, 1), MCAPI_ERR_NODE_INITFAILED);
		assert_non_null(strstr(mcapix_error_detail(), cases[i].why));
	}
}

static void one_that_was_found_is_passed_over(void **state)
{
	char pattern[128];
	mcapi_status_t status;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s*", device());
	setenv("MCAPI_DEVICES", pattern, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		driver = cases[i].driver;
		node_init(1, 1);
		/* Who looks for the other processor in vain is told. */
		mcapi_endpoint_get(2, 1, 5, 0, &status);
		assert_status(status, MCAPI_TIMEOUT);
		assert_non_null(strstr(mcapix_error_detail(), cases[i].why));
		node_end();
	}
	/* Not told of by the next node, which has nothing to pass over. */
	setenv("MCAPI_DEVICES", "", 1);
	node_init(1, 1);
	mcapi_endpoint_get(2, 1, 5, 0, &status);
	assert_status(status, MCAPI_TIMEOUT);
	assert_null(strstr(mcapix_error_detail(), "header"));
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_named_must_be_usable),
		cmocka_unit_test(one_that_was_found_is_passed_over),
	};

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
