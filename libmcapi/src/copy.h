/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * copy.h - copies of so few bytes that a call of memcpy() costs more than they do
 *
 * Freestanding: memcpy() with a constant length is a move.
 */
#ifndef COPY_H
#define COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COPY_SMALL_MAX 48u

/* At most COPY_SMALL_MAX bytes: first and last move overlap where the length is odd. */
static inline void copy_small(void *to, const void *from, size_t len)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (len >= 16) {
		memcpy(t, f, 16);
		if (len > 32)
			memcpy(t + 16, f + 16, 16);
		memcpy(t + len - 16, f + len - 16, 16);
	} else if (len >= 8) {
		memcpy(t, f, 8);
		memcpy(t + len - 8, f + len - 8, 8);
	} else if (len >= 4) {
		memcpy(t, f, 4);
		memcpy(t + len - 4, f + len - 4, 4);
	} else if (len) {
		t[0] = f[0];
		t[len / 2] = f[len / 2];
		t[len - 1] = f[len - 1];
	}
}

#endif /* COPY_H */
