/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * watch.h - file descriptors that poll(2) can wait for
 *
 * Each descriptor is an epoll set with up to two members: the doorbell of the
 * node, itself a set of whatever the kernel makes readable when a peer rings or
 * dies, and, while its thing is ready, a descriptor that is always readable. So
 * no thread of the library is needed: a ring wakes the program, which calls the
 * library, which then looks and finds out for all.
 *
 * From the first descriptor on, the node says on all links that it sleeps
 * whenever no call is inside: each call that leaves takes the doorbell, says so
 * again and looks once more, in the order that sleep.c explains.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "mcapi.h"

struct node;
struct peer;
struct watch;

/* The descriptor of a thing, made at its first use and kept in *@at; -1 with ERR_MEM_LIMIT. */
int watch_fd(struct node *node, struct watch **at, bool (*ready)(void *arg), void *arg,
	     mcapi_status_t *status);
/* The thing is gone: its descriptor is closed. NULL is allowed. */
void watch_drop(struct node *node, struct watch **at);

/* A call leaves a node that is watched. */
void watch_leave(struct node *node);
/* Makes the descriptors of ready things readable, the others not. */
void watch_refresh(struct node *node);

/* The node ends; in a forked child, too. */
void watch_end(struct node *node);

#endif /* WATCH_H */
