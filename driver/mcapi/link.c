// SPDX-License-Identifier: GPL-2.0-only
/*
 * link.c - comes and goes with the device
 */
#include <linux/ctype.h>
#include <linux/io.h>
#include <linux/mcapi-link.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "link.h"

/* Returns true if the device is here, and keeps it until mcapi_link_leave(). */
bool mcapi_link_enter(struct mcapi_link *link)
{
	down_read(&link->life);
	if (link->live)
		return true;
	up_read(&link->life);
	return false;
}

void mcapi_link_leave(struct mcapi_link *link)
{
	up_read(&link->life);
}

static void mcapi_link_free(struct kref *refs)
{
	struct mcapi_link *link = container_of(refs, struct mcapi_link, refs);

	free_page((unsigned long)link->status);
	kfree(link);
}

void mcapi_link_put(struct mcapi_link *link)
{
	kref_put(&link->refs, mcapi_link_free);
}

static struct mcapi_link *mcapi_link_alloc(struct device *parent)
{
	struct mcapi_link *link;

	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return NULL;
	link->status = (struct mcapi_status *)get_zeroed_page(GFP_KERNEL);
	if (!link->status) {
		kfree(link);
		return NULL;
	}
	kref_init(&link->refs);
	link->parent = parent;
	init_rwsem(&link->life);
	mutex_init(&link->lock);
	spin_lock_init(&link->event_lock);
	INIT_LIST_HEAD(&link->listeners);
	init_waitqueue_head(&link->wq);
	INIT_DELAYED_WORK(&link->handshake, mcapi_handshake_work);
	mutex_init(&link->files_lock);
	INIT_LIST_HEAD(&link->files);
	return link;
}

/* The label becomes a file name: it must be a harmless one. */
static bool mcapi_label_is_harmless(const char *label)
{
	const char *c;

	for (c = label; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.", *c)))
			return false;
	return *label && *label != '.';
}

static int mcapi_link_label(struct mcapi_link *link, struct device *dev, const char *label)
{
	if (!mcapi_label_is_harmless(label) ||
	    strscpy(link->label, label, sizeof(link->label)) < 0)
		return dev_err_probe(dev, -EINVAL,
				     "label must be 1 to %zu of A-Z a-z 0-9 - _ . and not begin with a dot\n",
				     sizeof(link->label) - 1);
	return 0;
}

static int mcapi_link_describe(struct mcapi_link *link, struct device *dev)
{
	const struct mcapi_link_pdata *pdata = dev_get_platdata(dev);
	const char *label;

	if (pdata) {
		link->side = pdata->side;
		link->cached = true;
		return mcapi_link_label(link, dev, pdata->label);
	}
	if (device_property_read_u32(dev, "metamcapi,side", &link->side) || link->side > 1)
		return dev_err_probe(dev, -EINVAL, "metamcapi,side must be 0 or 1\n");
	if (device_property_read_string(dev, "label", &label))
		return dev_err_probe(dev, -EINVAL, "label is missing\n");
	link->cached = device_property_read_bool(dev, "dma-coherent");
	return mcapi_link_label(link, dev, label);
}

/*
 * @ordinary: the kernel itself has the memory mapped, so that it must be cached,
 * and nobody can request it
 */
static int mcapi_link_resource(struct platform_device *pdev, struct resource *window,
			       bool *ordinary)
{
	struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	struct device_node *np;
	int ret;

	*ordinary = false;
	if (res) {
		*window = *res;
		return 0;
	}
	np = of_parse_phandle(pdev->dev.of_node, "memory-region", 0);
	if (!np)
		return dev_err_probe(&pdev->dev, -EINVAL, "neither reg nor memory-region\n");
	ret = of_address_to_resource(np, 0, window);
	*ordinary = !of_property_read_bool(np, "no-map");
	of_node_put(np);
	return ret;
}

static int mcapi_link_memory(struct mcapi_link *link, struct platform_device *pdev)
{
	const struct mcapi_link_pdata *pdata = dev_get_platdata(&pdev->dev);
	struct device *dev = &pdev->dev;
	struct resource window;
	bool ordinary = false;
	int ret;

	if (pdata && pdata->memory) {
		link->window = pdata->memory;
		link->phys = virt_to_phys(pdata->memory);
		link->window_size = pdata->size;
	} else {
		ret = mcapi_link_resource(pdev, &window, &ordinary);
		if (ret)
			return ret;
		link->phys = window.start;
		link->window_size = resource_size(&window);
	}
	if (!mcapi_geometry_of(link->window_size, &link->own) ||
	    !PAGE_ALIGNED(link->phys) || !PAGE_ALIGNED(link->window_size))
		return dev_err_probe(dev, -EINVAL,
				     "window of %zu bytes: must be whole pages, a multiple of %u and not less than %u\n",
				     link->window_size, 2 * MCAPI_WIRE_GRANULE,
				     MCAPI_WIRE_MIN_WINDOW);
	if (link->window)
		return 0;

	link->sync = ordinary && !link->cached;
	link->cached |= ordinary;
	/* The DMA functions of sync.c would do nothing, and nobody would know. */
	if (link->sync && device_get_dma_attr(dev) == DEV_DMA_COHERENT)
		return dev_err_probe(dev, -EINVAL,
				     "window without no-map, where all devices see caches: say dma-coherent if the peer does, too, or dma-noncoherent\n");
	/* by the device's name, which outlives the region; the link may not */
	if (!ordinary &&
	    !devm_request_mem_region(dev, link->phys, link->window_size, dev_name(dev)))
		return dev_err_probe(dev, -EBUSY, "window %pR is in use\n", &window);
	link->window = devm_memremap(dev, link->phys, link->window_size,
				     link->cached ? MEMREMAP_WB : MEMREMAP_WC);
	if (IS_ERR(link->window))
		return dev_err_probe(dev, PTR_ERR(link->window), "cannot map window %pR\n",
				     &window);
	return 0;
}

static void mcapi_link_stop(struct mcapi_link *link)
{
	down_write(&link->life);
	WRITE_ONCE(link->live, false);
	up_write(&link->life);
	synchronize_rcu();
	/* From here on nobody else uses the window or the doorbell. */

	mcapi_remoteproc_close(link);
	mcapi_handshake_stop(link);
	mcapi_doorbell_close(link);
	/* Say so first: who finds zeros in the window then looks at the status page. */
	mcapi_event_set_state(link, MCAPI_LINK_GONE, link->status->peer_epoch);
	mcapi_map_revoke(link);
}

static int mcapi_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct mcapi_link *link;
	int ret;

	link = mcapi_link_alloc(dev);
	if (!link)
		return -ENOMEM;

	ret = mcapi_link_describe(link, dev);
	if (!ret)
		ret = mcapi_link_memory(link, pdev);
	if (!ret)
		ret = mcapi_doorbell_open(link, dev);
	if (ret)
		goto put;
	ret = mcapi_remoteproc_open(link, dev);
	if (ret)
		goto close;

	down_write(&link->life);
	mcapi_handshake_start(link);
	WRITE_ONCE(link->live, true);
	up_write(&link->life);

	ret = mcapi_chrdev_add(link);
	if (ret)
		goto stop;
	platform_set_drvdata(pdev, link);
	mcapi_handshake_schedule(link);
	return 0;

stop:
	mcapi_link_stop(link);
	goto put;
close:
	mcapi_doorbell_close(link);
put:
	mcapi_link_put(link);
	return ret;
}

