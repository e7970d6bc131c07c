/* SPDX-License-Identifier: BSD-3-Clause */
/* message.c - two processes exchange a message: domain 1 asks, domain 2 answers */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mcapix.h>

static void check(mcapi_status_t status, const char *what)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN];

	if (status == MCAPI_SUCCESS)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, mcapi_display_status(status, name, sizeof(name)),
		mcapix_error_detail());
	exit(1);
}

/* Node 1 of a domain; sends @text to node 1 of the other one and prints what it gets. */
static void talk(mcapi_domain_t mine, mcapi_domain_t other, const char *text)
{
	mcapi_endpoint_t here, there;
	mcapi_status_t status;
	mcapi_info_t info;
	char answer[64];
	size_t size;

	mcapi_initialize(mine, 1, NULL, NULL, &info, &status);
	check(status, "initialize");
	here = mcapi_endpoint_create(10, &status);
	check(status, "create");
	there = mcapi_endpoint_get(other, 1, 10, 5000, &status);
	check(status, "get");
	mcapi_msg_send(here, there, (void *)text, strlen(text) + 1, 0, &status);
	check(status, "send");
	mcapi_msg_recv(here, answer, sizeof(answer), &size, &status);
	check(status, "receive");
	printf("domain %u got: %s\n", mine, answer);
	mcapi_finalize(&status);
	check(status, "finalize");
}

int main(void)
{
	int result = 0;

	if (!fork()) {
		talk(2, 1, "hello from domain 2");
		return 0;
	}
	talk(1, 2, "hello from domain 1");
	wait(&result);
	return result ? 1 : 0;
}
