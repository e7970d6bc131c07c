// SPDX-License-Identifier: BSD-3-Clause
/*
 * geometry_test.c - how windows are divided, and headers that lie
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "geometry.h"

#define KIB	1024u
#define MIB	(1024u * KIB)

static void known_windows(void **state)
{
	static const struct {
		u64 window, section_size;
		u32 sections;
	} known[] = {
		{ 256 * KIB, 64 * KIB, 1 },
		{ 384 * KIB, 64 * KIB, 2 },
		{ 1 * MIB, 64 * KIB, 7 },
		{ 4 * MIB, 64 * KIB, 31 },
		{ 16 * MIB, 256 * KIB, 31 },
		{ 128 * MIB, 2 * MIB, 31 },
		{ 512 * MIB, 2 * MIB, 64 },
		{ 4096ull * MIB, 2 * MIB, 64 },
	};
	struct mcapi_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_true(mcapi_geometry_of(known[i].window, &g));
		assert_int_equal(g.side_size, known[i].window / 2);
		assert_int_equal(g.section_off, MCAPI_WIRE_GRANULE);
		assert_int_equal(g.section_size, known[i].section_size);
		assert_int_equal(g.sections, known[i].sections);
	}
}

static void every_window_is_divided_inside_of_itself(void **state)
{
	struct mcapi_geometry g;

	(void)state;
	for (u64 size = MCAPI_WIRE_MIN_WINDOW; size <= 1024ull * MIB;
	     size += 2 * MCAPI_WIRE_GRANULE) {
		assert_true(mcapi_geometry_of(size, &g));
		assert_in_range(g.sections, 1, MCAPI_WIRE_MAX_SECTIONS);
		assert_int_equal(g.section_size & (g.section_size - 1), 0);
		assert_true(g.section_off + g.sections * g.section_size <= g.side_size);
	}
}

static void impossible_windows_are_refused(void **state)
{
	static const u64 wrong[] = {
		0, 1, MCAPI_WIRE_MIN_WINDOW - 1, MCAPI_WIRE_MIN_WINDOW / 2,
		MCAPI_WIRE_MIN_WINDOW + 4096, 320 * KIB, UINT64_MAX, 1ull << 40,
	};
	struct mcapi_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(mcapi_geometry_of(wrong[i], &g));
}

#define WINDOW	(16ull * MIB)

/* What an honest side 1 of WINDOW writes. */
static struct mcapi_wire_side honest(void)
{
	struct mcapi_geometry g;

	assert_true(mcapi_geometry_of(WINDOW, &g));
	return (struct mcapi_wire_side) {
		.magic = MCAPI_WIRE_SIDE_MAGIC,
		.major = MCAPI_WIRE_MAJOR,
		.minor = MCAPI_WIRE_MINOR,
		.side = 1,
		.side_lines = (u32)(g.side_size / MCAPI_WIRE_LINE),
		.section_off = (u32)(g.section_off / MCAPI_WIRE_LINE),
		.section_lines = (u32)(g.section_size / MCAPI_WIRE_LINE),
		.sections = g.sections,
		.boot_epoch = 7,
		.state = MCAPI_WIRE_SIDE_UP,
	};
}

static enum mcapi_verdict verdict(const struct mcapi_wire_side *h)
{
	struct mcapi_geometry g;

	return mcapi_geometry_check(h, 1, WINDOW / 2, &g);
}

static void honest_header_is_believed(void **state)
{
	struct mcapi_wire_side h = honest();
	struct mcapi_geometry own, peer;

	(void)state;
	assert_true(mcapi_geometry_of(WINDOW, &own));
	assert_int_equal(mcapi_geometry_check(&h, 1, WINDOW / 2, &peer), MCAPI_PEER_VALID);
	assert_int_equal(peer.section_off, own.section_off);
	assert_int_equal(peer.section_size, own.section_size);
	assert_int_equal(peer.sections, own.sections);

	h.minor++;
	assert_int_equal(verdict(&h), MCAPI_PEER_VALID);
}

