/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sequence.h - a sequence that wraps, and stamps of what happened in it
 */
#ifndef _MCAPI_SEQUENCE_H
#define _MCAPI_SEQUENCE_H

#include <linux/bits.h>
#include <linux/types.h>

/* Older than this is all the same; less than half of what 32 bits can tell apart. */
#define MCAPI_SEQUENCE_OLD	((u32)BIT(30))

/* Did it happen at @stamp, after @since? */
static inline bool mcapi_sequence_is_after(u32 stamp, u32 since)
{
	return (s32)(stamp - since) > 0;
}

/*
 * The sequence has come to @seq. A stamp that fell too far behind would seem to be ahead
 * of it one day, so it is pulled along.
 */
static inline u32 mcapi_sequence_pull(u32 stamp, u32 seq)
{
	return seq - stamp > MCAPI_SEQUENCE_OLD ? seq - MCAPI_SEQUENCE_OLD : stamp;
}

#endif /* _MCAPI_SEQUENCE_H */
