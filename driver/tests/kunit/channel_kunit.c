// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel_kunit.c - rings through a mailbox controller that is stepped by hand
 *
 * What stress does not find, because it needs one moment: a request between the
 * receiver's look and the end of the ring in flight.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/mailbox_controller.h>
#include <linux/workqueue.h>

#include "../../mcapi/channel.c"

struct fake {
	struct mbox_controller mbox;
	struct mbox_chan chan;
	struct mcapi_channel channel;
	struct mcapi_controller kind;
	u32 words[16];
	int rings;
	int answer;
	int shutdowns;
	int cut_off;
	const void *message;
};

static int fake_send(struct mbox_chan *chan, void *message)
{
	struct fake *fake = container_of(chan->mbox, struct fake, mbox);

	fake->message = message;
	if (!fake->answer)
		fake->rings++;
	return fake->answer;
}

/* What comes later for a ring in flight finds no client. */
static void fake_shutdown(struct mbox_chan *chan)
{
	struct fake *fake = container_of(chan->mbox, struct fake, mbox);

	fake->shutdowns++;
	fake->cut_off += fake->channel.state.inflight;
}

static bool fake_last_tx_done(struct mbox_chan *chan)
{
	return false;
}

static const struct mbox_chan_ops fake_ops = {
	.send_data = fake_send,
	.shutdown = fake_shutdown,
	.last_tx_done = fake_last_tx_done,
};

static void fake_watch(struct work_struct *work)
{
}

enum fake_done { BY_IRQ, BY_POLL, BY_US };

static struct fake *fake_open(struct kunit *test, enum fake_done done)
{
	/* first, as the last to go: the device's end unregisters the controller in it */
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	/* by the case's name: the kernel may remove that of the last device late */
	struct device *dev = kunit_device_register(test, test->name);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	fake->mbox.dev = dev;
	fake->mbox.ops = &fake_ops;
	fake->mbox.chans = &fake->chan;
	fake->mbox.num_chans = 1;
	fake->mbox.txdone_irq = done == BY_IRQ;
	fake->mbox.txdone_poll = done == BY_POLL;
	fake->mbox.txpoll_period = 1000;
	KUNIT_ASSERT_EQ(test, devm_mbox_controller_register(dev, &fake->mbox), 0);

	fake->words[0] = 1;
	fake->kind.message = fake->words;
	mcapi_channel_init(&fake->channel, NULL, dev, fake_watch);
	fake->channel.controller = &fake->kind;
	KUNIT_ASSERT_EQ(test, mcapi_channel_open(&fake->channel, &fake->chan, 0), 0);
	test->priv = fake;
	return fake;
}

static void channel_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	if (!fake)
		return; /* it could not be opened */
	mcapi_channel_close(&fake->channel);
	cancel_delayed_work_sync(&fake->channel.watch);
}

static bool ring(struct kunit *test, struct fake *fake)
{
	bool merged;

	KUNIT_ASSERT_EQ(test, mcapi_channel_ring(&fake->channel, &merged), 0);
	return merged;
}

/* To drop the second request, because a ring is in flight, loses what it stands for. */
static void request_while_busy_rings_again(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_IRQ);
	u64 rings;

	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
	KUNIT_EXPECT_PTR_EQ(test, fake->message, (const void *)fake->words);

	/* here the receiver looks; what follows it has not seen */
	KUNIT_EXPECT_TRUE(test, ring(test, fake));
	KUNIT_EXPECT_TRUE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
	mbox_chan_txdone(&fake->chan, 0);
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
	KUNIT_EXPECT_TRUE(test, mcapi_channel_is_busy(&fake->channel, &rings));

	mbox_chan_txdone(&fake->chan, 0);
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_busy(&fake->channel, &rings));
	KUNIT_EXPECT_EQ(test, rings, 2);
	KUNIT_EXPECT_EQ(test, fake->channel.coalesced, 2);
}

/* The core keeps a message that the controller refused, and tells nobody. */
static void busy_controller_is_reset(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_IRQ);
	u64 rings;

	fake->answer = -EBUSY;
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 0);
	KUNIT_EXPECT_TRUE(test, mcapi_channel_is_busy(&fake->channel, &rings));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&fake->channel.watch));

	fake->answer = 0;
	KUNIT_ASSERT_EQ(test, mcapi_channel_unstick(&fake->channel), 0);
	KUNIT_EXPECT_EQ(test, fake->shutdowns, 1);
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_busy(&fake->channel, &rings));
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
}

/* A controller that is freed under its ring may still tell of it, to nobody. */
static void ring_that_is_never_done_is_given_up(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_IRQ);
	u64 rings;

	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_TRUE(test, ring(test, fake));
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	KUNIT_EXPECT_TRUE(test, mcapi_channel_is_stalled(&fake->channel));
	KUNIT_ASSERT_EQ(test, mcapi_channel_unstick(&fake->channel), 0);
	KUNIT_EXPECT_EQ(test, fake->shutdowns, 0);
	KUNIT_EXPECT_FALSE(test, fake->channel.served);
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_busy(&fake->channel, &rings));

	/* the late completion of the first one is that of none */
	mbox_chan_txdone(&fake->chan, 0);
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
	mcapi_channel_close(&fake->channel);
	KUNIT_EXPECT_EQ(test, fake->shutdowns, 1);
	KUNIT_EXPECT_EQ(test, fake->cut_off, 0);
}

/* It is in the controller until the peer looks; nothing is lost. */
static void polled_ring_waits_for_the_peer(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_POLL);

	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
}

