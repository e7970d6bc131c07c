/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include "../src/heap.h"

#define SIZE (2u << 20)
#define START 0x13000u

static void whole_again(void **state)
{
	uint32_t offs[200], lens[200];
	struct heap heap;
	uint32_t free_bytes;

	(void)state;
	assert_true(heap_init(&heap, START, SIZE));
	assert_int_equal(heap.largest, 1u << 20);
	free_bytes = heap.free_bytes;
	srand(1);
	for (int round = 0; round < 50; round++) {
		int count = 0;

		while (count < 200) {
			lens[count] = (uint32_t)rand() % 20000 + 1;
			offs[count] = heap_alloc(&heap, lens[count], HEAP_TAG_BUFFER(count % 3));
			if (offs[count] == HEAP_NONE)
				break;
			assert_true(offs[count] >= START);
			assert_true(offs[count] + lens[count] <= SIZE);
			for (int i = 0; i < count; i++)
				assert_true(offs[i] + lens[i] <= offs[count] ||
					    offs[count] + lens[count] <= offs[i]);
			count++;
		}
		for (int i = count; i--;)
			assert_int_equal(heap_free(&heap, offs[i], HEAP_TAG_BUFFER(i % 3)),
					 heap_rounded(lens[i]));
		assert_int_equal(heap.free_bytes, free_bytes);
	}
	/* All blocks have found their buddies: the largest message fits again. */
	assert_int_not_equal(heap_alloc(&heap, 1u << 20, HEAP_TAG_BUFFER(0)), HEAP_NONE);
	heap_fini(&heap);
}

static void only_the_owner_frees(void **state)
{
	struct heap heap;
	uint32_t off, ring;

	(void)state;
	assert_true(heap_init(&heap, START, SIZE));
	off = heap_alloc(&heap, 1000, HEAP_TAG_BUFFER(3));
	ring = heap_alloc(&heap, 1000, HEAP_TAG_RING(3));
	assert_int_equal(heap_free(&heap, off, HEAP_TAG_BUFFER(4)), 0);
	assert_int_equal(heap_free(&heap, ring, HEAP_TAG_BUFFER(3)), 0);
	assert_int_equal(heap_free(&heap, off + HEAP_BLOCK, HEAP_TAG_BUFFER(3)), 0);
	assert_int_equal(heap_free(&heap, off + 1, HEAP_TAG_BUFFER(3)), 0);
	assert_int_equal(heap_free(&heap, SIZE, HEAP_TAG_BUFFER(3)), 0);
	assert_int_equal(heap_free(&heap, UINT32_MAX, HEAP_TAG_BUFFER(3)), 0);
	assert_int_equal(heap_free(&heap, off, HEAP_TAG_BUFFER(3)), 1024);
	assert_int_equal(heap_free(&heap, off, HEAP_TAG_BUFFER(3)), 0);
	heap_free_tag(&heap, HEAP_TAG_RING(3));
	assert_int_equal(heap_free(&heap, ring, HEAP_TAG_RING(3)), 0);
	heap_fini(&heap);
}

static void too_large(void **state)
{
	struct heap heap;

	(void)state;
	/* A section of the smallest window. */
	assert_true(heap_init(&heap, 0x3800, 65536));
	assert_int_equal(heap.largest, 32768);
	assert_int_equal(heap_alloc(&heap, 32769, HEAP_TAG_BUFFER(0)), HEAP_NONE);
	assert_int_not_equal(heap_alloc(&heap, 32768, HEAP_TAG_BUFFER(0)), HEAP_NONE);
	assert_int_equal(heap_alloc(&heap, 32768, HEAP_TAG_BUFFER(0)), HEAP_NONE);
	heap_fini(&heap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_again),
		cmocka_unit_test(only_the_owner_frees),
		cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
