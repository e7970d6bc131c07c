/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * remote.h - children of the tests that run on another board
 *
 * With MCAPI_TEST_DEVICE in the environment, the link to the other board, the
 * nodes of a test are on two boards: the agent there (agent.c) starts the same
 * program for what would be a forked child here.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum order_kind {
	ORDER_START,		/* answered by the child's pid */
	ORDER_END,		/* by the status that it exits with, as waitpid() tells it */
	ORDER_KILL,		/* likewise */
};

struct order {
	uint32_t kind;
	int32_t child;
	uint64_t body;		/* for MCAPI_TEST_BODY */
	char program[112];
};

#define RELAY_DOMAIN 1u
#define AGENT_DOMAIN 2u
#define REMOTE_NODE 100u	/* of both */

/* The environment variable that tells a program to run only what a child would. */
#define REMOTE_BODY "MCAPI_TEST_BODY"

/* Are the nodes on two boards? */
bool remote_used(void);
/* Finds the agent, by a process of its own; before this one is a node. */
void remote_connect(void);
/* The agent's answer. */
int remote_order(enum order_kind kind, pid_t child, uint64_t body);

#endif /* REMOTE_H */
