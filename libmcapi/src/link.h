/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link.h - a window that the node is attached to
 *
 * Three kinds, one set of operations: /dev/mcapiN (link_device.c), the local
 * link (link_local.c) and the host's end of an emulated board's ivshmem
 * (link_ivshmem.c). On the local link both sides are the same one.
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"
#include "own.h"
#include "side.h"

struct link;
struct node;
struct peer;

struct link_ops {
	/* Boot epoch of the other side while the link is up, else 0. Cheap. */
	uint32_t (*epoch)(struct link *link);
	/* Reads the other side's header into link->theirs; false if it makes no sense. */
	bool (*read_side)(struct link *link);
	/* While it is down: does the other side speak another wire format? NULL: cannot be. */
	bool (*mismatch)(struct link *link);
	/* Does the owner that had @section at @epoch still live? Asks the system if need be. */
	bool (*alive)(struct link *link, uint32_t section, uint32_t epoch);
	/* The word of @peer that is odd while it sleeps, and whether it fences for us. */
	const uint32_t *(*wake_word)(struct link *link, struct peer *peer, bool *fences);
	/* Wakes the peer, which sleeps; returns true if that took a system call. */
	bool (*ring)(struct link *link, struct peer *peer);
	/*
	 * Says that this node sleeps, in poll(2) if @fd, else in link->ops->sleep. Who
	 * publishes something afterwards rings; what was published before is visible.
	 */
	void (*arm)(struct link *link, bool fd);
	void (*disarm)(struct link *link);
	/* Sleeps until poked or until @deadline (ns, CLOCK_MONOTONIC); NULL: only by fd. */
	void (*sleep)(struct link *link, int64_t deadline);
	/* Readable when the peer rang; take() makes it unreadable again. -1: no more. */
	int (*fd)(struct link *link);
	void (*take)(struct link *link);
	/* Readable when @peer's process ended, or -1. NULL: a death rings the doorbell. */
	int (*death_fd)(struct link *link, struct peer *peer);
	/* Gives the section back and frees the link's private part. */
	void (*detach)(struct link *link);
	/* In a forked child: lets go of what only the parent may use. */
	void (*forget)(struct link *link);
};

struct link {
	const struct link_ops *ops;
	struct node *node;
	struct link *next;
	char name[64];		/* for messages: "local link", "/dev/mcapi0", ... */

	struct side mine;	/* own side, read-only */
	struct side theirs;	/* valid while epoch is not 0 */
	struct own own;		/* own section, writable */
	uint32_t section;	/* own section's number */
	uint32_t section_epoch;
	struct heap heap;	/* of the own section */

	uint32_t epoch;		/* boot epoch that the peers belong to */
	uint32_t owner_seq;	/* state of the other side's owner lines when last scanned */
	bool rescan;		/* a section was seen that was not ready yet */
	bool gone;		/* the device was removed */
	bool constant;		/* both sides are one: it cannot go down */
	bool closing;		/* nothing is written to the section any more */
	uint32_t dir_entries;	/* capacity of the own directory */
	uint32_t credit;	/* messages of one sender that may wait at an own endpoint */
	uint32_t ring_log2;	/* of the slots in own rings */
	uint32_t dir_seq, ring_seq, wake_seq;	/* truth of the published words */
	struct peer *peers[MCAPI_WIRE_MAX_SECTIONS];
	uint32_t done[MCAPI_WIRE_MAX_SECTIONS];	/* epoch of each section that was read to its end */
};

/* All peers of a link; the body may free the one that it is given. */
#define link_for_each_peer(link, peer)						\
	for (uint32_t each_ = 0; each_ < MCAPI_WIRE_MAX_SECTIONS; each_++)	\
		if (!((peer) = (link)->peers[each_])) { } else

/* Opens one kind of link; NULL with a detail if that fails. */
struct link *link_local_open(struct node *node);
struct link *link_device_open(struct node *node, const char *path);
/* All windows of the ivshmem server at @path, as a list. */
struct link *link_ivshmem_open(struct node *node, const char *path);

/* Attaches @node to all links there are; false with a detail. */
bool link_open_all(struct node *node);

/* Sets up the own section; the link's identity and mappings are there. */
bool link_setup(struct link *link);
/* Publishes the node in the section and tells the peers. */
void link_ready(struct link *link);
void link_close(struct link *link);

/* Looks for new and dead peers. */
void link_scan(struct link *link);
/* Looks for new peers only: while one's ring is read, nobody may be forgotten. */
void link_meet(struct link *link);
/* Wakes all peers: something that they may look for has changed. */
void link_poke_all(struct link *link);

/* Operations of the links that cross processors: all is said in the sections. */
bool link_owner_alive(struct link *link, uint32_t section, uint32_t epoch);
void link_arm(struct link *link, bool fd);
void link_disarm(struct link *link);
const uint32_t *link_wake_word(struct link *link, struct peer *peer, bool *fences);
/*
 * The peer's wake_seq if its doorbell was not rung yet for this sleep, else 0. Who
 * has rung notes it in peer->rung.
 */
uint32_t link_asleep(struct peer *peer);

/* Is the other side still the one that the peers belong to? */
static inline bool link_up(struct link *link)
{
	return link->constant || (link->epoch && link->ops->epoch(link) == link->epoch);
}

/* Parts of the own section, writable. */
static inline struct mcapi_wire_node *link_head(struct link *link)
{
	return (struct mcapi_wire_node *)link->own.base;
}

static inline struct mcapi_wire_in *link_in(struct link *link, uint32_t from)
{
	return (struct mcapi_wire_in *)(link->own.base + MCAPI_WIRE_IN_OFF) + from;
}

static inline struct mcapi_wire_out *link_out(struct link *link, uint32_t to)
{
	return (struct mcapi_wire_out *)(link->own.base + MCAPI_WIRE_OUT_OFF) + to;
}

static inline struct mcapi_wire_endpoint *link_dir(struct link *link)
{
	return (struct mcapi_wire_endpoint *)(link->own.base + MCAPI_WIRE_DIR_OFF);
}

/* Lines from the start of the own side to a place in the own section. */
static inline uint32_t link_line(struct link *link, uint32_t off)
{
	return link->mine.section_off + link->section * link->mine.section_lines +
	       off / MCAPI_WIRE_LINE;
}

#endif /* LINK_H */
