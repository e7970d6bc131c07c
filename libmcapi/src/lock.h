/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.h - a node's lock, biased to the thread that initialised the node
 *
 * As long as no other thread comes, the owner of the bias enters and leaves with
 * plain stores. The first other thread revokes the bias, for good: it pays for
 * the barrier that the owner saves, by membarrier(2), which makes every running
 * thread of this process execute one.
 *
 *     owner                              who revokes, with the mutex
 *     inside := 1                        bias := REVOKED
 *     (compiler barrier)                 membarrier
 *     bias BIASED? it has the lock       inside 1? wait until it is 0
 *     else inside := 0, take the mutex
 *
 * The barrier hits the owner at one point of its program. If its look at bias
 * comes after that point, it sees REVOKED and takes the mutex. If it comes
 * before, so does the store to inside, which the barrier then makes visible: the
 * other one sees 1 and waits. Leaving is the same with inside := 0 and a look
 * at bias that says whether somebody must be woken.
 */
#ifndef LOCK_H
#define LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum lock_bias { LOCK_REVOKED, LOCK_BIASED };

struct lock {
	pthread_mutex_t mutex;
	uint32_t bias;		/* enum lock_bias, changed with the mutex only */
	uint32_t inside;	/* the owner of the bias has the lock; only it stores here */
	uint32_t wanted;	/* threads that wait for the mutex */
	bool claimed;		/* some thread may still take itself for the owner; atomic */
};

void lock_init(struct lock *lock);

/*
 * Biases a lock that nobody holds to the calling thread. False if that cannot be:
 * a former owner may still believe that it is the one, or the system has no
 * membarrier(2). Everybody then uses the mutex.
 */
bool lock_own(struct lock *lock);
/* The owner will not call lock_take() as one any more. */
void lock_disown(struct lock *lock);

void lock_take_mutex(struct lock *lock);
/* The owner steps back, or has left: wakes who waits for that. */
void lock_left(struct lock *lock);

/*
 * For the owner: takes the lock if it still is biased. If that fails, or what follows
 * turns out to need lock_take(), the owner must call that next.
 */
static inline bool lock_try(struct lock *lock)
{
	if (__atomic_load_n(&lock->bias, __ATOMIC_RELAXED) != LOCK_BIASED)
		return false;
	__atomic_store_n(&lock->inside, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return __builtin_expect(__atomic_load_n(&lock->bias, __ATOMIC_ACQUIRE) == LOCK_BIASED, 1);
}

/* @owner: lock_own() gave this thread the bias, and it has not disowned it. */
static inline void lock_take(struct lock *lock, bool owner)
{
	if (owner) {
		if (lock_try(lock))
			return;
		if (lock->inside)
			lock_left(lock);
	}
	lock_take_mutex(lock);
}

/* The way out for who came in by lock_try(). */
static inline void lock_drop_owned(struct lock *lock)
{
	__atomic_store_n(&lock->inside, 0, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (__builtin_expect(__atomic_load_n(&lock->bias, __ATOMIC_RELAXED) != LOCK_BIASED, 0))
		lock_left(lock);
}

static inline void lock_drop(struct lock *lock, bool owner)
{
	if (!owner || !lock->inside) {
		pthread_mutex_unlock(&lock->mutex);
		return;
	}
	lock_drop_owned(lock);
}

/* Does somebody wait for what the caller holds? */
static inline bool lock_contended(const struct lock *lock)
{
	return __atomic_load_n(&lock->wanted, __ATOMIC_RELAXED) != 0;
}

/* Drops the lock and takes it again once those who waited had their turn. */
void lock_yield(struct lock *lock, bool owner);

#endif /* LOCK_H */
