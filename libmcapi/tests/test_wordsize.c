/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_wordsize.c - a 64-bit node and a 32-bit one share a window
 */
#include "support.h"

#include <stdio.h>
#include <unistd.h>

static uint8_t out[MCAPI_MAX_MESSAGE_SIZE], in[MCAPI_MAX_MESSAGE_SIZE];

static void there_and_back(void **state)
{
	const char *peer = getenv("PEER32");
	mcapi_endpoint_t here, there;
	mcapi_uint_t priority = 0;
	mcapi_status_t status;
	size_t got;
	pid_t child;

	(void)state;
	assert_non_null(peer);
	child = child_fork();
	if (!child) {
		execl(peer, peer, (char *)NULL);
		perror(peer);
		_exit(1);
	}
	node_init(1, 1);
	here = mcapi_endpoint_create(1, &status);
	there = mcapi_endpoint_get(2, 1, 1, 10000, &status);
	assert_success(status);
	/* It asleep, and we asleep, in whatever its C library takes for a time. */
	assert_false(mcapi_msg_available(here, &status));
	for (size_t size = MCAPI_MAX_MESSAGE_SIZE; ; size /= 2) {
		fill(out, size, (uint32_t)size);
		mcapi_msg_send(here, there, out, size, 0, &status);
		assert_success(status);
		mcapi_msg_recv(here, in, sizeof(in), &got, &status);
		assert_success(status);
		assert_int_equal(got, size);
		assert_true(filled(in, size, (uint32_t)size));
		if (size == 1) {
			mcapi_endpoint_get_attribute(there, MCAPI_ENDP_ATTR_PRIORITY, &priority,
						     sizeof(priority), &status);
			assert_success(status);
			assert_int_equal(priority, 3);
		}
		if (!size)
			break;
	}
	child_end(child);
	node_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(there_and_back) };

	return cmocka_run_group_tests(tests, local_setup, local_teardown);
}