static void mcapi_remove(struct platform_device *pdev)
{
	struct mcapi_link *link = platform_get_drvdata(pdev);

	mcapi_chrdev_del(link);
	mcapi_link_stop(link);
	mcapi_link_put(link);
}

/* So that the peer need not find out by itself. */
static void mcapi_shutdown(struct platform_device *pdev)
{
	struct mcapi_link *link = platform_get_drvdata(pdev);

	if (mcapi_link_enter(link)) {
		mcapi_handshake_stop(link);
		mcapi_link_leave(link);
	}
}

/*
 * The window and the processes stay as they are; rings of this side are kept for
 * later, those of the peer are lost, or wake the system if the mailbox can.
 */
static int mcapi_suspend(struct device *dev)
{
	mcapi_doorbell_suspend(dev_get_drvdata(dev));
	return 0;
}

static int mcapi_resume(struct device *dev)
{
	struct mcapi_link *link = dev_get_drvdata(dev);

	mcapi_handshake_check(link);
	mcapi_doorbell_resume(link);
	mcapi_handshake_schedule(link);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(mcapi_pm_ops, mcapi_suspend, mcapi_resume);

static const struct of_device_id mcapi_of_match[] = {
	{ .compatible = "metamcapi,shm-link-v1" },
	{ }
};
MODULE_DEVICE_TABLE(of, mcapi_of_match);

static const struct platform_device_id mcapi_ids[] = {
	{ .name = "mcapi-link" },
	{ }
};
MODULE_DEVICE_TABLE(platform, mcapi_ids);

static struct platform_driver mcapi_driver = {
	.driver = {
		.name = "mcapi-link",
		.of_match_table = mcapi_of_match,
		.pm = pm_sleep_ptr(&mcapi_pm_ops),
	},
	.probe = mcapi_probe,
	.mcapi_op_remove = mcapi_remove,
	.shutdown = mcapi_shutdown,
	.id_table = mcapi_ids,
};

static int __init mcapi_init(void)
{
	int ret;

	/* The wire format is little-endian, and only such processors run this. */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_CPU_BIG_ENDIAN));

	ret = mcapi_chrdev_init();
	if (ret)
		return ret;
	ret = platform_driver_register(&mcapi_driver);
	if (ret)
		mcapi_chrdev_exit();
	return ret;
}
module_init(mcapi_init);

static void __exit mcapi_exit(void)
{
	platform_driver_unregister(&mcapi_driver);
	mcapi_chrdev_exit();
}
module_exit(mcapi_exit);

MODULE_DESCRIPTION("Shared memory and a doorbell between two processors, for MCAPI");
MODULE_LICENSE("GPL");
