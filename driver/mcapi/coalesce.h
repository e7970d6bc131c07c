/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * coalesce.h - at most one doorbell in flight, and none lost
 *
 * A request that finds a doorbell in flight is remembered, not dropped: the
 * receiver may have looked at the window before the stores that go with it.
 * One more ring after completion covers all requests merged so far. Pure
 * logic; the caller holds a lock. Also compiled in user space by tests/.
 */
#ifndef _MCAPI_COALESCE_H
#define _MCAPI_COALESCE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

struct mcapi_coalesce {
	bool inflight;
	bool again;
};

/* Returns true if the caller must ring, false if the request was merged. */
static inline bool mcapi_coalesce_request(struct mcapi_coalesce *c)
{
	if (c->inflight) {
		c->again = true;
		return false;
	}
	c->inflight = true;
	return true;
}

/* The ring in flight is done. Returns true if the caller must ring once more. */
static inline bool mcapi_coalesce_done(struct mcapi_coalesce *c)
{
	c->inflight = c->again;
	c->again = false;
	return c->inflight;
}

/* The controller refused the ring: what was merged into it fails with it. */
static inline void mcapi_coalesce_failed(struct mcapi_coalesce *c)
{
	c->inflight = false;
	c->again = false;
}

#endif /* _MCAPI_COALESCE_H */
