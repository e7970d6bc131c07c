/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link_ivshmem.c - the host's end of an emulated board's link
 *
 * The process joins the board's ivshmem as a peer of its own. There is no driver
 * on this side, so the link does the driver's part too: it writes the header of
 * its side, gives itself a section, and answers the other side's boot epoch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "ivshmem.h"
#include "node.h"
#include "peer.h"

struct host {
	struct ivshmem *ivshmem;
	uint32_t peer;			/* its id on the server */
	uint32_t number;		/* side that is ours */
	uint32_t boot_epoch, ack;	/* truth of the own header's words */
	uint32_t dead_epoch;		/* boot epoch that the peer had when it left */
	uint8_t *window;		/* read-only */
	uint64_t length;
	uint8_t *control;		/* own control granule, writable */
};

static struct host *host_of(struct link *link)
{
	return (struct host *)(link + 1);
}

static struct mcapi_wire_side *header_of(struct host *host)
{
	return (struct mcapi_wire_side *)host->control;
}

static const uint8_t *their_side(const struct host *host)
{
	return host->window + !host->number * (host->length / 2);
}

static uint32_t host_epoch(struct link *link)
{
	struct host *host = host_of(link);
	const struct mcapi_wire_side *header = (const struct mcapi_wire_side *)their_side(host);
	uint32_t epoch = peer_load(&header->boot_epoch);

	if (!ivshmem_present(host->ivshmem, host->peer)) {
		/* What it left in memory may look alive; it is not. */
		host->dead_epoch = epoch;
		return 0;
	}
	if (!epoch || epoch == host->dead_epoch ||
	    peer_load(&header->magic) != MCAPI_WIRE_SIDE_MAGIC ||
	    __atomic_load_n(&header->major, __ATOMIC_RELAXED) != MCAPI_WIRE_MAJOR ||
	    peer_load(&header->state) != MCAPI_WIRE_SIDE_UP)
		return 0;
	if (epoch != host->ack) {
		host->ack = epoch;
		__atomic_store_n(&header_of(host)->peer_epoch_ack, epoch, __ATOMIC_RELEASE);
		ivshmem_ring(host->ivshmem, host->peer);
	}
	if (peer_load(&header->peer_epoch_ack) != host->boot_epoch)
		return 0;
	/* A reset in between: this acknowledgement is another life's; models/epochs.pml. */
	return peer_load(&header->boot_epoch) == epoch ? epoch : 0;
}

static bool host_read_side(struct link *link)
{
	struct host *host = host_of(link);

	return side_read(&link->theirs, their_side(host), host->length / 2, !host->number) ==
	       SIDE_OK;
}

static bool host_mismatch(struct link *link)
{
	struct side other;

	return side_read(&other, their_side(host_of(link)), host_of(link)->length / 2,
			 !host_of(link)->number) == SIDE_VERSION;
}

static bool host_ring(struct link *link, struct peer *peer)
{
	uint32_t seq = link_asleep(peer);

	if (!seq || !ivshmem_ring(host_of(link)->ivshmem, host_of(link)->peer))
		return false;
	peer->rung = seq;
	return true;
}

static int host_fd(struct link *link)
{
	return host_of(link)->ivshmem->events;
}

static void host_take(struct link *link)
{
	ivshmem_take(host_of(link)->ivshmem);
}

static void host_detach(struct link *link)
{
	struct host *host = host_of(link);

	if (host->control) {
		__atomic_store_n(&header_of(host)->state, MCAPI_WIRE_SIDE_DOWN, __ATOMIC_RELEASE);
		ivshmem_ring(host->ivshmem, host->peer);
		munmap(host->control, MCAPI_WIRE_GRANULE);
	}
	if (link->own.base)
		munmap(link->own.base, link->own.size);
	if (host->window)
		munmap(host->window, host->length);
	if (!--host->ivshmem->refs)
		ivshmem_leave(host->ivshmem);
}

static void host_forget(struct link *link)
{
	if (!--host_of(link)->ivshmem->refs)
		ivshmem_forget(host_of(link)->ivshmem);
}

static const struct link_ops host_ops = {
	.epoch = host_epoch,
	.read_side = host_read_side,
	.mismatch = host_mismatch,
	.alive = link_owner_alive,
	.wake_word = link_wake_word,
	.ring = host_ring,
	.arm = link_arm,
	.disarm = link_disarm,
	.fd = host_fd,
	.take = host_take,
	.detach = host_detach,
	.forget = host_forget,
};

static void *map(struct link *link, uint64_t offset, size_t bytes, int prot)
{
	void *at = mmap(NULL, bytes, prot, MAP_SHARED, host_of(link)->ivshmem->memory,
			(off_t)offset);

	if (at == MAP_FAILED) {
		detail("%s: cannot map the window: %m", link->name);
		return NULL;
	}
	if (prot & PROT_WRITE)
		madvise(at, bytes, MADV_DONTFORK);
	return at;
}