static void other_major_is_a_mismatch(void **state)
{
	struct mcapi_wire_side h = honest();

	(void)state;
	h.major++;
	assert_int_equal(verdict(&h), MCAPI_PEER_MISMATCH);
	h.magic++;
	assert_int_equal(verdict(&h), MCAPI_PEER_ABSENT);
}

#define CHECK_LIE(field, value) \
	do { \
		struct mcapi_wire_side lie = h; \
		lie.field = (value); \
		assert_int_equal(verdict(&lie), MCAPI_PEER_ABSENT); \
	} while (0)

static void each_lie_is_found(void **state)
{
	const struct mcapi_wire_side h = honest();

	(void)state;
	CHECK_LIE(magic, 0);
	CHECK_LIE(side, 0);
	CHECK_LIE(side, 2);
	CHECK_LIE(side_lines, h.side_lines + 1);
	CHECK_LIE(side_lines, h.side_lines * 2);
	CHECK_LIE(section_off, 0);
	CHECK_LIE(section_off, h.section_off + 1);
	CHECK_LIE(section_off, h.side_lines);
	CHECK_LIE(section_off, UINT32_MAX - 1023);
	CHECK_LIE(section_lines, 0);
	CHECK_LIE(section_lines, 1);
	CHECK_LIE(section_lines, h.section_lines * 2);
	CHECK_LIE(section_lines, UINT32_MAX - 1023);
	CHECK_LIE(sections, 0);
	CHECK_LIE(sections, h.sections + 1);
	CHECK_LIE(sections, MCAPI_WIRE_MAX_SECTIONS + 1);
	CHECK_LIE(sections, UINT32_MAX);
	CHECK_LIE(boot_epoch, 0);
}

/* Whatever is believed leads nowhere outside. Values near what is right, and far. */
static void nothing_believed_leads_outside(void **state)
{
	struct mcapi_geometry g;
	int believed = 0;

	(void)state;
	srand(1);
	for (int i = 0; i < 2000000; i++) {
		struct mcapi_wire_side h = honest();

		h.section_off = (u32)rand() % 3 ? 1024u * ((u32)rand() % 130) : (u32)rand();
		h.section_lines = (u32)rand() % 3 ? 1024u * ((u32)rand() % 130) : (u32)rand();
		h.sections = (u32)rand() % 3 ? (u32)rand() % 70 : (u32)rand();
		if (mcapi_geometry_check(&h, 1, WINDOW / 2, &g) != MCAPI_PEER_VALID)
			continue;
		believed++;
		assert_in_range(g.sections, 1, MCAPI_WIRE_MAX_SECTIONS);
		assert_true(g.section_off >= MCAPI_WIRE_GRANULE);
		assert_true(g.section_size >= MCAPI_WIRE_GRANULE);
		assert_true(g.section_off + g.sections * g.section_size <= WINDOW / 2);
	}
	assert_true(believed > 1000);
}

static void epochs_are_never_zero(void **state)
{
	u32 count = 0, before = 0, epoch;

	(void)state;
	assert_int_equal(mcapi_next_epoch(1), 2);
	assert_int_equal(mcapi_next_epoch(UINT32_MAX), 1);

	for (int i = 0; i < 200000; i++) {
		epoch = mcapi_section_epoch(0x12340000, &count);
		assert_int_not_equal(epoch, 0);
		assert_int_not_equal(epoch, before);
		before = epoch;
	}
	count = 0;
	assert_int_equal(mcapi_section_epoch(0xabcd1234, &count), 0x12340001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_windows),
		cmocka_unit_test(every_window_is_divided_inside_of_itself),
		cmocka_unit_test(impossible_windows_are_refused),
		cmocka_unit_test(honest_header_is_believed),
		cmocka_unit_test(other_major_is_a_mismatch),
		cmocka_unit_test(each_lie_is_found),
		cmocka_unit_test(nothing_believed_leads_outside),
		cmocka_unit_test(epochs_are_never_zero),
	};

	return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
