// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbell_kunit.c - answers to doorbells that the mailbox refuses or never completes,
 * rings that are asked for while the system sleeps, and too many of them
 *
 * The link is one without window or file; its controller has a channel that rings and
 * one that is rung and answers, and is stepped by hand.
 */
#define NOTRACE /* the tracepoints are the driver's */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/mailbox_controller.h>

#include "../../mcapi/channel.c"
#include "../../mcapi/doorbell.c"

static const u32 words[16] = { 1 };
static const struct mcapi_controller kind = { .message = words, .rx_ack = true };
static const struct mcapi_controller late = { .message = words, .late_clear = true };

struct fake {
	struct mbox_controller mbox;
	struct mbox_chan chans[2];
	struct mcapi_link_pdata pdata;
	struct mcapi_link link;
	struct mcapi_channel *rx;
	int rings;
	int answers;
	int refuses;
	int no_startup;
	int rings_at_startup;
	int wakes;
};

const struct mcapi_controller *mcapi_controller_find(struct device *dev,
						     const struct device_node *np,
						     const char *name)
{
	return &kind;
}

bool mcapi_handshake_needed(struct mcapi_link *link)
{
	return false;
}

void mcapi_handshake_schedule(struct mcapi_link *link)
{
}

void mcapi_event_raise(struct mcapi_link *link, u32 events)
{
	container_of(link, struct fake, link)->wakes++;
}

static int fake_send(struct mbox_chan *chan, void *message)
{
	struct fake *fake = container_of(chan->mbox, struct fake, mbox);

	if (!fake->refuses && chan == &fake->chans[1])
		fake->answers++;
	else if (!fake->refuses)
		fake->rings++;
	return fake->refuses;
}

static int fake_startup(struct mbox_chan *chan)
{
	struct fake *fake = container_of(chan->mbox, struct fake, mbox);

	if (fake->rings_at_startup && chan == &fake->chans[1])
		mbox_chan_received_data(chan, NULL);
	irq_work_sync(&fake->link.event);
	return fake->no_startup;
}

static void fake_shutdown(struct mbox_chan *chan)
{
}

static const struct mbox_chan_ops fake_ops = {
	.send_data = fake_send,
	.startup = fake_startup,
	.shutdown = fake_shutdown,
};

static void fake_handshake(struct work_struct *work)
{
}

static struct fake *fake_open_rung(struct kunit *test, int rings_at_startup)
{
	/* first, as the last to go: the device's end unregisters the controller in it */
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct device *dev = kunit_device_register(test, test->name);
	struct mcapi_doorbell *bell;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	fake->mbox.dev = dev;
	fake->mbox.ops = &fake_ops;
	fake->mbox.chans = fake->chans;
	fake->mbox.num_chans = ARRAY_SIZE(fake->chans);
	fake->mbox.txdone_irq = true;
	fake->rings_at_startup = rings_at_startup;
	KUNIT_ASSERT_EQ(test, devm_mbox_controller_register(dev, &fake->mbox), 0);

	fake->link.parent = dev;
	init_rwsem(&fake->link.life);
	INIT_DELAYED_WORK(&fake->link.handshake, fake_handshake);
	fake->pdata.chan = &fake->chans[0];
	dev->platform_data = &fake->pdata;
	KUNIT_ASSERT_EQ(test, mcapi_doorbell_open(&fake->link, dev), 0);
	test->priv = fake;

	/* as the device tree can say, and platform data cannot */
	bell = &fake->link.bell;
	bell->tx.client.rx_callback = NULL;
	bell->rx.client.rx_callback = mcapi_doorbell_received;
	bell->rx.controller = &kind;
	KUNIT_ASSERT_EQ(test, mcapi_channel_open(&bell->rx, &fake->chans[1], 0), 0);
	mcapi_doorbell_answer_by(&fake->link, &bell->rx);
	fake->rx = &bell->rx;
	fake->link.live = true;
	return fake;
}

/* One whose first answer, which is to none, is done. */
static struct fake *fake_open(struct kunit *test)
{
	struct fake *fake = fake_open_rung(test, 0);

	mbox_chan_txdone(&fake->chans[1], 0);
	cancel_delayed_work_sync(&fake->rx->watch);
	fake->rx->served = false;
	fake->answers = 0;
	return fake;
}

