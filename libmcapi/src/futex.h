/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * futex.h - futex(2), which the C library has no function for
 */
#ifndef FUTEX_H
#define FUTEX_H

#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A 32-bit system has two calls, that differ in their timespec. */
static inline long futex_call(void)
{
#ifdef SYS_futex_time64
	if (sizeof(time_t) > sizeof(long))
		return SYS_futex_time64;
#endif
	return SYS_futex;
}

/*
 * Sleeps while @word is @value, at most until @deadline (CLOCK_MONOTONIC; NULL: for
 * ever). True if it was woken.
 */
static inline bool futex_wait(uint32_t *word, uint32_t value, const struct timespec *deadline)
{
	return !syscall(futex_call(), word, FUTEX_WAIT_BITSET, value, deadline, NULL,
			FUTEX_BITSET_MATCH_ANY);
}

/* How many of at most @count it woke. */
static inline long futex_wake(uint32_t *word, int count)
{
	return syscall(futex_call(), word, FUTEX_WAKE, count, NULL, NULL, 0);
}

/* Clears @bits of @word and wakes who sleeps on it, as one step; how many it woke. */
static inline long futex_clear_and_wake(uint32_t *word, uint32_t bits)
{
	return syscall(futex_call(), word, FUTEX_WAKE_OP, 1, NULL, word,
		       FUTEX_OP(FUTEX_OP_ANDN, bits, FUTEX_OP_CMP_LT, 0));
}

/* The same for a word that only this process knows. */
static inline void futex_wait_private(uint32_t *word, uint32_t value)
{
	syscall(futex_call(), word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static inline void futex_wake_private(uint32_t *word, int count)
{
	syscall(futex_call(), word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

#endif /* FUTEX_H */
