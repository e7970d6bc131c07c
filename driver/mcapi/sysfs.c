// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs.c - /sys/class/mcapi/mcapiN: who is at the other end, and counters
 */
#include <linux/sysfs.h>

#include "link.h"

static ssize_t label_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mcapi_link *link = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", link->label);
}
static DEVICE_ATTR_RO(label);

static ssize_t link_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[MCAPI_LINK_DOWN] = "down",
		[MCAPI_LINK_UP] = "up",
		[MCAPI_LINK_MISMATCH] = "mismatch",
		[MCAPI_LINK_GONE] = "gone",
	};
	struct mcapi_link *link = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", names[READ_ONCE(link->status->link_state)]);
}
static DEVICE_ATTR_RO(link_state);

static struct attribute *mcapi_attrs[] = {
	&dev_attr_label.attr,
	&dev_attr_link_state.attr,
	NULL
};

static const struct attribute_group mcapi_group = {
	.attrs = mcapi_attrs,
};

#define MCAPI_COUNTER(_name)								\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct mcapi_link *link = dev_get_drvdata(dev);					\
	struct mcapi_info info;								\
											\
	if (!mcapi_link_enter(link))							\
		return -ENODEV;								\
	mcapi_doorbell_describe(link, &info);						\
	mcapi_link_leave(link);								\
	return sysfs_emit(buf, "%llu\n", info._name);					\
}											\
static DEVICE_ATTR_RO(_name)

MCAPI_COUNTER(rings);
MCAPI_COUNTER(coalesced);
MCAPI_COUNTER(refused);
MCAPI_COUNTER(stalls);
MCAPI_COUNTER(received);
MCAPI_COUNTER(throttled);

static struct attribute *mcapi_counter_attrs[] = {
	&dev_attr_rings.attr,
	&dev_attr_coalesced.attr,
	&dev_attr_refused.attr,
	&dev_attr_stalls.attr,
	&dev_attr_received.attr,
	&dev_attr_throttled.attr,
	NULL
};

static const struct attribute_group mcapi_counter_group = {
	.name = "statistics",
	.attrs = mcapi_counter_attrs,
};

const struct attribute_group *mcapi_groups[] = {
	&mcapi_group,
	&mcapi_counter_group,
	NULL
};