/* The core would look whether it is done, at a channel that nobody has any more. */
static void polled_ring_is_given_up_before_its_channel(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_POLL);
	int i;

	for (i = 1; i <= 3; i++) {
		KUNIT_EXPECT_FALSE(test, ring(test, fake));
		KUNIT_EXPECT_TRUE(test, ring(test, fake));
		mcapi_channel_close(&fake->channel);
		KUNIT_EXPECT_EQ(test, fake->shutdowns, i);
		KUNIT_EXPECT_EQ(test, fake->cut_off, 0);
		KUNIT_EXPECT_EQ(test, fake->rings, i);
		KUNIT_ASSERT_EQ(test, mcapi_channel_open(&fake->channel, &fake->chan, 0), 0);
		KUNIT_EXPECT_FALSE(test, fake->channel.ticks);
	}
}

static void refused_ring_of_a_polled_channel_stalls(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_POLL);

	fake->answer = -EBUSY;
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	KUNIT_EXPECT_TRUE(test, mcapi_channel_is_stalled(&fake->channel));
	fake->answer = 0;
	KUNIT_ASSERT_EQ(test, mcapi_channel_unstick(&fake->channel), 0);
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
}

static void closed_channel_refuses(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_IRQ);
	bool merged;

	mcapi_channel_close(&fake->channel);
	KUNIT_EXPECT_EQ(test, mcapi_channel_ring(&fake->channel, &merged), -EIO);
}

/* More rings than the core's queue holds: each is done as soon as it is sent. */
static void fire_and_forget_never_fills_the_queue(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_US);
	int i;

	KUNIT_EXPECT_TRUE(test, fake->channel.ticks);
	for (i = 1; i <= 100; i++) {
		KUNIT_EXPECT_FALSE(test, ring(test, fake));
		KUNIT_ASSERT_EQ(test, fake->rings, i);
	}
	KUNIT_EXPECT_EQ(test, fake->channel.refused, 0);
}

/* The core keeps the message for later, and would say that it was sent. */
static void refusal_of_a_ticking_channel_is_told(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_US);
	bool merged;
	int i;

	for (i = 1; i <= 100; i++) {
		fake->answer = -EBUSY;
		KUNIT_ASSERT_EQ(test, mcapi_channel_ring(&fake->channel, &merged), -EIO);
		KUNIT_ASSERT_EQ(test, fake->channel.refused, i);
		KUNIT_ASSERT_EQ(test, fake->rings, i - 1);
		fake->answer = 0;
		KUNIT_ASSERT_FALSE(test, ring(test, fake));
		KUNIT_ASSERT_EQ(test, fake->rings, i);
	}
}

/* If nobody rings again, the watch has to. */
static void refusal_of_a_ticking_channel_stalls(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_US);
	bool merged;

	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&fake->channel.watch));
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	fake->answer = -EBUSY;
	KUNIT_ASSERT_EQ(test, mcapi_channel_ring(&fake->channel, &merged), -EIO);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&fake->channel.watch));
	KUNIT_EXPECT_TRUE(test, mcapi_channel_is_stalled(&fake->channel));
	fake->answer = 0;
	KUNIT_ASSERT_EQ(test, mcapi_channel_unstick(&fake->channel), 0);
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
}

/* The core makes a channel whose client ticked one to be polled, when it is freed. */
static void channel_that_is_opened_again_still_ticks(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_US);

	mcapi_channel_close(&fake->channel);
	KUNIT_ASSERT_EQ(test, mcapi_channel_open(&fake->channel, &fake->chan, 0), 0);
	KUNIT_EXPECT_TRUE(test, fake->channel.ticks);
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_FALSE(test, ring(test, fake));
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
}

/* As one is that could not be opened again after a stall. */
static void closed_ticking_channel_refuses(struct kunit *test)
{
	struct fake *fake = fake_open(test, BY_US);

	mcapi_channel_close(&fake->channel);
	KUNIT_EXPECT_TRUE(test, fake->channel.ticks);
	KUNIT_EXPECT_FALSE(test, mcapi_channel_is_stalled(&fake->channel));
	mcapi_channel_answer(&fake->channel);
	KUNIT_EXPECT_EQ(test, fake->channel.refused, 1);
	KUNIT_EXPECT_EQ(test, fake->rings, 0);
}

static struct kunit_case channel_cases[] = {
	KUNIT_CASE(request_while_busy_rings_again),
	KUNIT_CASE(busy_controller_is_reset),
	KUNIT_CASE(ring_that_is_never_done_is_given_up),
	KUNIT_CASE(polled_ring_waits_for_the_peer),
	KUNIT_CASE(polled_ring_is_given_up_before_its_channel),
	KUNIT_CASE(refused_ring_of_a_polled_channel_stalls),
	KUNIT_CASE(closed_channel_refuses),
	KUNIT_CASE(fire_and_forget_never_fills_the_queue),
	KUNIT_CASE(refusal_of_a_ticking_channel_is_told),
	KUNIT_CASE(refusal_of_a_ticking_channel_stalls),
	KUNIT_CASE(channel_that_is_opened_again_still_ticks),
	KUNIT_CASE(closed_ticking_channel_refuses),
	{ }
};

static struct kunit_suite channel_suite = {
	.name = "mcapi-channel",
	.exit = channel_exit,
	.test_cases = channel_cases,
};

kunit_test_suite(channel_suite);

MODULE_DESCRIPTION("KUnit tests of mcapi");
MODULE_LICENSE("GPL");
