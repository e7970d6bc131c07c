/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * argument.h - how long the argument of an ioctl may be
 *
 * Pure logic; also compiled in user space by tests/.
 */
#ifndef _MCAPI_ARGUMENT_H
#define _MCAPI_ARGUMENT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#endif

#include <linux/mcapi.h>

#define MCAPI_ARGUMENT_MAX	4096u

/**
 * struct mcapi_argument_size - of one command
 * @least: bytes of its first version; every later program has them
 * @known: bytes of the present version
 */
struct mcapi_argument_size {
	size_t least;
	size_t known;
};

/* Returns false if there is no such command. */
static inline bool mcapi_argument_sizes(unsigned int cmd, struct mcapi_argument_size *sizes)
{
	if (_IOC_TYPE(cmd) != MCAPI_IOC_MAGIC || _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return false;

	switch (_IOC_NR(cmd)) {
	case _IOC_NR(MCAPI_IOC_INFO):
		sizes->known = sizeof(struct mcapi_info);
		sizes->least = MCAPI_INFO_SIZE_VER0;
		return true;
	case _IOC_NR(MCAPI_IOC_WAIT):
	case _IOC_NR(MCAPI_IOC_NOTIFY_WAIT):
		sizes->known = sizeof(struct mcapi_wait);
		sizes->least = MCAPI_WAIT_SIZE_VER0;
		return true;
	case _IOC_NR(MCAPI_IOC_ATTACH):
		sizes->known = sizeof(struct mcapi_attach);
		break;
	case _IOC_NR(MCAPI_IOC_WINDOW):
		sizes->known = sizeof(struct mcapi_window);
		break;
	case _IOC_NR(MCAPI_IOC_NOTIFY):
		sizes->known = sizeof(struct mcapi_notify);
		break;
	case _IOC_NR(MCAPI_IOC_EVENTFD):
		sizes->known = sizeof(struct mcapi_eventfd);
		break;
	case _IOC_NR(MCAPI_IOC_SYNC):
		sizes->known = sizeof(struct mcapi_sync);
		break;
	default:
		return false;
	}
	sizes->least = sizes->known;
	return true;
}

/* May an argument say that it has @size bytes? Its tail is still to be checked. */
static inline int mcapi_argument_accepts(const struct mcapi_argument_size *sizes, size_t size)
{
	if (size < sizes->least)
		return -EINVAL;
	return size > MCAPI_ARGUMENT_MAX ? -E2BIG : 0;
}

#endif /* _MCAPI_ARGUMENT_H */
