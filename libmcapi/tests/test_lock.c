/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * test_lock.c - the biased lock keeps everybody else out, whoever dies or comes again
 */
#include "support.h"

#include <sched.h>
#include <stdatomic.h>

#include "../src/lock.h"

#define ROUNDS 2000u
#define GUESTS 3u

static struct lock lock;
static unsigned int shared;		/* with the lock only */
static atomic_uint ready, own_turns, stop;

static void *guest(void *arg)
{
	(void)arg;
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < 2)
		;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		lock_take(&lock, false);
		shared++;
		lock_drop(&lock, false);
	}
	return NULL;
}

/* Enters and leaves as fast as it can while somebody else comes for the first time. */
static void *owner(void *arg)
{
	unsigned int *turns = arg;
	const bool biased = lock_own(&lock);

	atomic_fetch_add(&ready, 1);
	do {
		lock_take(&lock, biased);
		shared++;
		(*turns)++;
		if (lock_contended(&lock))
			lock_yield(&lock, biased);
		lock_drop(&lock, biased);
	} while (!atomic_load(&stop));
	lock_disown(&lock);
	return NULL;
}

/* The instant of the revocation is what matters, so there are many of them. */
static void nobody_else_is_inside(void **state)
{
	(void)state;
	lock_init(&lock);
	for (unsigned int round = 0; round < 200; round++) {
		pthread_t threads[1 + GUESTS];
		unsigned int turns = 0;

		shared = 0;
		atomic_store(&ready, 0);
		atomic_store(&stop, 0);
		assert_int_equal(pthread_create(&threads[0], NULL, owner, &turns), 0);
		for (unsigned int i = 1; i <= GUESTS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, guest, NULL), 0);
		for (unsigned int i = 1; i <= GUESTS; i++)
			pthread_join(threads[i], NULL);
		atomic_store(&stop, 1);
		pthread_join(threads[0], NULL);
		assert_int_equal(shared, turns + GUESTS * ROUNDS);
	}
}

static void *own_and_die(void *arg)
{
	*(bool *)arg = lock_own(&lock);
	lock_take(&lock, *(bool *)arg);
	lock_drop(&lock, *(bool *)arg);
	return NULL;
}

static void the_bias_of_a_dead_thread_goes(void **state)
{
	pthread_t thread;
	bool biased;

	(void)state;
	lock_init(&lock);
	assert_int_equal(pthread_create(&thread, NULL, own_and_die, &biased), 0);
	pthread_join(thread, NULL);
	lock_take(&lock, false);
	assert_int_equal(lock.bias, LOCK_REVOKED);
	lock_drop(&lock, false);
	/* Who never said that it is no owner any more could come back. */
	assert_false(biased && lock_own(&lock));
	lock_disown(&lock);
	assert_int_equal(lock_own(&lock), biased);
	lock_disown(&lock);
}

static void *take_it(void *arg)
{
	(void)arg;
	lock_take(&lock, false);
	atomic_store(&own_turns, 1);
	lock_drop(&lock, false);
	return NULL;
}

/* Who looks for something without sleeping lets the others have their turn. */
static void who_waits_is_seen(void **state)
{
	const bool biased = (lock_init(&lock), lock_own(&lock));
	pthread_t thread;

	(void)state;
	for (unsigned int round = 0; round < 2; round++) {
		atomic_store(&own_turns, 0);
		lock_take(&lock, biased);
		assert_int_equal(pthread_create(&thread, NULL, take_it, NULL), 0);
		while (!lock_contended(&lock))
			sched_yield();
		while (!atomic_load(&own_turns))
			lock_yield(&lock, biased);
		lock_drop(&lock, biased);
		pthread_join(thread, NULL);
	}
	lock_disown(&lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_else_is_inside),
		cmocka_unit_test(the_bias_of_a_dead_thread_goes),
		cmocka_unit_test(who_waits_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
