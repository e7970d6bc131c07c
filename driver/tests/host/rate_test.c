// SPDX-License-Identifier: BSD-3-Clause
/*
 * rate_test.c - how many doorbells pass in an interval, and when the next one does
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rate.h"

#define LIMIT	10

static void the_rest_of_an_interval_waits_for_its_end(void **state)
{
	struct mcapi_rate rate = { 0 };
	const u64 start = 77 * (u64)MCAPI_RATE_INTERVAL;

	(void)state;
	for (u64 i = 0; i < LIMIT; i++)
		assert_int_equal(mcapi_rate_take(&rate, start + i, LIMIT), 0);
	assert_int_equal(mcapi_rate_take(&rate, start + LIMIT, LIMIT),
			 MCAPI_RATE_INTERVAL - LIMIT);
	assert_int_equal(mcapi_rate_take(&rate, start + MCAPI_RATE_INTERVAL - 1, LIMIT), 1);
	assert_int_equal(mcapi_rate_take(&rate, start + MCAPI_RATE_INTERVAL, LIMIT), 0);
}

static void slow_doorbells_never_wait(void **state)
{
	struct mcapi_rate rate = { 0 };

	(void)state;
	for (u64 i = 1; i < 1000; i++)
		assert_int_equal(mcapi_rate_take(&rate, i * MCAPI_RATE_INTERVAL / LIMIT, LIMIT), 0);
}

static void a_flood_gets_no_more_than_its_share(void **state)
{
	struct mcapi_rate rate = { 0 };
	int passed = 0;

	(void)state;
	for (u64 now = 0; now < 100 * (u64)MCAPI_RATE_INTERVAL; now += 1000)
		passed += !mcapi_rate_take(&rate, now, LIMIT);
	assert_int_equal(passed, 100 * LIMIT);
}

static void no_limit_lets_all_pass(void **state)
{
	struct mcapi_rate rate = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(mcapi_rate_take(&rate, 5, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rest_of_an_interval_waits_for_its_end),
		cmocka_unit_test(slow_doorbells_never_wait),
		cmocka_unit_test(a_flood_gets_no_more_than_its_share),
		cmocka_unit_test(no_limit_lets_all_pass),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
