/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * thread.h - what the library remembers of the calling thread
 */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct node;

struct this_thread {
	struct node *node;	/* that it initialised, or NULL */
	uint64_t serial;	/* of that life of the node's struct */
	bool owner;		/* the node's lock is biased to this thread */
	bool detail;		/* there is something to say about its last call; detail.c */
};

/*
 * Each call looks here. Where the C library has room for it, at a fixed distance
 * from the thread pointer; elsewhere a library that is loaded late needs a call.
 */
#ifdef __GLIBC__
__attribute__((tls_model("initial-exec")))
#endif
extern _Thread_local struct this_thread this_thread;

#endif /* THREAD_H */
