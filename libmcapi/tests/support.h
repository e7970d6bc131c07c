/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * support.h - what the tests share: a local link of their own, nodes in other
 * processes, and assertions that print the detail
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "mcapix.h"
#include "record.h"

#define assert_status(status, expected) check_status(status, expected, __FILE__, __LINE__)
#define assert_success(status) assert_status(status, MCAPI_SUCCESS)

void check_status(mcapi_status_t status, mcapi_status_t expected, const char *file, int line);

/*
 * cmocka group fixtures: a fresh directory for the local link, no devices but the one
 * that MCAPI_TEST_DEVICE names.
 */
int local_setup(void **state);
int local_teardown(void **state);
/* The directory. */
const char *local_dir(void);

/* cmocka test fixtures: this thread is node 1:1 while the test runs. */
int node_setup(void **state);
int node_teardown(void **state);

/* What mcapi_initialize() says; node_init() wants success. */
mcapi_status_t node_try(mcapi_domain_t domain, mcapi_node_t node);
void node_init(mcapi_domain_t domain, mcapi_node_t node);
void node_end(void);

/* This test cannot have its nodes on two boards (remote.h): skip it there. */
void on_one_system(void);

/* Forks; the child dies with its parent, and its failed assertions end it with status 1. */
pid_t child_fork(void);
/*
 * A child process, on the other board if there is one (remote.h), that is node 2:1 and
 * runs @body, then finalizes and exits. It does not see what the parent wrote to variables.
 * Failed assertions of the child make child_end() fail.
 */
pid_t child_start(void (*body)(void));
void child_end(pid_t child);
void child_kill(pid_t child);
/* A thread that kills the child pointed to, while its creator is in a call by then. */
void *child_kill_soon(void *child);

/* How many messages of this node may still wait at an endpoint. */
unsigned int room_at(mcapi_endpoint_t endpoint);

/* A payload that can be checked. */
void fill(void *buffer, size_t size, uint32_t seed);
bool filled(const void *buffer, size_t size, uint32_t seed);

/* Does a file descriptor become readable within so many milliseconds? */
bool readable(int fd, int timeout);

int64_t now_ms(void);

#endif /* SUPPORT_H */
