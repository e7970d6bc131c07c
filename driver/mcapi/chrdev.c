// SPDX-License-Identifier: GPL-2.0-only
/*
 * chrdev.c - /dev/mcapiN and /sys/class/mcapi/mcapiN
 *
 * Device, class and character device are the kernel's own objects, which it may
 * release at leisure, even after this module is gone; none of them holds a link.
 */
#include <linux/cdev.h>
#include <linux/idr.h>

#include "link.h"

#define MCAPI_LINKS	256

static DEFINE_MUTEX(mcapi_links_lock); /* protects mcapi_links */
static DEFINE_IDR(mcapi_links);
static struct class *mcapi_class;
static dev_t mcapi_devt;

/* The caller must give the link back by mcapi_link_put(). */
struct mcapi_link *mcapi_chrdev_find(unsigned int minor)
{
	struct mcapi_link *link;

	mutex_lock(&mcapi_links_lock);
	link = idr_find(&mcapi_links, minor);
	if (link)
		kref_get(&link->refs);
	mutex_unlock(&mcapi_links_lock);
	return link;
}

static int mcapi_uevent(mcapi_uevent_dev *dev, struct kobj_uevent_env *env)
{
	const struct mcapi_link *link = dev_get_drvdata(dev);

	return add_uevent_var(env, "MCAPI_LABEL=%s", link->label);
}

int mcapi_chrdev_add(struct mcapi_link *link)
{
	struct device *dev;
	int ret;

	mutex_lock(&mcapi_links_lock);
	ret = idr_alloc(&mcapi_links, link, 0, MCAPI_LINKS, GFP_KERNEL);
	mutex_unlock(&mcapi_links_lock);
	if (ret < 0)
		return ret;
	link->devt = MKDEV(MAJOR(mcapi_devt), ret);

	ret = -ENOMEM;
	link->cdev = cdev_alloc();
	if (!link->cdev)
		goto no_cdev;
	link->cdev->owner = THIS_MODULE;
	link->cdev->ops = &mcapi_fops;
	ret = cdev_add(link->cdev, link->devt, 1);
	if (ret) {
		kobject_put(&link->cdev->kobj);
		goto no_cdev;
	}
	dev = device_create(mcapi_class, link->parent, link->devt, link, "mcapi%u",
			    MINOR(link->devt));
	if (!IS_ERR(dev))
		return 0;

	ret = PTR_ERR(dev);
	cdev_del(link->cdev);
no_cdev:
	mutex_lock(&mcapi_links_lock);
	idr_remove(&mcapi_links, MINOR(link->devt));
	mutex_unlock(&mcapi_links_lock);
	return ret;
}

/* The number is free again, even if the link still has open files. */
void mcapi_chrdev_del(struct mcapi_link *link)
{
	device_destroy(mcapi_class, link->devt);
	cdev_del(link->cdev);
	mutex_lock(&mcapi_links_lock);
	idr_remove(&mcapi_links, MINOR(link->devt));
	mutex_unlock(&mcapi_links_lock);
}

int mcapi_chrdev_init(void)
{
	int ret;

	ret = alloc_chrdev_region(&mcapi_devt, 0, MCAPI_LINKS, "mcapi");
	if (ret)
		return ret;
	mcapi_class = mcapi_class_create("mcapi");
	if (IS_ERR(mcapi_class)) {
		unregister_chrdev_region(mcapi_devt, MCAPI_LINKS);
		return PTR_ERR(mcapi_class);
	}
	mcapi_class->dev_groups = mcapi_groups;
	mcapi_class->dev_uevent = mcapi_uevent;
	return 0;
}

void mcapi_chrdev_exit(void)
{
	class_destroy(mcapi_class);
	unregister_chrdev_region(mcapi_devt, MCAPI_LINKS);
	idr_destroy(&mcapi_links);
}
