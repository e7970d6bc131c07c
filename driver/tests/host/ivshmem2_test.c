// SPDX-License-Identifier: BSD-3-Clause
/*
 * ivshmem2_test.c - which part of an ivshmem's memory is the window, and what is refused
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#include "ivshmem2.h"

#define PAGE	0x1000ull
#define MIB	0x100000ull

static const struct ivshmem2_memory usual = {
	.states = PAGE, .common = 4 * PAGE, .output = MIB, .size = 8 * MIB, .peers = 2, .own = 1,
};

static void check(struct ivshmem2_memory m, enum ivshmem2_verdict verdict)
{
	u64 offset = 1, length = 1;

	assert_int_equal(ivshmem2_window(&m, &offset, &length), verdict);
	if (verdict == IVSHMEM2_VALID && m.size)
		assert_true(offset < m.size && length <= m.size - offset);
}

static void output_sections_are_the_halves(void **state)
{
	struct ivshmem2_memory m = usual;
	u64 offset, length;

	(void)state;
	for (m.own = 0; m.own < 2; m.own++) {
		assert_int_equal(ivshmem2_window(&m, &offset, &length), IVSHMEM2_VALID);
		assert_int_equal(offset, 5 * PAGE);
		assert_int_equal(length, 2 * MIB);
		/* that of peer n begins at n, as side n of a window does */
		assert_int_equal(offset + m.own * (length / 2), 5 * PAGE + m.own * MIB);
	}
}

static void without_them_the_common_section_is_divided(void **state)
{
	struct ivshmem2_memory m = usual;
	u64 offset, length;

	(void)state;
	m.output = 0;
	m.common = MIB;
	assert_int_equal(ivshmem2_window(&m, &offset, &length), IVSHMEM2_VALID);
	assert_int_equal(offset, PAGE);
	assert_int_equal(length, MIB);
}

static void what_cannot_be_is_refused(void **state)
{
	struct ivshmem2_memory m = usual;

	(void)state;
	m.peers = 3;
	check(m, IVSHMEM2_PEERS);
	m.peers = 1;
	check(m, IVSHMEM2_PEERS);
	m = usual;
	m.own = 2;
	check(m, IVSHMEM2_PEERS);
	m = usual;
	m.states = 7;
	check(m, IVSHMEM2_STATES);
	m = usual;
	m.common = m.output = 0;
	check(m, IVSHMEM2_NOTHING);
}

static void sections_stay_inside_of_the_memory(void **state)
{
	struct ivshmem2_memory m = usual;

	(void)state;
	m.size = 5 * PAGE + 2 * MIB;
	check(m, IVSHMEM2_VALID);
	m.size--;
	check(m, IVSHMEM2_SIZE);
	m.output = UINT64_MAX;
	check(m, IVSHMEM2_SIZE);
	m.output = UINT64_MAX / 2 + 1;
	check(m, IVSHMEM2_SIZE);
	m = usual;
	m.common = UINT64_MAX - m.states + 1;
	check(m, IVSHMEM2_SIZE);
	m = usual;
	m.size = 0; /* nothing tells */
	check(m, IVSHMEM2_VALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_sections_are_the_halves),
		cmocka_unit_test(without_them_the_common_section_is_divided),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(sections_stay_inside_of_the_memory),
	};

	return cmocka_run_group_tests_name("ivshmem2", tests, NULL, NULL);
}
