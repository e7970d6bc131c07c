/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * floor.h - what the machine can do: the references that the library is measured against
 */
#ifndef FLOOR_H
#define FLOOR_H

#include "task.h"

extern const struct task floor_pingpong;	/* two cache lines, round trips */
extern const struct task floor_slots;		/* ring of 64-byte slots, sequence in the slot */
extern const struct task floor_scalars;		/* ring of 8-byte values, index per value */
extern const struct task floor_scalar_batches;	/* the same, index per 64 values */
extern const struct task floor_copies;		/* 64 KiB copied in and out */
extern const struct task floor_futex;		/* futex(2) round trips */
extern const struct task floor_ring_futex;	/* slot ring and futex(2), round trips */

/* To be called before the processes start. */
void floor_setup(void);
void floor_stream_setup(void);

#endif /* FLOOR_H */
