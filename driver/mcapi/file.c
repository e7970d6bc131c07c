// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c - an open /dev/mcapiN: what it may do and what it has
 */
#include <linux/hrtimer.h>
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

static int mcapi_info(struct mcapi_file *file, struct mcapi_info *info)
{
	struct mcapi_link *link = file->link;
	struct mcapi_status now;

	if (info->flags)
		return -EINVAL;
	if (!mcapi_link_enter(link))
		return -ENODEV;

	mcapi_event_since(link, 0, &now);
	mcapi_doorbell_count(link, info);
	info->abi = MCAPI_ABI_VERSION;
	info->side = link->side;
	info->link_state = now.link_state;
	info->local_epoch = now.local_epoch;
	info->peer_epoch = now.peer_epoch;
	info->sections = link->own.sections;
	info->section_size = link->own.section_size;
	info->window_size = link->window_size;
	strscpy_pad(info->name, link->label, sizeof(info->name));
	mcapi_link_leave(link);
	return 0;
}

static int mcapi_attach(struct mcapi_file *file, struct mcapi_attach *attach)
{
	struct mcapi_link *link = file->link;
	int ret;

	if (attach->flags)
		return -EINVAL;
	if ((file->filp->f_mode & (FMODE_READ | FMODE_WRITE)) != (FMODE_READ | FMODE_WRITE))
		return -EPERM;
	if (!mcapi_link_enter(link))
		return -ENODEV;

	mutex_lock(&file->lock);
	if (file->section >= 0) {
		ret = -EBUSY;
		goto out;
	}
	if (!file->grave)
		file->grave = get_zeroed_page(GFP_KERNEL);
	if (!file->grave) {
		ret = -ENOMEM;
		goto out;
	}

	mutex_lock(&link->lock);
	ret = mcapi_section_attach(link, &attach->epoch);
	mutex_unlock(&link->lock);
	if (ret < 0)
		goto out;
	file->section = ret;
	attach->section = ret;
	ret = 0;
out:
	mutex_unlock(&file->lock);
	mcapi_link_leave(link);
	return ret;
}

static int mcapi_window(struct mcapi_file *file, struct mcapi_window *window)
{
	int ret = -ENODEV;

	if (window->flags)
		return -EINVAL;
	if (mcapi_link_enter(file->link)) {
		ret = mcapi_map_cookie(file, window);
		mcapi_link_leave(file->link);
	}
	return ret;
}

static int mcapi_notify(struct mcapi_file *file, struct mcapi_notify *notify)
{
	bool merged = false;
	int ret;

	if (notify->flags || notify->reserved)
		return -EINVAL;
	if (!(file->filp->f_mode & FMODE_WRITE))
		return -EPERM;
	if (!mcapi_link_enter(file->link))
		return -ENODEV;
	ret = mcapi_doorbell_ring(file->link, &merged);
	mcapi_link_leave(file->link);
	notify->coalesced = merged;
	return ret;
}

/*
 * Sleeps until the link's sequence is not @seq. The sequence moves before
 * sleepers are woken, and the sleeper queues itself before it looks.
 */
static int mcapi_sleep(struct mcapi_link *link, u32 seq, s64 deadline_ns)
{
	ktime_t deadline = ns_to_ktime(deadline_ns);
	DEFINE_WAIT(wait);
	int ret = 0;

	for (;;) {
		prepare_to_wait(&link->wq, &wait, TASK_INTERRUPTIBLE);
		if (!READ_ONCE(link->live))
			ret = -ENODEV;
		else if (READ_ONCE(link->status->seq) != seq)
			break;
		else if (deadline_ns >= 0 && ktime_get_ns() >= (u64)deadline_ns)
			ret = -ETIMEDOUT;
		else if (signal_pending(current))
			ret = -ERESTARTNOHAND; /* EINTR if a handler runs, as in poll(2) */
		if (ret)
			break;
		schedule_hrtimeout(deadline_ns < 0 ? NULL : &deadline, HRTIMER_MODE_ABS);
	}
	finish_wait(&link->wq, &wait);
	return ret;
}

static int mcapi_wait(struct mcapi_file *file, struct mcapi_wait *wait)
{
	struct mcapi_status now;
	int ret;

	if (wait->flags)
		return -EINVAL;
	ret = mcapi_sleep(file->link, wait->seq, wait->deadline_ns);
	wait->events = mcapi_event_since(file->link, wait->seq, &now);
	wait->seq = now.seq;
	return ret;
}

union mcapi_argument {
	struct {
		u32 size;
		u32 flags;
	};
	struct mcapi_info info;
	struct mcapi_attach attach;
	struct mcapi_window window;
	struct mcapi_notify notify;
	struct mcapi_wait wait;
};

/* Bytes of a command's argument in version 1; it may grow but never shrink. */
static size_t mcapi_argument_size(unsigned int cmd)
{
	if (_IOC_TYPE(cmd) != MCAPI_IOC_MAGIC || _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return 0;

	switch (_IOC_NR(cmd)) {
	case _IOC_NR(MCAPI_IOC_INFO):
		return sizeof(struct mcapi_info);
	case _IOC_NR(MCAPI_IOC_ATTACH):
		return sizeof(struct mcapi_attach);
	case _IOC_NR(MCAPI_IOC_WINDOW):
		return sizeof(struct mcapi_window);
	case _IOC_NR(MCAPI_IOC_NOTIFY):
		return sizeof(struct mcapi_notify);
	case _IOC_NR(MCAPI_IOC_WAIT):
		return sizeof(struct mcapi_wait);
	}
	return 0;
}

static int mcapi_dispatch(struct mcapi_file *file, unsigned int cmd, union mcapi_argument *arg)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(MCAPI_IOC_INFO):
		return mcapi_info(file, &arg->info);
	case _IOC_NR(MCAPI_IOC_ATTACH):
		return mcapi_attach(file, &arg->attach);
	case _IOC_NR(MCAPI_IOC_WINDOW):
		return mcapi_window(file, &arg->window);
	case _IOC_NR(MCAPI_IOC_NOTIFY):
		return mcapi_notify(file, &arg->notify);
	default:
		return mcapi_wait(file, &arg->wait);
	}
}

/*
 * The size in the argument counts, not the one in the command number: so a
 * program built with a longer structure still reaches this kernel.
 */
static long mcapi_ioctl(struct file *filp, unsigned int cmd, unsigned long user)
{
	void __user *from = (void __user *)user;
	size_t known = mcapi_argument_size(cmd);
	union mcapi_argument arg;
	u32 size;
	int ret;

	if (!known)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)from))
		return -EFAULT;
	if (size < known)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&arg, known, from, size);
	if (ret)
		return ret;

	ret = mcapi_dispatch(filp->private_data, cmd, &arg);
	/* A wait that timed out also tells what it saw. */
	if (ret && ret != -ETIMEDOUT)
		return ret;
	arg.size = size;
	return copy_to_user(from, &arg, known) ? -EFAULT : ret;
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
		ret = mcapi_sleep(file->link, seq, filp->f_flags & O_NONBLOCK ? 0 : -1);
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
