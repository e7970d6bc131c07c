/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "histogram.h"

/* The answer is at most one bucket, a 32nd, above the truth, and never below it. */
static void close_to(uint64_t value, uint64_t truth)
{
	assert_in_range(value, truth, truth + truth / 32);
}

static void percentiles(void **state)
{
	static struct histogram histogram;

	(void)state;
	for (uint64_t i = 1; i <= 100000; i++)
		histogram_add(&histogram, i);
	close_to(histogram_percentile(&histogram, 1), 1000);
	close_to(histogram_percentile(&histogram, 50), 50000);
	close_to(histogram_percentile(&histogram, 99), 99000);
	assert_int_equal(histogram_percentile(&histogram, 100), 100000);
	assert_int_equal(histogram.max, 100000);
	assert_int_equal(histogram.count, 100000);
}

static void every_value_has_its_bucket(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint64_t value = 0; value < 1u << 20; value++) {
		uint32_t index = histogram_index(value);

		assert_in_range(index, last, last + 1);
		last = index;
	}
	assert_int_equal(histogram_index(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void small_values_are_exact(void **state)
{
	static struct histogram histogram;

	(void)state;
	histogram_add(&histogram, 7);
	histogram_add(&histogram, 0);
	histogram_add(&histogram, 63);
	assert_int_equal(histogram_percentile(&histogram, 0), 0);
	assert_int_equal(histogram_percentile(&histogram, 50), 7);
	assert_int_equal(histogram_percentile(&histogram, 99), 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles),
		cmocka_unit_test(every_value_has_its_bucket),
		cmocka_unit_test(small_values_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