/* The driver's part: a new life of this side, with one section in use. */
static void start_side(struct link *link)
{
	struct host *host = host_of(link);
	struct mcapi_wire_side *header = header_of(host);
	struct mcapi_wire_owner *owners =
		(struct mcapi_wire_owner *)(host->control + MCAPI_WIRE_OWNER_OFF);
	struct mcapi_wire_side fresh = { .boot_epoch = 0 };
	struct side old;

	if (side_read(&old, host->control, host->length / 2, host->number) == SIDE_OK)
		host->boot_epoch = peer_load(&header->boot_epoch) + 1;
	else if (getrandom(&host->boot_epoch, sizeof(host->boot_epoch), 0) < 0)
		host->boot_epoch = (uint32_t)node_now();
	if (!host->boot_epoch)
		host->boot_epoch = 1;
	memset(host->control, 0, MCAPI_WIRE_GRANULE);
	side_geometry(&fresh, host->length / 2, host->number, SIDE_SECTION_MAX);
	memcpy(header, &fresh, sizeof(fresh));
	/* From private memory: the board can write here, and what it writes is not read back. */
	link->mine = (struct side){
		.base = host->window + host->number * (host->length / 2),
		.section_off = fresh.section_off,
		.section_lines = fresh.section_lines,
		.sections = fresh.sections,
	};
	/* Another section at each start: who still reads the old one is not disturbed. */
	link->section = host->boot_epoch % fresh.sections;
	link->section_epoch = host->boot_epoch << 16 | 1;
	owners[link->section].epoch = link->section_epoch;
	__atomic_store_n(&owners[link->section].state, MCAPI_WIRE_OWNER_LIVE, __ATOMIC_RELEASE);
	header->owner_seq = 1;
	header->boot_epoch = host->boot_epoch;
	header->state = MCAPI_WIRE_SIDE_UP;
	__atomic_store_n(&header->magic, MCAPI_WIRE_SIDE_MAGIC, __ATOMIC_RELEASE);
}

static bool attach(struct link *link, uint64_t offset)
{
	struct host *host = host_of(link);
	const uint64_t half = host->length / 2, own = offset + host->number * half;

	if (host->length % (2 * MCAPI_WIRE_GRANULE) || host->length < MCAPI_WIRE_MIN_WINDOW ||
	    offset % MCAPI_WIRE_GRANULE || offset < MCAPI_WIRE_GRANULE ||
	    offset > host->ivshmem->length ||
	    host->length > host->ivshmem->length - offset) {
		detail("%s: the topology page names a window outside the memory", link->name);
		return false;
	}
	host->window = map(link, offset, host->length, PROT_READ);
	host->control = host->window ?
			map(link, own, MCAPI_WIRE_GRANULE, PROT_READ | PROT_WRITE) : NULL;
	if (!host->control)
		return false;
	start_side(link);
	link->own.size = side_section_size(&link->mine);
	link->own.base = map(link, own + side_section_off(&link->mine, link->section),
			     link->own.size, PROT_READ | PROT_WRITE);
	return link->own.base && link_setup(link);
}

static struct link *open_link(struct node *node, struct ivshmem *ivshmem,
			      const struct mcapi_ivshmem_link *line)
{
	const uint32_t a = peer_load(&line->a), b = peer_load(&line->b);
	const bool first = a == ivshmem->id;
	struct link *link;
	struct host *host;

	if (!first && b != ivshmem->id)
		return NULL;
	link = calloc(1, sizeof(*link) + sizeof(*host));
	if (!link)
		return NULL;
	host = host_of(link);
	link->ops = &host_ops;
	link->node = node;
	snprintf(link->name, sizeof(link->name), "ivshmem link to %.20s",
		 first ? line->label_a : line->label_b);
	host->ivshmem = ivshmem;
	host->peer = first ? b : a;
	host->number = !first;
	host->length = line->length;
	ivshmem->refs++;
	if (host->peer >= ivshmem->peers || !attach(link, line->offset)) {
		link_close(link);
		return NULL;
	}
	/* The node is ready before the first ring, so that the answer finds it. */
	link_ready(link);
	ivshmem_ring(ivshmem, host->peer);
	return link;
}

struct link *link_ivshmem_open(struct node *node, const char *path)
{
	struct ivshmem *ivshmem = ivshmem_join(path);
	struct link *links = NULL;

	if (!ivshmem)
		return NULL;
	ivshmem->refs = 1;	/* ours, until all links have theirs */
	for (uint32_t i = 0; i < ivshmem->links; i++) {
		struct link *link = open_link(node, ivshmem, ivshmem_link(ivshmem, i));

		if (link) {
			link->next = links;
			links = link;
		}
	}
	if (!--ivshmem->refs) {
		if (!*mcapix_error_detail())
			detail("the ivshmem server at %s has no link for peer %u", path,
			       ivshmem->id);
		ivshmem_leave(ivshmem);
	}
	return links;
}
