// SPDX-License-Identifier: GPL-2.0-only
/*
 * link_kunit.c - what is believed of a peer's header, and what waits look at
 *
 * The link is one without device or mailbox; what it would call is counted here.
 */
#include <kunit/test.h>
#include <linux/delay.h>

#include "../../mcapi/handshake.c"
#include "../../mcapi/wait.c"

#define WINDOW		MCAPI_WIRE_MIN_WINDOW
#define OUR_EPOCH	7

static int looks, synced;

bool mcapi_link_enter(struct mcapi_link *link)
{
	looks++;
	return false;
}

void mcapi_link_leave(struct mcapi_link *link)
{
}

int mcapi_doorbell_ring(struct mcapi_link *link, bool *merged)
{
	return 0;
}

void mcapi_doorbell_tell(struct mcapi_link *link)
{
}

void mcapi_event_set_state(struct mcapi_link *link, u32 state, u32 peer_epoch)
{
	link->status->link_state = state;
	link->status->peer_epoch = peer_epoch;
}

u32 mcapi_event_since(struct mcapi_link *link, u32 since, struct mcapi_status *now)
{
	*now = *link->status;
	return 0;
}

void mcapi_section_clear_owners(struct mcapi_link *link)
{
}

void mcapi_sync_to_peer(struct mcapi_link *link, const void *at, size_t length)
{
}

void mcapi_sync_from_peer(struct mcapi_link *link, const void *at, size_t length)
{
	synced++;
}

static struct mcapi_link *link_make(struct kunit *test)
{
	static const struct mcapi_controller controller;
	struct mcapi_link *link = kunit_kzalloc(test, sizeof(*link), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, link);
	link->window = kunit_kzalloc(test, WINDOW, GFP_KERNEL);
	link->status = kunit_kzalloc(test, sizeof(*link->status), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, link->window);
	KUNIT_ASSERT_NOT_NULL(test, link->status);
	KUNIT_ASSERT_TRUE(test, mcapi_geometry_of(WINDOW, &link->own));
	link->window_size = WINDOW;
	link->bell.controller = &controller;
	link->status->local_epoch = OUR_EPOCH;
	link->live = true;
	mutex_init(&link->lock);
	init_waitqueue_head(&link->wq);
	INIT_DELAYED_WORK(&link->handshake, mcapi_handshake_work);
	return link;
}

/* The peer's header in a life that acknowledges ours. */
static void write_header(struct mcapi_link *link, u32 epoch)
{
	struct mcapi_wire_side *peer = mcapi_side(link, !link->side);

	peer->magic = MCAPI_WIRE_SIDE_MAGIC;
	peer->major = MCAPI_WIRE_MAJOR;
	peer->side = !link->side;
	peer->side_lines = link->own.side_size / MCAPI_WIRE_LINE;
	peer->section_off = link->own.section_off / MCAPI_WIRE_LINE;
	peer->section_lines = link->own.section_size / MCAPI_WIRE_LINE;
	peer->sections = link->own.sections;
	peer->boot_epoch = epoch;
	peer->peer_epoch_ack = OUR_EPOCH;
	peer->state = MCAPI_WIRE_SIDE_UP;
}

static u32 look(struct mcapi_link *link)
{
	mcapi_handshake_look(link);
	return link->status->link_state;
}

/* Else a peer that flips a word of its header for each doorbell sets our pace. */
static void looks_have_a_pause(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);
	unsigned long end = jiffies + HZ / 5;
	int before = looks;

	while (time_before(jiffies, end)) {
		mcapi_handshake_schedule(link);
		usleep_range(20, 50);
	}
	cancel_delayed_work_sync(&link->handshake);
	KUNIT_EXPECT_GE(test, looks - before, 2);
	KUNIT_EXPECT_LE(test, looks - before, 200 / 2 + 2);
}

static void processor_that_starts_is_new(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);

	write_header(link, 1);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	link->absent = true;
	link->departures++;
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	KUNIT_EXPECT_FALSE(test, link->there);

	mcapi_handshake_expect(link, MCAPI_EXPECT_START);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	write_header(link, 2);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	KUNIT_EXPECT_TRUE(test, link->there);
}

/* Its stop may be noticed only now, and must not end the life that begins. */
static void processor_may_start_before_its_stop_is_noticed(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);

	write_header(link, 1);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	link->absent = true;
	link->departures++;
	mcapi_handshake_expect(link, MCAPI_EXPECT_START);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	write_header(link, 2);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
}

static void processor_that_runs_is_believed(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);

	write_header(link, 1);
	link->absent = true;
	link->departures++;
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	mcapi_handshake_expect(link, MCAPI_EXPECT_RUNNING);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	/* detached, attached */
	link->absent = true;
	link->departures++;
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	mcapi_handshake_expect(link, MCAPI_EXPECT_RUNNING);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
}

/* The core detaches from one that starts again by itself after a crash, and attaches to it. */
static void processor_that_restarts_itself_is_new(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);

	write_header(link, 1);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	link->absent = true;
	link->departures++;
	mcapi_handshake_expect(link, MCAPI_EXPECT_RESTARTED);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_DOWN);
	write_header(link, 2);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
	/* or it is so quick that its header is there before */
	link->absent = true;
	link->departures++;
	write_header(link, 3);
	mcapi_handshake_expect(link, MCAPI_EXPECT_RESTARTED);
	KUNIT_EXPECT_EQ(test, look(link), MCAPI_LINK_UP);
}

/* To forget what the cache has of our own half loses what others wrote to it. */
static void only_words_of_the_peer_are_read_again(struct kunit *test)
{
	struct mcapi_link *link = link_make(test);
	struct mcapi_file file = { .link = link };
	struct mcapi_wait wait = {
		.flags = MCAPI_WAIT_WORD, .word_mask = 1, .word_value = 1,
	};
	u64 half = link->own.side_size;

	for (link->side = 0; link->side < 2; link->side++) {
		wait.word_offset = link->side * half + half - sizeof(u32);
		wait.seq = link->status->seq + 1;
		synced = 0;
		KUNIT_EXPECT_EQ(test, mcapi_wait(&file, &wait), 0);
		KUNIT_EXPECT_EQ(test, synced, 0);

		wait.word_offset = !link->side * half;
		wait.seq = link->status->seq + 1;
		KUNIT_EXPECT_EQ(test, mcapi_wait(&file, &wait), 0);
		KUNIT_EXPECT_GT(test, synced, 0);
	}
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(looks_have_a_pause),
	KUNIT_CASE(processor_that_starts_is_new),
	KUNIT_CASE(processor_may_start_before_its_stop_is_noticed),
	KUNIT_CASE(processor_that_runs_is_believed),
	KUNIT_CASE(processor_that_restarts_itself_is_new),
	KUNIT_CASE(only_words_of_the_peer_are_read_again),
	{ }
};

static struct kunit_suite link_suite = {
	.name = "mcapi-link",
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);

MODULE_DESCRIPTION("KUnit tests of mcapi");
MODULE_LICENSE("GPL");