static void doorbell_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	if (!fake)
		return; /* it could not be opened */
	fake->link.live = false;
	mcapi_doorbell_close(&fake->link);
}

/* The peer rings. Returns how often it was answered so far. */
static int answers(struct fake *fake)
{
	mbox_chan_received_data(&fake->chans[1], NULL);
	irq_work_sync(&fake->link.event);
	return fake->answers;
}

/* Time passes: the first look sees what is in flight, the second that it still is. */
static void watch_looks_twice(struct fake *fake)
{
	flush_delayed_work(&fake->rx->watch);
	flush_delayed_work(&fake->rx->watch);
}

/* Where each doorbell wants an answer, the peer could not ring again. */
static void doorbell_while_the_channel_opens_is_answered(struct kunit *test)
{
	struct fake *fake = fake_open_rung(test, 1);

	KUNIT_EXPECT_EQ(test, fake->answers, 1);
	mbox_chan_txdone(&fake->chans[1], 0);
	KUNIT_EXPECT_EQ(test, answers(fake), 2);
}

/* The doorbell that was held back is not cleared yet when its sleepers look. */
static void late_clear_is_made_up_for_after_a_pause_too(struct kunit *test)
{
	struct fake *fake = fake_open(test);
	struct mcapi_doorbell *bell = &fake->link.bell;

	bell->controller = &late;
	bell->delayed = true;
	fake->wakes = 0;
	KUNIT_EXPECT_EQ(test, mcapi_doorbell_timer(&bell->timer), HRTIMER_NORESTART);
	while (hrtimer_active(&bell->timer))
		usleep_range(20, 50);
	KUNIT_EXPECT_EQ(test, fake->wakes, 2);
}

static void refused_answer_is_made_up_for(struct kunit *test)
{
	struct fake *fake = fake_open(test);
	struct mcapi_info info;

	fake->refuses = -EBUSY;
	KUNIT_EXPECT_EQ(test, answers(fake), 0);
	fake->refuses = 0;
	KUNIT_EXPECT_EQ(test, answers(fake), 0);

	watch_looks_twice(fake);
	KUNIT_EXPECT_EQ(test, fake->answers, 1);
	mbox_chan_txdone(&fake->chans[1], 0);
	KUNIT_EXPECT_EQ(test, answers(fake), 2);
	mcapi_doorbell_describe(&fake->link, &info);
	KUNIT_EXPECT_EQ(test, info.stalls, 1);
}

static void answer_that_is_never_done_is_repeated(struct kunit *test)
{
	struct fake *fake = fake_open(test);

	KUNIT_EXPECT_EQ(test, answers(fake), 1);
	KUNIT_EXPECT_EQ(test, answers(fake), 1);
	watch_looks_twice(fake);
	KUNIT_EXPECT_EQ(test, fake->answers, 2);
	mbox_chan_txdone(&fake->chans[1], 0);
	KUNIT_EXPECT_EQ(test, answers(fake), 3);
}

static void answers_that_are_done_are_left_alone(struct kunit *test)
{
	struct fake *fake = fake_open(test);
	int i;

	for (i = 1; i <= 10; i++) {
		KUNIT_EXPECT_EQ(test, answers(fake), i);
		flush_delayed_work(&fake->rx->watch);
		mbox_chan_txdone(&fake->chans[1], 0);
	}
	KUNIT_EXPECT_EQ(test, fake->link.bell.stalls, 0);
}

/* The controller may be off until the system is awake. */
static void sleep_puts_the_watch_off(struct kunit *test)
{
	struct fake *fake = fake_open(test);

	KUNIT_EXPECT_EQ(test, answers(fake), 1);
	mcapi_doorbell_suspend(&fake->link);
	watch_looks_twice(fake);
	KUNIT_EXPECT_EQ(test, fake->answers, 1);
	mcapi_doorbell_resume(&fake->link);
	watch_looks_twice(fake);
	KUNIT_EXPECT_EQ(test, fake->answers, 2);
}

