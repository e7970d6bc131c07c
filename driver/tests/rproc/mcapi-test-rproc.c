// SPDX-License-Identifier: GPL-2.0-only
/*
 * mcapi-test-rproc.c - a remote processor that is none, for tests of links to one
 *
 * It starts with any firmware and does nothing. A number written to its file crash in
 * debugfs makes it crash and start again. While the module's parameter hold is set it
 * does not end starting, as if its firmware were quicker than its driver.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/remoteproc.h>

static bool attached;
module_param(attached, bool, 0444);
MODULE_PARM_DESC(attached, "It runs already, as if a boot loader had started it");

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "Do not end starting");

static bool starting;
module_param(starting, bool, 0444);
MODULE_PARM_DESC(starting, "It does, at present");

static int test_rproc_start(struct rproc *rproc)
{
	WRITE_ONCE(starting, true);
	while (READ_ONCE(hold))
		msleep(20);
	WRITE_ONCE(starting, false);
	return 0;
}

static int test_rproc_load(struct rproc *rproc, const struct firmware *firmware)
{
	return 0;
}

static int test_rproc_nothing(struct rproc *rproc)
{
	return 0;
}

static const struct rproc_ops test_rproc_ops = {
	.load = test_rproc_load,
	.start = test_rproc_start,
	.stop = test_rproc_nothing,
	.attach = test_rproc_nothing,
	.detach = test_rproc_nothing,
};

static int test_rproc_probe(struct platform_device *pdev)
{
	struct rproc *rproc;

	rproc = devm_rproc_alloc(&pdev->dev, "mcapi-test", &test_rproc_ops, "mcapi-test-rproc", 0);
	if (!rproc)
		return -ENOMEM;
	rproc->auto_boot = false;
	if (attached) {
		rproc->state = RPROC_DETACHED;
		/* nobody here can load it, so it starts again by itself */
		set_bit(RPROC_FEAT_ATTACH_ON_RECOVERY, rproc->features);
	}
	return devm_rproc_add(&pdev->dev, rproc);
}

static const struct of_device_id test_rproc_of_match[] = {
	{ .compatible = "metamcapi,test-rproc" },
	{ }
};
MODULE_DEVICE_TABLE(of, test_rproc_of_match);

static struct platform_driver test_rproc_driver = {
	.driver = {
		.name = "mcapi-test-rproc",
		.of_match_table = test_rproc_of_match,
	},
	.probe = test_rproc_probe,
};
module_platform_driver(test_rproc_driver);

MODULE_DESCRIPTION("A remote processor that is none");
MODULE_LICENSE("GPL");
