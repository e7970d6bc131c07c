/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rate.h - how many doorbells are passed on at once
 *
 * A peer can ring as often as it likes. Each interval has room for so many
 * wake-ups; what comes beyond is passed on together at the interval's end. Pure
 * logic; the caller holds a lock. Also compiled in user space by tests/.
 */
#ifndef _MCAPI_RATE_H
#define _MCAPI_RATE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <linux/types.h>
typedef __u64 u64;
typedef __u32 u32;
#endif

#define MCAPI_RATE_INTERVAL	1000000u	/* nanoseconds */

/**
 * struct mcapi_rate - one interval
 * @start: of the interval, in nanoseconds
 * @taken: wake-ups of this interval
 */
struct mcapi_rate {
	u64 start;
	u32 taken;
};

/*
 * Takes one of the @limit wake-ups of an interval. Returns 0, or how many
 * nanoseconds are left until there is room again. No limit if it is 0.
 */
static inline u64 mcapi_rate_take(struct mcapi_rate *rate, u64 now, u32 limit)
{
	if (now - rate->start >= MCAPI_RATE_INTERVAL) {
		rate->start = now;
		rate->taken = 0;
	}
	if (!limit || rate->taken < limit) {
		rate->taken++;
		return 0;
	}
	return rate->start + MCAPI_RATE_INTERVAL - now;
}

#endif /* _MCAPI_RATE_H */
