// SPDX-License-Identifier: BSD-3-Clause
/*
 * coalesce_test.c - every interleaving of a few publications and their doorbells
 *
 * The model: a sender publishes and asks for a ring. A ring in flight first makes
 * the receiver look, and is done later. Between the two lies the moment that
 * matters: what is published then, the receiver has not seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coalesce.h"

#define PUBLICATIONS	6

enum phase { IDLE, RUNG, LOOKED };

struct world {
	struct mcapi_coalesce sender;
	enum phase ring;
	int published;
	int seen;
	int rings;
};

struct policy {
	bool (*request)(struct mcapi_coalesce *c);
	bool (*done)(struct mcapi_coalesce *c);
};

struct outcome {
	int ends;
	int lost;
	int most_rings;
};

static void explore(const struct policy *policy, struct world now, struct outcome *outcome)
{
	struct world next;

	if (now.published == PUBLICATIONS && now.ring == IDLE) {
		outcome->ends++;
		outcome->lost += now.seen != now.published;
		if (now.rings > outcome->most_rings)
			outcome->most_rings = now.rings;
		return;
	}
	if (now.published < PUBLICATIONS) {
		next = now;
		next.published++;
		if (policy->request(&next.sender)) {
			assert_int_equal(next.ring, IDLE);
			next.ring = RUNG;
			next.rings++;
		}
		explore(policy, next, outcome);
	}
	if (now.ring == RUNG) {
		next = now;
		next.ring = LOOKED;
		next.seen = next.published;
		explore(policy, next, outcome);
	}
	if (now.ring == LOOKED) {
		next = now;
		next.ring = IDLE;
		if (policy->done(&next.sender)) {
			next.ring = RUNG;
			next.rings++;
		}
		explore(policy, next, outcome);
	}
}

static void nothing_is_lost(void **state)
{
	const struct policy ours = { mcapi_coalesce_request, mcapi_coalesce_done };
	struct outcome outcome = { 0 };

	(void)state;
	explore(&ours, (struct world){ 0 }, &outcome);
	assert_true(outcome.ends > 100);
	assert_int_equal(outcome.lost, 0);
	assert_int_equal(outcome.most_rings, PUBLICATIONS);
}

static bool request_or_drop(struct mcapi_coalesce *c)
{
	bool ring = !c->inflight;

	c->inflight = true;
	return ring;
}

static bool done_with_it(struct mcapi_coalesce *c)
{
	c->inflight = false;
	return false;
}

/* The obvious simplification is wrong, and this model can tell. */
static void dropping_while_busy_would_lose(void **state)
{
	const struct policy dropping = { request_or_drop, done_with_it };
	struct outcome outcome = { 0 };

	(void)state;
	explore(&dropping, (struct world){ 0 }, &outcome);
	assert_true(outcome.lost > 0);
}

static void refused_ring_leaves_the_doorbell_usable(void **state)
{
	struct mcapi_coalesce c = { 0 };

	(void)state;
	assert_true(mcapi_coalesce_request(&c));
	assert_false(mcapi_coalesce_request(&c));
	mcapi_coalesce_failed(&c);
	assert_true(mcapi_coalesce_request(&c));
	assert_false(mcapi_coalesce_done(&c));
	assert_true(mcapi_coalesce_request(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(dropping_while_busy_would_lose),
		cmocka_unit_test(refused_ring_leaves_the_doorbell_usable),
	};

	return cmocka_run_group_tests_name("coalesce", tests, NULL, NULL);
}
