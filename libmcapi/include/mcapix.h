/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapix.h - what libmcapi offers beyond the MCAPI standard
 *
 * Everything here has the prefix mcapix_. Structures start with their size and
 * can grow.
 */
#ifndef MCAPIX_H
#define MCAPIX_H

#include <stddef.h>
#include <stdint.h>

#include "mcapi.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mcapix_error_detail - why the last failing call of this thread failed
 *
 * Returns a sentence that says what was wrong, where, and what to do; "" if
 * nothing more is known than the status. It is valid until the thread's next
 * call into the library.
 */
MCAPI_API const char *mcapix_error_detail(void);

/**
 * struct mcapix_stats - counters of the calling node since mcapi_initialize()
 * @size: in, sizeof(struct mcapix_stats); out, what the library filled
 * @links: links the node is attached to, the local one included
 * @sent: messages handed to a peer
 * @received: messages delivered to the program
 * @doorbells: times that a sleeping peer was rung, one system call each
 * @sleeps: times that a call of this node slept
 * @faults: peers cut off because they broke the wire format
 * @syscalls: system calls to ring, to sleep, and to see whether a peer lives
 */
struct mcapix_stats {
	uint32_t size;
	uint32_t links;
	uint64_t sent;
	uint64_t received;
	uint64_t doorbells;
	uint64_t sleeps;
	uint64_t faults;
	uint64_t syscalls;
};

/**
 * mcapix_stats_get - read the calling node's counters
 * @stats: to fill; its size field must be set
 * @status: MCAPI_SUCCESS, MCAPI_ERR_NODE_NOTINIT, MCAPI_ERR_PARAMETER
 */
MCAPI_API void mcapix_stats_get(struct mcapix_stats *stats, mcapi_status_t *status);

#define MCAPIX_SPIN_ADAPTIVE	(~0u)		/* as long as a wake-up costs, as measured */
#define MCAPIX_SPIN_BUSY	(~0u - 1u)	/* never sleep */

/**
 * mcapix_spin_set - how long a call of this node looks for what it waits for before it sleeps
 * @us: microseconds; 0 sleeps at once; or MCAPIX_SPIN_ADAPTIVE, MCAPIX_SPIN_BUSY
 * @status: MCAPI_SUCCESS, MCAPI_ERR_NODE_NOTINIT
 *
 * A node starts with what the environment variable MCAPI_SPIN says (microseconds,
 * or "busy"), else with MCAPIX_SPIN_ADAPTIVE, on a single processor with 0.
 */
MCAPI_API void mcapix_spin_set(uint32_t us, mcapi_status_t *status);

#ifdef __cplusplus
}
#endif

#endif /* MCAPIX_H */
