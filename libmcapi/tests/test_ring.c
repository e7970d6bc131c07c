/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include "../src/ring.h"

#define SLOTS 16u

static _Alignas(64) uint8_t memory[SLOTS * sizeof(struct mcapi_wire_slot)];
static const struct own own = { .base = memory, .size = sizeof(memory) };

static void around_the_corner(void **state)
{
	struct ring_out out = { .slots = (void *)memory, .mask = SLOTS - 1 };
	struct ring_in in = { .slots = (void *)memory, .mask = SLOTS - 1 };
	struct mcapi_wire_slot slot = { .len = 4 }, got;
	uint32_t sent = 0, taken = 0;

	(void)state;
	memset(memory, 0, sizeof(memory));
	/* Free-running indices must survive their own overflow. */
	out.prod = out.acked = in.cons = UINT32_MAX - 20;
	while (taken < 1000) {
		while (!ring_full(&out)) {
			memcpy(slot.data, &sent, sizeof(sent));
			ring_publish(&out, &own, &slot, 4);
			sent++;
		}
		assert_int_equal(sent - taken, SLOTS);
		for (unsigned int i = 0; i < 5; i++, taken++) {
			assert_true(ring_peek(&in, &got));
			assert_memory_equal(got.data, &taken, sizeof(taken));
			in.cons++;
		}
		assert_true(ring_ack(&out, in.cons));
	}
}

static void an_empty_ring_shows_nothing(void **state)
{
	struct ring_in in = { .slots = (void *)memory, .mask = SLOTS - 1 };
	struct mcapi_wire_slot got;

	(void)state;
	memset(memory, 0, sizeof(memory));
	assert_false(ring_peek(&in, &got));
	/* What was published one round ago is not new. */
	in.cons = SLOTS;
	((struct mcapi_wire_slot *)memory)[0].seq = 1;
	assert_false(ring_peek(&in, &got));
}

static void lies_about_acknowledgements(void **state)
{
	struct ring_out out = { .mask = SLOTS - 1, .prod = 10, .acked = 4 };

	(void)state;
	assert_false(ring_ack(&out, 11));
	assert_false(ring_ack(&out, 3));
	assert_false(ring_ack(&out, UINT32_MAX));
	assert_true(ring_ack(&out, 10));
	assert_true(ring_ack(&out, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(around_the_corner),
		cmocka_unit_test(an_empty_ring_shows_nothing),
		cmocka_unit_test(lies_about_acknowledgements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
