// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c - an open /dev/mcapiN: what it may do and what it has
 */
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "link.h"

static int mcapi_open(struct inode *inode, struct file *filp)
{
	struct mcapi_link *link = mcapi_chrdev_find(iminor(inode));
	struct mcapi_file *file;

	if (!link)
		return -ENODEV;
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file) {
		mcapi_link_put(link);
		return -ENOMEM;
	}
	file->link = link;
	file->filp = filp;
	file->section = -1;
	file->seq = READ_ONCE(link->status->seq);
	INIT_LIST_HEAD(&file->listener);
	mutex_init(&file->lock);
	filp->private_data = file;
	mutex_lock(&link->files_lock);
	list_add(&file->node, &link->files);
	mutex_unlock(&link->files_lock);
	return nonseekable_open(inode, filp);
}

static int mcapi_release(struct inode *inode, struct file *filp)
{
	struct mcapi_file *file = filp->private_data;
	struct mcapi_link *link = file->link;

	mutex_lock(&link->files_lock);
	list_del(&file->node);
	mutex_unlock(&link->files_lock);
	mcapi_event_listen(file, NULL, 0);

	if (file->section >= 0 && mcapi_link_enter(link)) {
		mutex_lock(&link->lock);
		mcapi_section_release(link, file->section);
		mutex_unlock(&link->lock);
		mcapi_link_leave(link);
	}
	free_page(file->grave);
	kfree(file);
	mcapi_link_put(link);
	return 0;
}

static ssize_t mcapi_read(struct file *filp, char __user *to, size_t count, loff_t *pos)
{
	struct mcapi_file *file = filp->private_data;
	struct mcapi_event event;
	struct mcapi_status now;
	u32 seq;
	int ret;

	if (count < sizeof(event))
		return -EINVAL;
	do {
		seq = READ_ONCE(file->seq);
		/* a deadline in the past only looks */
		ret = mcapi_wait_for_event(file->link, seq,
					   filp->f_flags & O_NONBLOCK ? 0 : -1);
		if (ret)
			return ret == -ETIMEDOUT ? -EAGAIN : ret;
		event.events = mcapi_event_since(file->link, seq, &now);
		/* Each event goes to one reader: if another took it, sleep again. */
	} while (cmpxchg(&file->seq, seq, now.seq) != seq);

	event.seq = now.seq;
	event.link_state = now.link_state;
	event.peer_epoch = now.peer_epoch;
	return copy_to_user(to, &event, sizeof(event)) ? -EFAULT : sizeof(event);
}

static __poll_t mcapi_poll(struct file *filp, poll_table *table)
{
	struct mcapi_file *file = filp->private_data;
	struct mcapi_link *link = file->link;
	__poll_t mask = 0;

	poll_wait(filp, &link->wq, table);
	if (!READ_ONCE(link->live))
		mask |= EPOLLERR | EPOLLHUP;
	if (READ_ONCE(link->status->seq) != READ_ONCE(file->seq))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

const struct file_operations mcapi_fops = {
	.owner = THIS_MODULE,
	.open = mcapi_open,
	.release = mcapi_release,
	.read = mcapi_read,
	.poll = mcapi_poll,
	.mmap = mcapi_map,
	.unlocked_ioctl = mcapi_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
