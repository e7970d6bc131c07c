/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * own.h - the memory that this node may store to
 *
 * Every cache line of a window has one writer. All stores to shared memory go
 * through these functions; a debug build checks that they stay inside the own
 * section. Own memory is write-only: whoever shares the window may have written
 * there too, so the truth about the own state is private and nothing is read back.
 *
 * Freestanding: no libc but memcpy and memset, which every compiler asks for anyway.
 */
#ifndef OWN_H
#define OWN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/mcapi_wire.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the wire format is little-endian; this library has no byte swapping"
#endif

/* Where a lock of the process stands for the instruction, other processes do not see it. */
_Static_assert(__atomic_always_lock_free(sizeof(uint64_t), 0),
	       "the library needs atomic instructions for 64 bits");

struct own {
	uint8_t *base;		/* own section, writable */
	uint32_t size;		/* bytes */
};

/* Reports the store and does not return; debug builds only. */
void own_violation(const struct own *own, const void *p, size_t len);

static inline void own_check(const struct own *own, const void *p, size_t len)
{
#ifdef MCAPI_CHECK_STORES
	uintptr_t at = (uintptr_t)p - (uintptr_t)own->base;

	if (at >= own->size || len > own->size - at)
		own_violation(own, p, len);
#else
	(void)own;
	(void)p;
	(void)len;
#endif
}

static inline void own_store(const struct own *own, uint32_t *p, uint32_t value)
{
	own_check(own, p, sizeof(*p));
	__atomic_store_n(p, value, __ATOMIC_RELAXED);
}

/* All stores made before this one are visible to whoever reads @value with acquire. */
static inline void own_publish(const struct own *own, uint32_t *p, uint32_t value)
{
	own_check(own, p, sizeof(*p));
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
}

typedef uint64_t __attribute__((may_alias)) own_pair;

/*
 * The same for two words, of which who reads looks at the first. One store where
 * there is one, so that the line is not taken away between two.
 */
static inline void own_publish_pair(const struct own *own, uint32_t *p, uint32_t value,
				    uint32_t second)
{
	own_check(own, p, 2 * sizeof(*p));
#if __SIZEOF_POINTER__ == 8
	__atomic_store_n((own_pair *)p, (uint64_t)second << 32 | value, __ATOMIC_RELEASE);
#else
	p[1] = second;
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
#endif
}

static inline void own_copy(const struct own *own, void *to, const void *from, size_t len)
{
	own_check(own, to, len);
	memcpy(to, from, len);
}

static inline void own_clear(const struct own *own, void *p, size_t len)
{
	own_check(own, p, len);
	memset(p, 0, len);
}

/* A word that the peer writes: loaded once, so that it is the checked value that is used. */
static inline uint32_t peer_load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

/*
 * The same for a word that says nothing of others: what is read before and after it need
 * not be read again.
 */
static inline uint32_t peer_glance(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* Between two looks at the same word. */
static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
	__asm__ volatile("yield");
#endif
}

/*
 * Store-load barrier of the sleep handshake: "I published, do you sleep?" here
 * against "I say that I sleep, is there anything?" there. Without a full barrier
 * on both sides each could miss the other's store.
 */
static inline void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif /* OWN_H */
