/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mcapi-link.h - platform data of an "mcapi-link" device
 *
 * For links that no device tree describes: whoever makes the device hands over
 * the channel. Memory is the device's memory resource, or @memory.
 */
#ifndef _LINUX_MCAPI_LINK_H
#define _LINUX_MCAPI_LINK_H

#include <linux/types.h>

struct mbox_chan;

/**
 * struct mcapi_link_pdata - platform data of a link
 * @chan: rings the peer and is rung by it; lives as long as the device
 * @controller: what the controller's compatible would be
 * @side: half of the window that this processor writes, 0 or 1
 * @label: who is at the other end
 * @memory: window in ordinary memory, or NULL
 * @size: bytes at @memory
 */
struct mcapi_link_pdata {
	struct mbox_chan *chan;
	const char *controller;
	u32 side;
	char label[32];
	void *memory;
	size_t size;
};

#endif /* _LINUX_MCAPI_LINK_H */