/* Then no process runs, so the driver itself asks, as when it acknowledges a peer's start. */
static void ring_asked_for_in_sleep_goes_out_once_after_it(struct kunit *test)
{
	struct fake *fake = fake_open(test);
	bool merged;

	KUNIT_EXPECT_EQ(test, mcapi_doorbell_ring(&fake->link, &merged), 0);
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
	mbox_chan_txdone(&fake->chans[0], 0);

	mcapi_doorbell_suspend(&fake->link);
	KUNIT_EXPECT_EQ(test, mcapi_doorbell_ring(&fake->link, &merged), 0);
	KUNIT_EXPECT_TRUE(test, merged);
	KUNIT_EXPECT_EQ(test, mcapi_doorbell_ring(&fake->link, &merged), 0);
	KUNIT_EXPECT_EQ(test, fake->rings, 1);
	mcapi_doorbell_resume(&fake->link);
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
	mbox_chan_txdone(&fake->chans[0], 0);

	/* and is forgotten then */
	mcapi_doorbell_suspend(&fake->link);
	mcapi_doorbell_resume(&fake->link);
	KUNIT_EXPECT_EQ(test, fake->rings, 2);
}

/* Nothing comes by the channel any more; what was on its way finds it closed. */
static void channel_that_cannot_be_reset_is_refused(struct kunit *test)
{
	struct fake *fake = fake_open(test);
	struct mcapi_info before, after;

	fake->refuses = -EBUSY;
	KUNIT_EXPECT_EQ(test, answers(fake), 0);
	fake->no_startup = -EIO;
	watch_looks_twice(fake);
	KUNIT_EXPECT_NULL(test, fake->rx->chan);
	mcapi_doorbell_describe(&fake->link, &before);
	mcapi_doorbell_received(&fake->rx->client, NULL);
	irq_work_sync(&fake->link.event);
	mcapi_doorbell_describe(&fake->link, &after);
	KUNIT_EXPECT_EQ(test, fake->answers, 0);
	KUNIT_EXPECT_EQ(test, after.refused, before.refused + 1);
}

/* A controller that can keep a peer's interrupt away does so until the timer wakes. */
static void flood_is_held_off(struct kunit *test)
{
	static const struct mcapi_controller with_presence = { .message = words, .presence = true };
	struct mailbox_ivshmem_event event = { .what = MAILBOX_IVSHMEM_RING };
	struct fake *fake = fake_open(test);
	unsigned int old = max_rate;
	struct mcapi_info info;
	int i;

	fake->link.bell.controller = &with_presence;
	max_rate = 1;
	for (i = 0; i < 100000 && !event.hold_ns; i++)
		mcapi_doorbell_received(&fake->rx->client, &event);
	max_rate = old;
	KUNIT_EXPECT_GT(test, event.hold_ns, 0);
	KUNIT_EXPECT_LE(test, event.hold_ns, MCAPI_RATE_INTERVAL);
	mcapi_doorbell_describe(&fake->link, &info);
	KUNIT_EXPECT_EQ(test, info.throttled, 1);
	KUNIT_EXPECT_EQ(test, info.received, i);

	for (i = 0; i < 1000 && READ_ONCE(fake->link.bell.delayed); i++)
		msleep(20);
	hrtimer_cancel(&fake->link.bell.timer);
	irq_work_sync(&fake->link.event);
	KUNIT_EXPECT_FALSE(test, fake->link.bell.delayed);
	KUNIT_EXPECT_GE(test, fake->wakes, 2);
}

static struct kunit_case doorbell_cases[] = {
	KUNIT_CASE(doorbell_while_the_channel_opens_is_answered),
	KUNIT_CASE(late_clear_is_made_up_for_after_a_pause_too),
	KUNIT_CASE(refused_answer_is_made_up_for),
	KUNIT_CASE(answer_that_is_never_done_is_repeated),
	KUNIT_CASE(answers_that_are_done_are_left_alone),
	KUNIT_CASE(sleep_puts_the_watch_off),
	KUNIT_CASE(ring_asked_for_in_sleep_goes_out_once_after_it),
	KUNIT_CASE(channel_that_cannot_be_reset_is_refused),
	KUNIT_CASE(flood_is_held_off),
	{ }
};

static struct kunit_suite doorbell_suite = {
	.name = "mcapi-doorbell",
	.exit = doorbell_exit,
	.test_cases = doorbell_cases,
};

kunit_test_suite(doorbell_suite);

MODULE_DESCRIPTION("KUnit tests of mcapi");
MODULE_LICENSE("GPL");
