/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include "../src/side.h"

static struct mcapi_wire_side header;

static void make(uint64_t bytes, uint32_t number)
{
	memset(&header, 0, sizeof(header));
	side_geometry(&header, bytes, number, SIDE_SECTION_MAX);
	header.magic = MCAPI_WIRE_SIDE_MAGIC;
}

static void every_window_has_sections(void **state)
{
	struct side side;

	(void)state;
	for (uint64_t bytes = MCAPI_WIRE_MIN_WINDOW / 2; bytes <= UINT64_C(1) << 33; bytes *= 2) {
		make(bytes, 1);
		assert_int_equal(side_read(&side, &header, bytes, 1), SIDE_OK);
		assert_true(side.sections >= 1);
		assert_true(side_section_off(&side, side.sections - 1) +
			    side_section_size(&side) <= bytes);
	}
	/* The figures of the documents: 64 MiB and 512 KiB sides. */
	make(64 << 20, 0);
	assert_int_equal(header.sections, 31);
	assert_int_equal(header.section_lines * MCAPI_WIRE_LINE, 2 << 20);
	make(512 << 10, 0);
	assert_int_equal(header.sections, 7);
	assert_int_equal(header.section_lines * MCAPI_WIRE_LINE, 64 << 10);
}

static void headers_that_lie(void **state)
{
	const uint64_t bytes = 64 << 20;
	struct side side;

	(void)state;
	make(bytes, 0);
	header.magic = 0;
	assert_int_equal(side_read(&side, &header, bytes, 0), SIDE_ABSENT);
	make(bytes, 0);
	header.major = MCAPI_WIRE_MAJOR + 1;
	assert_int_equal(side_read(&side, &header, bytes, 0), SIDE_VERSION);
	make(bytes, 0);
	assert_int_equal(side_read(&side, &header, bytes, 1), SIDE_GEOMETRY);
	assert_int_equal(side_read(&side, &header, bytes / 2, 0), SIDE_GEOMETRY);

#define LIE(field, value) do { \
		make(bytes, 0); \
		header.field = (value); \
		assert_int_equal(side_read(&side, &header, bytes, 0), SIDE_GEOMETRY); \
	} while (0)
	LIE(section_off, 0);
	LIE(section_off, 1025);
	LIE(section_off, UINT32_MAX);
	LIE(section_lines, 0);
	LIE(section_lines, 1023);
	LIE(section_lines, UINT32_MAX - 1023);
	LIE(section_lines, 1u << 31);
	LIE(sections, 0);
	LIE(sections, 32);
	LIE(sections, 65);
	LIE(sections, UINT32_MAX);
#undef LIE
}

static void memory_of_a_section(void **state)
{
	const uint64_t bytes = 64 << 20;
	struct side side;
	uint32_t first, lines;

	(void)state;
	make(bytes, 0);
	assert_int_equal(side_read(&side, &header, bytes, 0), SIDE_OK);
	lines = side.section_lines;
	first = side.section_off + 3 * lines;
	assert_non_null(side_range(&side, 3, first, lines * MCAPI_WIRE_LINE));
	assert_non_null(side_range(&side, 3, first + lines - 1, MCAPI_WIRE_LINE));
	assert_null(side_range(&side, 3, first + lines - 1, MCAPI_WIRE_LINE + 1));
	assert_null(side_range(&side, 3, first - 1, 1));
	assert_null(side_range(&side, 3, first + lines, 1));
	assert_null(side_range(&side, 3, first, UINT32_MAX));
	assert_null(side_range(&side, 3, UINT32_MAX, 1));
	assert_null(side_range(&side, 3, 0, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_window_has_sections),
		cmocka_unit_test(headers_that_lie),
		cmocka_unit_test(memory_of_a_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
