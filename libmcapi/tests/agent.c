/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * agent.c - starts children of the tests that run on another board, see remote.h
 *
 * It takes orders as node 2:100, one at a time, until it is killed. Its children
 * inherit its environment: local link, device, record.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "remote.h"
#include "support.h"

static int32_t start(const struct order *order)
{
	pid_t child = fork();
	char body[24];

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(body, sizeof(body), "%llu", (unsigned long long)order->body);
	setenv(REMOTE_BODY, body, 1);
	execl(order->program, order->program, (char *)NULL);
	perror(order->program);
	_exit(1);
}

static int32_t end(const struct order *order)
{
	int status = -1;

	if (order->kind == ORDER_KILL)
		kill(order->child, SIGKILL);
	waitpid(order->child, &status, 0);
	return status;
}

int main(void)
{
	mcapi_endpoint_t here, relay;
	mcapi_status_t status;
	struct order order;
	size_t got;

	if (!remote_used() || local_setup(NULL)) {
		fprintf(stderr, "MCAPI_TEST_DEVICE must name the link to the other board\n");
		return 1;
	}
	node_init(AGENT_DOMAIN, REMOTE_NODE);
	here = mcapi_endpoint_create(1, &status);
	assert_success(status);
	puts("ready");
	fflush(stdout);
	for (;;) {
		int32_t answer;

		mcapi_msg_recv(here, &order, sizeof(order), &got, &status);
		assert_success(status);
		order.program[sizeof(order.program) - 1] = 0;
		answer = order.kind == ORDER_START ? start(&order) : end(&order);
		/* Each program of tests has a relay of its own, the successor of the last. */
		relay = mcapi_endpoint_get(RELAY_DOMAIN, REMOTE_NODE, 1, 20000, &status);
		assert_success(status);
		mcapi_msg_send(here, relay, &answer, sizeof(answer), 0, &status);
		assert_success(status);
	}
}
