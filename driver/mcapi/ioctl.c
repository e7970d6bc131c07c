// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl.c - the calls of an open /dev/mcapiN
 */
#include <linux/eventfd.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "link.h"

static int mcapi_info(struct mcapi_file *file, struct mcapi_info *info)
{
	struct mcapi_link *link = file->link;
	struct mcapi_status now;

	if (info->flags || info->reserved)
		return -EINVAL;
	if (!mcapi_link_enter(link))
		return -ENODEV;

	mcapi_event_since(link, 0, &now);
	mcapi_doorbell_describe(link, info);
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
	WRITE_ONCE(file->section, ret);
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

static int mcapi_ring(struct mcapi_file *file, bool *merged)
{
	int ret;

	if (!(file->filp->f_mode & FMODE_WRITE))
		return -EPERM;
	if (!mcapi_link_enter(file->link))
		return -ENODEV;
	ret = mcapi_doorbell_ring(file->link, merged);
	mcapi_link_leave(file->link);
	return ret;
}

static int mcapi_notify(struct mcapi_file *file, struct mcapi_notify *notify)
{
	bool merged = false;
	int ret;

	if (notify->flags || notify->reserved)
		return -EINVAL;
	ret = mcapi_ring(file, &merged);
	notify->coalesced = merged;
	return ret;
}

static int mcapi_notify_wait(struct mcapi_file *file, struct mcapi_wait *wait)
{
	bool merged;
	int ret;

	ret = mcapi_wait_check(file->link, wait);
	if (!ret)
		ret = mcapi_ring(file, &merged);
	return ret ?: mcapi_wait(file, wait);
}

static int mcapi_eventfd(struct mcapi_file *file, struct mcapi_eventfd *arg)
{
	struct eventfd_ctx *ctx = NULL;
	int ret = -ENODEV;

	if (arg->flags || arg->fd < -1 ||
	    arg->events & ~(MCAPI_EVENT_DOORBELL | MCAPI_EVENT_LINK) ||
	    !arg->events != (arg->fd == -1))
		return -EINVAL;
	if (arg->fd >= 0) {
		ctx = eventfd_ctx_fdget(arg->fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}
	if (mcapi_link_enter(file->link)) {
		ret = mcapi_event_listen(file, ctx, arg->events);
		mcapi_link_leave(file->link);
	}
	if (ret && ctx)
		eventfd_ctx_put(ctx);
	return ret;
}

static int mcapi_sync(struct mcapi_file *file, struct mcapi_sync *sync)
{
	struct mcapi_link *link = file->link;
	struct mcapi_extent allowed;
	int ret = -EINVAL;

	/* An empty part could lie behind the end, where its line is somebody else's. */
	if (sync->flags || sync->reserved || sync->direction > MCAPI_SYNC_FROM_PEER ||
	    !sync->length)
		return -EINVAL;
	if (!mcapi_link_enter(link))
		return -ENODEV;

	if (sync->direction == MCAPI_SYNC_TO_PEER)
		allowed = mcapi_extent_of_section(&link->own, link->side, READ_ONCE(file->section));
	else
		allowed = mcapi_extent_of_side(&link->own, !link->side);
	if (mcapi_extent_contains(&allowed, sync->offset, sync->length)) {
		if (sync->direction == MCAPI_SYNC_TO_PEER)
			mcapi_sync_to_peer(link, link->window + sync->offset, sync->length);
		else
			mcapi_sync_from_peer(link, link->window + sync->offset, sync->length);
		ret = 0;
	}
	mcapi_link_leave(link);
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
	struct mcapi_eventfd eventfd;
	struct mcapi_sync sync;
};

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
	case _IOC_NR(MCAPI_IOC_WAIT):
		return mcapi_wait(file, &arg->wait);
	case _IOC_NR(MCAPI_IOC_NOTIFY_WAIT):
		return mcapi_notify_wait(file, &arg->wait);
	case _IOC_NR(MCAPI_IOC_EVENTFD):
		return mcapi_eventfd(file, &arg->eventfd);
	default:
		return mcapi_sync(file, &arg->sync);
	}
}

/*
 * The size in the argument counts, not the one in the command number: so a
 * program built with a longer or shorter structure still reaches this kernel.
 */
long mcapi_ioctl(struct file *filp, unsigned int cmd, unsigned long user)
{
	void __user *from = (void __user *)user;
	struct mcapi_argument_size sizes;
	union mcapi_argument arg;
	u32 size;
	int ret;

	if (!mcapi_argument_sizes(cmd, &sizes))
		return -ENOTTY;
	if (get_user(size, (u32 __user *)from))
		return -EFAULT;
	ret = mcapi_argument_accepts(&sizes, size);
	if (ret)
		return ret;
	ret = copy_struct_from_user(&arg, sizes.known, from, size);
	if (ret)
		return ret;

	ret = mcapi_dispatch(filp->private_data, cmd, &arg);
	/* A wait that timed out also tells what it saw. */
	if (ret && ret != -ETIMEDOUT)
		return ret;
	arg.size = size;
	return copy_to_user(from, &arg, min_t(size_t, size, sizes.known)) ? -EFAULT : ret;
}
