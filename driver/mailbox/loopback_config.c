// SPDX-License-Identifier: GPL-2.0-only
/*
 * loopback_config.c - pairs by configfs
 *
 * mkdir /sys/kernel/config/mailbox-loopback/<name> makes one, its attributes say
 * how it shall behave, and "1" in live brings it to life. Knobs cannot be turned
 * while it lives.
 */
#include <linux/configfs.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "loopback.h"

/**
 * struct loopback_config - a folder in configfs
 * @item: it
 * @lock: protects the following
 * @pdata: what the pair will be
 * @pdev: the pair, or NULL
 */
struct loopback_config {
	struct config_item item;
	struct mutex lock; /* see above */
	struct loopback_pdata pdata;
	struct platform_device *pdev;
};

static const char * const loopback_txdone_names[] = { "irq", "poll", "ack", NULL };
static const char * const loopback_irq_names[] = { "hard", "thread", NULL };

static struct loopback_config *loopback_config_of(struct config_item *item)
{
	return container_of(item, struct loopback_config, item);
}

/* Sets a number: that of a name if there are names, else one up to @max. */
static ssize_t loopback_knob_store(struct loopback_config *config, u32 *knob, const char *page,
				   size_t count, const char * const *names, u32 max)
{
	u32 value;
	int ret;

	if (names) {
		ret = __sysfs_match_string(names, -1, page);
		value = ret;
		if (ret < 0)
			return ret;
	} else {
		ret = kstrtou32(page, 0, &value);
		if (ret)
			return ret;
		if (value > max)
			return -EINVAL;
	}

	mutex_lock(&config->lock);
	if (config->pdev)
		ret = -EBUSY;
	else
		*knob = value;
	mutex_unlock(&config->lock);
	return ret < 0 ? ret : count;
}

#define LOOPBACK_KNOB(_name, _max)							\
static ssize_t loopback_##_name##_show(struct config_item *item, char *page)		\
{											\
	return sysfs_emit(page, "%u\n", loopback_config_of(item)->pdata.knobs._name);	\
}											\
											\
static ssize_t loopback_##_name##_store(struct config_item *item, const char *page,	\
					size_t count)					\
{											\
	struct loopback_config *config = loopback_config_of(item);			\
											\
	return loopback_knob_store(config, &config->pdata.knobs._name, page, count,	\
				   NULL, _max);						\
}											\
CONFIGFS_ATTR(loopback_, _name)

#define LOOPBACK_CHOICE(_name)								\
static ssize_t loopback_##_name##_show(struct config_item *item, char *page)		\
{											\
	u32 value = loopback_config_of(item)->pdata.knobs._name;			\
											\
	return sysfs_emit(page, "%s\n", loopback_##_name##_names[value]);		\
}											\
											\
static ssize_t loopback_##_name##_store(struct config_item *item, const char *page,	\
					size_t count)					\
{											\
	struct loopback_config *config = loopback_config_of(item);			\
											\
	return loopback_knob_store(config, &config->pdata.knobs._name, page, count,	\
				   loopback_##_name##_names, 0);			\
}											\
CONFIGFS_ATTR(loopback_, _name)

LOOPBACK_CHOICE(txdone);
LOOPBACK_CHOICE(irq);
LOOPBACK_KNOB(delay_us, 1000000);
LOOPBACK_KNOB(late_clear, 1);
LOOPBACK_KNOB(drop_every, U32_MAX);
LOOPBACK_KNOB(busy_every, U32_MAX);
LOOPBACK_KNOB(payload_check, 1);
LOOPBACK_KNOB(size_kib, 1 << 20);

static ssize_t loopback_bad_payloads_show(struct config_item *item, char *page)
{
	struct loopback_config *config = loopback_config_of(item);
	const struct loopback *lb;
	int bad = 0;

	mutex_lock(&config->lock);
	if (config->pdev) {
		lb = platform_get_drvdata(config->pdev);
		bad = atomic_read(&lb->bad_payloads);
	}
	mutex_unlock(&config->lock);
	return sysfs_emit(page, "%d\n", bad);
}
CONFIGFS_ATTR_RO(loopback_, bad_payloads);

static ssize_t loopback_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", !!READ_ONCE(loopback_config_of(item)->pdev));
}

static ssize_t loopback_live_store(struct config_item *item, const char *page, size_t count)
{
	struct loopback_config *config = loopback_config_of(item);
	struct platform_device *pdev;
	bool live;
	int ret;

	ret = kstrtobool(page, &live);
	if (ret)
		return ret;

	mutex_lock(&config->lock);
	if (live && !config->pdev) {
		pdev = loopback_add(&config->pdata);
		if (IS_ERR(pdev))
			ret = PTR_ERR(pdev);
		else
			config->pdev = pdev;
	} else if (!live && config->pdev) {
		platform_device_unregister(config->pdev);
		config->pdev = NULL;
	}
	mutex_unlock(&config->lock);
	return ret ?: count;
}
CONFIGFS_ATTR(loopback_, live);

static struct configfs_attribute *loopback_attrs[] = {
	&loopback_attr_txdone,
	&loopback_attr_irq,
	&loopback_attr_delay_us,
	&loopback_attr_late_clear,
	&loopback_attr_drop_every,
	&loopback_attr_busy_every,
	&loopback_attr_payload_check,
	&loopback_attr_size_kib,
	&loopback_attr_bad_payloads,
	&loopback_attr_live,
	NULL
};

static void loopback_config_release(struct config_item *item)
{
	struct loopback_config *config = loopback_config_of(item);

	platform_device_unregister(config->pdev);
	mutex_destroy(&config->lock);
	kfree(config);
}

static struct configfs_item_operations loopback_item_ops = {
	.release = loopback_config_release,
};

static const struct config_item_type loopback_item_type = {
	.ct_item_ops = &loopback_item_ops,
	.ct_attrs = loopback_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *loopback_config_make(struct config_group *group, const char *name)
{
	struct loopback_config *config;

	if (strlen(name) >= sizeof(config->pdata.name))
		return ERR_PTR(-ENAMETOOLONG);
	config = kzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return ERR_PTR(-ENOMEM);
	mutex_init(&config->lock);
	strscpy(config->pdata.name, name, sizeof(config->pdata.name));
	config->pdata.knobs = loopback_defaults;
	config_item_init_type_name(&config->item, name, &loopback_item_type);
	return &config->item;
}

static struct configfs_group_operations loopback_group_ops = {
	.make_item = loopback_config_make,
};

static const struct config_item_type loopback_group_type = {
	.ct_group_ops = &loopback_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem loopback_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "mailbox-loopback",
			.ci_type = &loopback_group_type,
		},
	},
};

int loopback_config_init(void)
{
	config_group_init(&loopback_subsystem.su_group);
	mutex_init(&loopback_subsystem.su_mutex);
	return configfs_register_subsystem(&loopback_subsystem);
}

void loopback_config_exit(void)
{
	configfs_unregister_subsystem(&loopback_subsystem);
	mutex_destroy(&loopback_subsystem.su_mutex);
}
