/* SPDX-License-Identifier: BSD-3-Clause */
#include "lock.h"

#include <limits.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "futex.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

/* How often to let others run before the lock is taken back from them. */
#define YIELDS 64

/* ThreadSanitizer knows nothing of membarrier(2): there the mutex is all there is. */
static bool can_revoke(void)
{
#ifdef __SANITIZE_THREAD__
	return false;
#else
	return !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
#endif
}

void lock_init(struct lock *lock)
{
	*lock = (struct lock){ .bias = LOCK_REVOKED };
	pthread_mutex_init(&lock->mutex, NULL);
}

bool lock_own(struct lock *lock)
{
	if (__atomic_load_n(&lock->claimed, __ATOMIC_ACQUIRE) || !can_revoke())
		return false;
	/* A thread that mistook the lock for that of an ended node may hold the mutex. */
	pthread_mutex_lock(&lock->mutex);
	lock->claimed = true;
	__atomic_store_n(&lock->bias, LOCK_BIASED, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&lock->mutex);
	return true;
}

void lock_disown(struct lock *lock)
{
	__atomic_store_n(&lock->claimed, false, __ATOMIC_RELEASE);
}

static void revoke_bias(struct lock *lock)
{
	__atomic_store_n(&lock->bias, LOCK_REVOKED, __ATOMIC_RELAXED);
	/* Cannot fail: can_revoke() has registered this process. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	/* Acquire: what the owner did inside comes before what we do. */
	while (__atomic_load_n(&lock->inside, __ATOMIC_ACQUIRE))
		futex_wait_private(&lock->inside, 1);
}

void lock_take_mutex(struct lock *lock)
{
	const bool taken = !pthread_mutex_trylock(&lock->mutex);

	if (taken && lock->bias == LOCK_REVOKED)
		return;
	/* Who looks for something inside, without sleeping, sees that somebody waits. */
	__atomic_fetch_add(&lock->wanted, 1, __ATOMIC_RELAXED);
	if (!taken)
		pthread_mutex_lock(&lock->mutex);
	if (lock->bias == LOCK_BIASED)
		revoke_bias(lock);
	__atomic_fetch_sub(&lock->wanted, 1, __ATOMIC_RELAXED);
}

void lock_left(struct lock *lock)
{
	__atomic_store_n(&lock->inside, 0, __ATOMIC_RELEASE);
	futex_wake_private(&lock->inside, INT_MAX);
}

void lock_yield(struct lock *lock, bool owner)
{
	lock_drop(lock, owner);
	for (int i = 0; lock_contended(lock) && i < YIELDS; i++)
		sched_yield();
	lock_take(lock, owner);
}
