/* SPDX-License-Identifier: BSD-3-Clause */
#include "remote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcapi.h"

static int to_relay = -1;

bool remote_used(void)
{
	return getenv("MCAPI_TEST_DEVICE");
}

static void check(mcapi_status_t status, const char *what)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN] = "?";

	if (status == MCAPI_SUCCESS)
		return;
	mcapi_display_status(status, name, sizeof(name));
	fprintf(stderr, "the test's agent on the other board: %s: %s\n", what, name);
	exit(1);
}

/* Node 1:100, in a process of its own so that the tests' nodes are what they are without it. */
static void relay(int tests)
{
	mcapi_endpoint_t here, agent;
	mcapi_status_t status;
	mcapi_info_t info;
	struct order order;
	int32_t answer;
	size_t got;

	mcapi_initialize(RELAY_DOMAIN, REMOTE_NODE, NULL, NULL, &info, &status);
	check(status, "cannot be a node");
	here = mcapi_endpoint_create(1, &status);
	check(status, "no endpoint");
	agent = mcapi_endpoint_get(AGENT_DOMAIN, REMOTE_NODE, 1, 20000, &status);
	check(status, "not found");
	while (read(tests, &order, sizeof(order)) == sizeof(order)) {
		mcapi_msg_send(here, agent, &order, sizeof(order), 0, &status);
		check(status, "cannot send");
		mcapi_msg_recv(here, &answer, sizeof(answer), &got, &status);
		check(status, "cannot receive");
		if (write(tests, &answer, sizeof(answer)) != sizeof(answer))
			exit(1);
	}
	mcapi_finalize(&status);
	exit(0);
}

void remote_connect(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		perror("socketpair");
		abort();
	}
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		relay(ends[1]);
	}
	close(ends[1]);
	to_relay = ends[0];
}

int remote_order(enum order_kind kind, pid_t child, uint64_t body)
{
	struct order order = { .kind = kind, .child = child, .body = body };
	int32_t answer;

	if (readlink("/proc/self/exe", order.program, sizeof(order.program) - 1) < 0 ||
	    write(to_relay, &order, sizeof(order)) != sizeof(order) ||
	    read(to_relay, &answer, sizeof(answer)) != sizeof(answer)) {
		fprintf(stderr, "the test's agent on the other board does not answer\n");
		exit(1);
	}
	return answer;
}
