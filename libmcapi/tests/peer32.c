/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer32.c - the library in a program of another word size: node 2:1, which sends
 * back what it gets until a message is empty. See test_wordsize.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mcapix.h"

static void check(const char *what, mcapi_status_t status)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN] = "?";

	if (status == MCAPI_SUCCESS)
		return;
	mcapi_display_status(status, name, sizeof(name));
	fprintf(stderr, "peer32: %s: %s (%s)\n", what, name, mcapix_error_detail());
	exit(1);
}

int main(void)
{
	char *buffer = malloc(MCAPI_MAX_MESSAGE_SIZE);
	mcapi_endpoint_t here, there;
	mcapi_uint_t limit = 3;
	mcapi_status_t status;
	mcapi_info_t info;
	size_t got;

	mcapi_initialize(2, 1, NULL, NULL, &info, &status);
	check("initialize", status);
	here = mcapi_endpoint_create(1, &status);
	check("create", status);
	mcapi_endpoint_set_attribute(here, MCAPI_ENDP_ATTR_PRIORITY, &limit, sizeof(limit), &status);
	check("set attribute", status);
	there = mcapi_endpoint_get(1, 1, 1, 10000, &status);
	check("get", status);
	do {
		mcapi_msg_recv(here, buffer, MCAPI_MAX_MESSAGE_SIZE, &got, &status);
		check("receive", status);
		mcapi_msg_send(here, there, buffer, got, 0, &status);
		check("send", status);
	} while (got);
	/* What was sent last is read before this node's section is handed out again. */
	mcapi_finalize(&status);
	check("finalize", status);
	free(buffer);
	return 0;
}
