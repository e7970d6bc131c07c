// SPDX-License-Identifier: GPL-2.0-only
/*
 * logic_kunit.c - arguments of ioctls, parts of the window, rates, sequences, controllers
 */
#include <kunit/test.h>

#include "../../mcapi/controller.c"

static const struct {
	const char *name;
	unsigned int cmd;
	size_t least;
	size_t known;
} arguments[] = {
	{ "INFO", MCAPI_IOC_INFO, 104, 136 },
	{ "ATTACH", MCAPI_IOC_ATTACH, 16, 16 },
	{ "WINDOW", MCAPI_IOC_WINDOW, 32, 32 },
	{ "NOTIFY", MCAPI_IOC_NOTIFY, 16, 16 },
	{ "WAIT", MCAPI_IOC_WAIT, 24, 40 },
	{ "NOTIFY_WAIT", MCAPI_IOC_NOTIFY_WAIT, 24, 40 },
	{ "EVENTFD", MCAPI_IOC_EVENTFD, 16, 16 },
	{ "SYNC", MCAPI_IOC_SYNC, 32, 32 },
};

/* Frozen: these numbers are what programs were built with. */
static void sizes_of_arguments_are_frozen(struct kunit *test)
{
	struct mcapi_argument_size sizes;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(arguments); i++) {
		KUNIT_ASSERT_TRUE_MSG(test, mcapi_argument_sizes(arguments[i].cmd, &sizes), "%s",
				      arguments[i].name);
		KUNIT_EXPECT_EQ_MSG(test, sizes.least, arguments[i].least, "%s",
				    arguments[i].name);
		KUNIT_EXPECT_EQ_MSG(test, sizes.known, arguments[i].known, "%s",
				    arguments[i].name);
		KUNIT_EXPECT_EQ(test, mcapi_argument_accepts(&sizes, sizes.least - 1), -EINVAL);
		KUNIT_EXPECT_EQ(test, mcapi_argument_accepts(&sizes, sizes.least), 0);
		KUNIT_EXPECT_EQ(test, mcapi_argument_accepts(&sizes, 4096), 0);
		KUNIT_EXPECT_EQ(test, mcapi_argument_accepts(&sizes, 4097), -E2BIG);
		KUNIT_EXPECT_EQ(test, mcapi_argument_accepts(&sizes, U32_MAX), -E2BIG);
	}
}

static void numbers_of_no_command_are_refused(struct kunit *test)
{
	struct mcapi_argument_size sizes;
	unsigned int nr;

	for (nr = ARRAY_SIZE(arguments); nr < 256; nr++)
		KUNIT_EXPECT_FALSE(test, mcapi_argument_sizes(_IOWR(MCAPI_IOC_MAGIC, nr, u64),
							      &sizes));
	KUNIT_EXPECT_FALSE(test, mcapi_argument_sizes(_IOR(MCAPI_IOC_MAGIC, 0, u64), &sizes));
	KUNIT_EXPECT_FALSE(test, mcapi_argument_sizes(_IO(MCAPI_IOC_MAGIC, 0), &sizes));
	KUNIT_EXPECT_FALSE(test, mcapi_argument_sizes(_IOWR('*', 0, u64), &sizes));
	/* the size in the number does not count */
	KUNIT_EXPECT_TRUE(test, mcapi_argument_sizes(_IOWR(MCAPI_IOC_MAGIC, 0, u8), &sizes));
}

static void extents_hold_only_what_is_inside(struct kunit *test)
{
	const struct mcapi_extent extent = { .offset = 0x1000, .length = 0x1000 };

	KUNIT_EXPECT_TRUE(test, mcapi_extent_contains(&extent, 0x1000, 0x1000));
	KUNIT_EXPECT_TRUE(test, mcapi_extent_contains(&extent, 0x2000, 0));
	KUNIT_EXPECT_TRUE(test, mcapi_extent_contains(&extent, 0x1fff, 1));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, 0xfff, 1));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, 0x1000, 0x1001));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, 0x1fff, 2));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, 0x1001, U64_MAX));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, U64_MAX, 2));
	KUNIT_EXPECT_FALSE(test, mcapi_extent_contains(&extent, 0, U64_MAX));
}

static void sections_and_sides_do_not_overlap(struct kunit *test)
{
	struct mcapi_geometry g;
	struct mcapi_extent section, side;
	u64 end;
	u32 n, which;

	KUNIT_ASSERT_TRUE(test, mcapi_geometry_of(16 << 20, &g));
	for (which = 0; which < 2; which++) {
		side = mcapi_extent_of_side(&g, which);
		end = side.offset + MCAPI_WIRE_GRANULE;
		for (n = 0; n < g.sections; n++) {
			section = mcapi_extent_of_section(&g, which, n);
			KUNIT_EXPECT_EQ(test, section.offset, end);
			KUNIT_EXPECT_TRUE(test, mcapi_extent_contains(&side, section.offset,
								      section.length));
			end = section.offset + section.length;
		}
	}
	section = mcapi_extent_of_section(&g, 1, -1);
	KUNIT_EXPECT_EQ(test, section.length, 0);
}

