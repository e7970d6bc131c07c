// SPDX-License-Identifier: GPL-2.0-only
/*
 * mcapi-test-rproc.c - a remote processor that is none, for tests of links to one
 *
 * It starts with any firmware and does nothing. A number written to its file crash in
 * debugfs makes it crash and start again.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/remoteproc.h>

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
	.start = test_rproc_nothing,
	.stop = test_rproc_nothing,
};

static int test_rproc_probe(struct platform_device *pdev)
{
	struct rproc *rproc;

	rproc = devm_rproc_alloc(&pdev->dev, "mcapi-test", &test_rproc_ops, "mcapi-test-rproc", 0);
	if (!rproc)
		return -ENOMEM;
	rproc->auto_boot = false;
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
