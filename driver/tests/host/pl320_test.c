// SPDX-License-Identifier: BSD-3-Clause
/*
 * pl320_test.c - two processors that ring each other through a model of the registers
 *
 * The model follows the Technical Reference Manual of the PL320 (DDI 0306B), chapters
 * 2 and 3; this device has not been tried in hardware, and no emulator has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef uint32_t u32;
#define BIT(n) (1u << (n))
#define __iomem

static u32 readl(const void *at);
static void writel(u32 value, void *at);

#include "coalesce.h"
#include "pl320.h"

#define MAILBOXES	4
#define IDS		3
#define WORDS		7

enum { A, B, C };

static struct {
	u32 source, destination, mask, send, words[WORDS];
} mailboxes[MAILBOXES];

/* Addresses only: nothing is stored in it. */
static char regs[0x1000];

static u32 masked(u32 id)
{
	u32 pending = 0;

	for (u32 m = 0; m < MAILBOXES; m++) {
		u32 to = mailboxes[m].send & PL320_SEND_MESSAGE ? mailboxes[m].destination :
			 mailboxes[m].send & PL320_SEND_ACK ? mailboxes[m].source : 0;

		if (to & mailboxes[m].mask & BIT(id))
			pending |= BIT(m);
	}
	return pending;
}

static u32 readl(const void *at)
{
	size_t offset = (size_t)((const char *)at - regs), m = offset / 0x40;
	size_t word = (offset % 0x40 - 0x24) / 4;

	if (offset == PL320_CONFIG)
		return MAILBOXES << 16 | IDS << 8 | WORDS;
	if (offset >= 0x800)
		return (offset - 0x800) / 8 < IDS ? masked((u32)(offset - 0x800) / 8) : 0;
	if (m >= MAILBOXES)
		return 0;
	switch (offset % 0x40) {
	case 0x00:
		return mailboxes[m].source;
	case 0x20:
		return mailboxes[m].send;
	default:
		assert_true(word < WORDS); /* the others are never read */
		return mailboxes[m].words[word];
	}
}

static void writel(u32 value, void *at)
{
	size_t offset = (size_t)((char *)at - regs), m = offset / 0x40;
	size_t word = (offset % 0x40 - 0x24) / 4;

	assert_true(offset < 0x800);
	if (m >= MAILBOXES)
		return;
	if (offset % 0x40 == 0x00) {
		assert_int_equal(value & (value - 1), 0);
		if (!value)
			memset(&mailboxes[m], 0, sizeof(mailboxes[m]));
		else if (!mailboxes[m].source)
			mailboxes[m].source = value & (BIT(IDS) - 1);
		return;
	}
	if (!mailboxes[m].source)
		return;
	switch (offset % 0x40) {
	case 0x04:
		mailboxes[m].destination |= value;
		break;
	case 0x14:
		mailboxes[m].mask |= value;
		break;
	case 0x20:
		assert_int_not_equal(value, PL320_SEND_MESSAGE | PL320_SEND_ACK);
		mailboxes[m].send = value;
		break;
	default:
		assert_true(word < WORDS);
		mailboxes[m].words[word] = value;
	}
}

static const u32 words[WORDS] = { 1, 2, 3, 4, 5, 6, 7 };

static int reset(void **state)
{
	(void)state;
	memset(mailboxes, 0, sizeof(mailboxes));
	return 0;
}

static void the_configuration_is_read(void **state)
{
	struct pl320_config config = pl320_config(regs);

	(void)state;
	assert_int_equal(config.mailboxes, MAILBOXES);
	assert_int_equal(config.ids, IDS);
	assert_int_equal(config.words, WORDS);
}

static void a_message_interrupts_only_the_one_it_is_for(void **state)
{
	u32 received[WORDS] = { 0 };

	(void)state;
	assert_true(pl320_claim(regs, 1, A, B));
	pl320_send(regs, 1, words, WORDS);
	assert_int_equal(pl320_pending(regs, A), 0);
	assert_int_equal(pl320_pending(regs, C), 0);
	assert_int_equal(pl320_pending(regs, B), BIT(1));
	assert_false(pl320_is_ours(regs, 1, B));

	pl320_take_message(regs, 1, received, WORDS);
	assert_memory_equal(received, words, sizeof(words));
	assert_int_equal(pl320_pending(regs, B), 0);
	assert_int_equal(pl320_pending(regs, C), 0);
	assert_int_equal(pl320_pending(regs, A), BIT(1));
	assert_true(pl320_is_ours(regs, 1, A));

	pl320_take_ack(regs, 1);
	assert_int_equal(pl320_pending(regs, A) | pl320_pending(regs, B), 0);
	pl320_send(regs, 1, words, WORDS);
	assert_int_equal(pl320_pending(regs, B), BIT(1));
}

