/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link_device.c - a link of the driver: /dev/mcapiN
 *
 * The driver hands out the section and takes it back, tells in its status page
 * whether the other side is there, and carries doorbells both ways.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mcapi.h>

#include "node.h"
#include "peer.h"

struct device {
	int fd;
	uint32_t side;			/* which half is ours */
	const struct mcapi_status *status;
	size_t status_length;
	uint8_t *window;		/* read-only */
	uint64_t length;
};

static struct device *device_of(struct link *link)
{
	return (struct device *)(link + 1);
}

static uint32_t device_epoch(struct link *link)
{
	const struct mcapi_status *status = device_of(link)->status;

	return peer_load(&status->link_state) == MCAPI_LINK_UP ? peer_load(&status->peer_epoch) : 0;
}

static bool device_read_side(struct link *link)
{
	struct device *device = device_of(link);
	const uint64_t half = device->length / 2;
	const uint32_t side = !device->side;

	return side_read(&link->theirs, device->window + side * half, half, side) == SIDE_OK;
}

static bool device_mismatch(struct link *link)
{
	return peer_load(&device_of(link)->status->link_state) == MCAPI_LINK_MISMATCH;
}

static bool device_ring(struct link *link, struct peer *peer)
{
	struct mcapi_notify notify = { .size = sizeof(notify) };
	uint32_t seq = link_asleep(peer);

	if (!seq || ioctl(device_of(link)->fd, MCAPI_IOC_NOTIFY, &notify))
		return false;
	peer->rung = seq;
	return true;
}

static int device_fd(struct link *link)
{
	return link->gone ? -1 : device_of(link)->fd;
}

static void device_take(struct link *link)
{
	struct mcapi_event event;

	/* Otherwise nothing is lost if this fails: the file stays readable. */
	if (read(device_of(link)->fd, &event, sizeof(event)) < 0 && errno == ENODEV)
		link->gone = true;
}

static void device_detach(struct link *link)
{
	struct device *device = device_of(link);

	if (link->own.base)
		munmap(link->own.base, link->own.size);
	if (device->window)
		munmap(device->window, device->length);
	if (device->status)
		munmap((void *)(uintptr_t)device->status, device->status_length);
	if (device->fd >= 0)
		close(device->fd);
}

static void device_forget(struct link *link)
{
	/* The section is given back at last close: that must be the parent's. */
	close(device_of(link)->fd);
}

static const struct link_ops device_ops = {
	.epoch = device_epoch,
	.read_side = device_read_side,
	.mismatch = device_mismatch,
	.alive = link_owner_alive,
	.wake_word = link_wake_word,
	.ring = device_ring,
	.arm = link_arm,
	.disarm = link_disarm,
	.fd = device_fd,
	.take = device_take,
	.detach = device_detach,
	.forget = device_forget,
};

/* Loads and stores are all that we do with memory that the peer sees, too. */
static void *map(struct link *link, uint32_t kind, int prot, uint64_t *length)
{
	struct device *device = device_of(link);
	struct mcapi_window window = { .size = sizeof(window), .kind = kind };
	void *at;

	if (ioctl(device->fd, MCAPI_IOC_WINDOW, &window)) {
		detail("%s: no window of kind %u: %m", link->name, kind);
		return NULL;
	}
	if (window.attrs & MCAPI_WINDOW_SYNC) {
		detail("%s: its memory is cached, and the peer does not see the cache: give the "
		       "reserved memory no-map, or the link dma-coherent if the hardware is",
		       link->name);
		return NULL;
	}
	at = mmap(NULL, window.length, prot, MAP_SHARED, device->fd, (off_t)window.offset);
	if (at == MAP_FAILED) {
		detail("%s: cannot map window %u: %m", link->name, kind);
		return NULL;
	}
	*length = window.length;
	return at;
}

static bool attach(struct link *link, const char *path)
{
	struct device *device = device_of(link);
	struct mcapi_info info = { .size = sizeof(info) };
	struct mcapi_attach attach = { .size = sizeof(attach) };
	uint64_t length;

	device->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (device->fd < 0) {
		detail("cannot open %s: %m%s", path, errno == ENOENT ?
		       "; is the mcapi driver loaded and bound to a link?" :
		       errno == EACCES ? "; are you in the group that owns it?" : "");
		return false;
	}
	if (ioctl(device->fd, MCAPI_IOC_INFO, &info)) {
		detail("%s is not an MCAPI link: %m", path);
		return false;
	}
	if (info.abi != MCAPI_ABI_VERSION || info.side > 1) {
		detail("%s has driver interface %u, this library speaks %u", path, info.abi,
		       MCAPI_ABI_VERSION);
		return false;
	}
	device->side = info.side;
	if (ioctl(device->fd, MCAPI_IOC_ATTACH, &attach)) {
		detail("%s has no section left for this node, of %u: %m", path, info.sections);
		return false;
	}
	link->section = attach.section;
	link->section_epoch = attach.epoch;

	device->status = map(link, MCAPI_WINDOW_STATUS, PROT_READ, &length);
	if (!device->status)
		return false;
	device->status_length = length;
	device->window = map(link, MCAPI_WINDOW_LINK, PROT_READ, &device->length);
	if (!device->window)
		return false;
	link->own.base = map(link, MCAPI_WINDOW_SECTION, PROT_READ | PROT_WRITE, &length);
	if (!link->own.base)
		return false;
	link->own.size = (uint32_t)length;
	if (side_read(&link->mine, device->window + device->side * (device->length / 2),
		      device->length / 2, device->side) != SIDE_OK ||
	    link->section >= link->mine.sections ||
	    side_section_size(&link->mine) != link->own.size) {
		detail("%s: the own side's header makes no sense; was the window written over?",
		       path);
		return false;
	}
	return true;
}

struct link *link_device_open(struct node *node, const char *path)
{
	struct link *link = calloc(1, sizeof(*link) + sizeof(struct device));

	if (!link)
		return NULL;
	link->ops = &device_ops;
	link->node = node;
	snprintf(link->name, sizeof(link->name), "%s", path);
	device_of(link)->fd = -1;
	if (!attach(link, path) || !link_setup(link)) {
		link_close(link);
		return NULL;
	}
	link_ready(link);
	return link;
}