static void flood_gets_its_share(struct kunit *test)
{
	struct mcapi_rate rate = { };
	int passed = 0;
	u64 now;

	for (now = 0; now < 10ULL * MCAPI_RATE_INTERVAL; now += 1000)
		passed += !mcapi_rate_take(&rate, now, 7);
	KUNIT_EXPECT_EQ(test, passed, 70);
}

/* In all 2^32 doorbells nobody is told of a change of the link that there was not. */
static void stamp_stays_behind_for_ever(struct kunit *test)
{
	u32 stamp = 5, step = 1u << 20, seq = stamp;
	u64 i;

	for (i = 0; i < 2 * (1ULL << 32) / step; i++) {
		seq += step;
		stamp = mcapi_sequence_pull(stamp, seq);
		KUNIT_ASSERT_FALSE(test, mcapi_sequence_is_after(stamp, seq - step));
		KUNIT_ASSERT_TRUE(test, mcapi_sequence_is_after(stamp, seq - (1u << 31) + 1));
		if (i < 1000)
			KUNIT_ASSERT_EQ(test, stamp, 5);
	}
}

/* As a node of the device tree says it, the most specific one first. */
static const struct mcapi_controller *controller_of(const void *compatible, int length,
						    const void *protocols)
{
	/* the protocols of two windows, as the tree stores them */
	struct property modes = {
		.name = "arm,mhuv2-protocols", .value = (void *)protocols, .length = 16,
	};
	struct property kinds = {
		.name = "compatible", .value = (void *)compatible, .length = length,
		.next = protocols ? &modes : NULL,
	};
	struct device_node np = { .name = "mailbox", .properties = &kinds };

	return mcapi_controller_of(&np, "");
}

static void controllers_that_would_misread_us_are_refused(struct kunit *test)
{
	static const char imx8mp[] = "fsl,imx8mp-mu\0fsl,imx6sx-mu";
	static const char scu[] = "fsl,imx8-mu-scu\0fsl,imx8qxp-mu\0fsl,imx6sx-mu";
	static const char unknown[] = "acme,mailbox";
	static const char mhuv2[] = "arm,mhuv2-tx\0arm,primecell";
	const __be32 doorbells[] = { 0, cpu_to_be32(1), 0, cpu_to_be32(3) };
	const __be32 data[] = { 0, cpu_to_be32(1), cpu_to_be32(1), cpu_to_be32(3) };
	const struct mcapi_controller *found;

	if (!IS_ENABLED(CONFIG_OF))
		kunit_skip(test, "no device tree");
	found = controller_of(imx8mp, sizeof(imx8mp), NULL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, found);
	KUNIT_EXPECT_STREQ(test, found->compatible, "fsl,imx6sx-mu");
	KUNIT_EXPECT_TRUE(test, IS_ERR(controller_of(scu, sizeof(scu), NULL)));
	KUNIT_EXPECT_NULL(test, controller_of(unknown, sizeof(unknown), NULL));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, controller_of(mhuv2, sizeof(mhuv2), doorbells));
	KUNIT_EXPECT_TRUE(test, IS_ERR(controller_of(mhuv2, sizeof(mhuv2), data)));
	KUNIT_EXPECT_TRUE(test, IS_ERR(controller_of(mhuv2, sizeof(mhuv2), NULL)));
}

/* The core takes NULL for no message, or for none in flight. */
static void controllers_have_a_message(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mcapi_controllers); i++) {
		const struct mcapi_controller *known = &mcapi_controllers[i];

		if (known->request || known->suits == mcapi_controller_is_no_doorbell)
			continue;
		KUNIT_EXPECT_NOT_NULL_MSG(test, known->message, "%s", known->compatible);
		KUNIT_EXPECT_PTR_NE_MSG(test, known->message, (const void *)-1UL, "%s",
					known->compatible);
	}
}

static struct kunit_case logic_cases[] = {
	KUNIT_CASE(sizes_of_arguments_are_frozen),
	KUNIT_CASE(numbers_of_no_command_are_refused),
	KUNIT_CASE(extents_hold_only_what_is_inside),
	KUNIT_CASE(sections_and_sides_do_not_overlap),
	KUNIT_CASE(flood_gets_its_share),
	KUNIT_CASE(stamp_stays_behind_for_ever),
	KUNIT_CASE(controllers_that_would_misread_us_are_refused),
	KUNIT_CASE(controllers_have_a_message),
	{ }
};

static struct kunit_suite logic_suite = {
	.name = "mcapi-logic",
	.test_cases = logic_cases,
};

kunit_test_suite(logic_suite);

MODULE_DESCRIPTION("KUnit tests of mcapi");
MODULE_LICENSE("GPL");