static void both_directions_are_apart(void **state)
{
	u32 received[WORDS];

	(void)state;
	assert_true(pl320_claim(regs, 1, A, B));
	assert_true(pl320_claim(regs, 2, B, A));
	pl320_send(regs, 1, words, WORDS);
	pl320_send(regs, 2, words, WORDS);
	assert_int_equal(pl320_pending(regs, A), BIT(2));
	assert_int_equal(pl320_pending(regs, B), BIT(1));
	pl320_take_message(regs, 2, received, WORDS);
	assert_int_equal(pl320_pending(regs, A), 0);
	assert_int_equal(pl320_pending(regs, B), BIT(1) | BIT(2));
}

static void the_mailbox_of_another_is_left_alone(void **state)
{
	(void)state;
	assert_true(pl320_claim(regs, 1, B, C));
	pl320_send(regs, 1, words, WORDS);
	assert_false(pl320_claim(regs, 1, A, C));
	pl320_release(regs, 1, A);
	assert_true(pl320_is_ours(regs, 1, B));
	assert_int_equal(pl320_pending(regs, C), BIT(1));
	assert_false(pl320_claim(regs, MAILBOXES, A, B));
}

static void an_earlier_life_leaves_nothing(void **state)
{
	(void)state;
	assert_true(pl320_claim(regs, 1, A, C));
	pl320_send(regs, 1, words, WORDS);
	assert_true(pl320_claim(regs, 1, A, B));
	assert_int_equal(pl320_pending(regs, B) | pl320_pending(regs, C), 0);
	pl320_send(regs, 1, words, WORDS);
	assert_int_equal(pl320_pending(regs, B), BIT(1));
	assert_int_equal(pl320_pending(regs, C), 0);
	pl320_release(regs, 1, A);
	assert_int_equal(pl320_pending(regs, B), 0);
}

#define PUBLICATIONS	10000

/*
 * The sender publishes, rings and takes acknowledgements; the receiver looks at what
 * is published when it is rung. Steps come in any order, as the interrupts of two
 * processors do; the receiver's two, taking a message and then looking, are apart.
 */
static void nothing_published_goes_unseen(void **state)
{
	struct mcapi_coalesce sender = { 0 };
	u32 published = 0, seen = 0, rings = 0, received[WORDS];
	bool told = false;

	(void)state;
	srand(20261122);
	assert_true(pl320_claim(regs, 1, A, B));
	while (published < PUBLICATIONS || told || masked(A) || masked(B)) {
		switch (rand() % 4) {
		case 0:
			if (published == PUBLICATIONS)
				break;
			published++;
			if (!mcapi_coalesce_request(&sender))
				break;
			pl320_send(regs, 1, words, WORDS);
			rings++;
			break;
		case 1:
			if (!pl320_pending(regs, A))
				break;
			pl320_take_ack(regs, 1);
			if (!mcapi_coalesce_done(&sender))
				break;
			pl320_send(regs, 1, words, WORDS);
			rings++;
			break;
		case 2:
			if (told || !pl320_pending(regs, B))
				break;
			pl320_take_message(regs, 1, received, WORDS);
			told = true;
			break;
		case 3:
			if (told)
				seen = published;
			told = false;
		}
	}
	assert_int_equal(seen, PUBLICATIONS);
	assert_true(rings > 1 && rings <= PUBLICATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_configuration_is_read, reset),
		cmocka_unit_test_setup(a_message_interrupts_only_the_one_it_is_for, reset),
		cmocka_unit_test_setup(both_directions_are_apart, reset),
		cmocka_unit_test_setup(the_mailbox_of_another_is_left_alone, reset),
		cmocka_unit_test_setup(an_earlier_life_leaves_nothing, reset),
		cmocka_unit_test_setup(nothing_published_goes_unseen, reset),
	};

	return cmocka_run_group_tests_name("pl320", tests, NULL, NULL);
}
