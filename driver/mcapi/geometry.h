/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * geometry.h - how a window is divided, and what to believe of a peer's header
 *
 * Pure logic over the wire format; also compiled in user space by tests/.
 */
#ifndef _MCAPI_GEOMETRY_H
#define _MCAPI_GEOMETRY_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <linux/types.h>
#include <stdbool.h>
typedef __u64 u64;
typedef __u32 u32;
#endif

#include <linux/mcapi_wire.h>

#define MCAPI_SECTION_MIN	MCAPI_WIRE_GRANULE
#define MCAPI_SECTION_MAX	(2u << 20)

/* All in bytes, from the start of a side. */
struct mcapi_geometry {
	u64 side_size;
	u64 section_off;
	u64 section_size;
	u32 sections;
};

enum mcapi_verdict {
	MCAPI_PEER_ABSENT,	/* no header, or one that cannot be true */
	MCAPI_PEER_MISMATCH,	/* a header of another major version */
	MCAPI_PEER_VALID,
};

/* Returns false if the window cannot be divided. */
static inline bool mcapi_geometry_of(u64 window_size, struct mcapi_geometry *g)
{
	const u32 min = MCAPI_SECTION_MIN / MCAPI_WIRE_LINE;
	const u32 max = MCAPI_SECTION_MAX / MCAPI_WIRE_LINE;
	u32 room, lines;

	if (window_size < MCAPI_WIRE_MIN_WINDOW ||
	    window_size % (2 * MCAPI_WIRE_GRANULE) ||
	    window_size / 2 / MCAPI_WIRE_LINE > (u32)-1)
		return false;

	g->side_size = window_size / 2;
	g->section_off = MCAPI_WIRE_GRANULE;
	/* 32 bits, because not every 32-bit kernel can divide 64 */
	room = (u32)((g->side_size - g->section_off) / MCAPI_WIRE_LINE);

	/* about 16 sections, each a power of two within the limits */
	lines = min;
	while (lines < max && lines * 2 <= room / 16)
		lines *= 2;
	g->section_size = (u64)lines * MCAPI_WIRE_LINE;
	g->sections = room / lines;
	if (g->sections > MCAPI_WIRE_MAX_SECTIONS)
		g->sections = MCAPI_WIRE_MAX_SECTIONS;
	return true;
}

/*
 * @h is a private copy of what @peer_side shows. If it is valid, @g gets its
 * geometry, and nothing in @g leads outside of a side of @side_size bytes.
 */
static inline enum mcapi_verdict
mcapi_geometry_check(const struct mcapi_wire_side *h, u32 peer_side,
		     u64 side_size, struct mcapi_geometry *g)
{
	const u32 granule_lines = MCAPI_WIRE_GRANULE / MCAPI_WIRE_LINE;
	u64 end;

	if (h->magic != MCAPI_WIRE_SIDE_MAGIC)
		return MCAPI_PEER_ABSENT;
	if (h->major != MCAPI_WIRE_MAJOR)
		return MCAPI_PEER_MISMATCH;

	end = h->section_off + (u64)h->sections * h->section_lines;
	if (h->side != peer_side || !h->boot_epoch ||
	    (u64)h->side_lines * MCAPI_WIRE_LINE != side_size ||
	    h->section_off < granule_lines || h->section_off % granule_lines ||
	    h->section_lines < granule_lines || h->section_lines % granule_lines ||
	    !h->sections || h->sections > MCAPI_WIRE_MAX_SECTIONS ||
	    end > h->side_lines)
		return MCAPI_PEER_ABSENT;

	g->side_size = side_size;
	g->section_off = (u64)h->section_off * MCAPI_WIRE_LINE;
	g->section_size = (u64)h->section_lines * MCAPI_WIRE_LINE;
	g->sections = h->sections;
	return MCAPI_PEER_VALID;
}

/* A part of the window, in bytes. */
struct mcapi_extent {
	u64 offset;
	u64 length;
};

static inline bool mcapi_extent_contains(const struct mcapi_extent *e, u64 offset, u64 length)
{
	return offset >= e->offset && offset - e->offset <= e->length &&
	       length <= e->length - (offset - e->offset);
}

static inline struct mcapi_extent mcapi_extent_of_side(const struct mcapi_geometry *g, u32 side)
{
	const struct mcapi_extent e = { .offset = side * g->side_size, .length = g->side_size };

	return e;
}

/* Section @n of side @side; nothing if @n is negative. */
static inline struct mcapi_extent mcapi_extent_of_section(const struct mcapi_geometry *g,
							  u32 side, int n)
{
	struct mcapi_extent e = { .offset = 0, .length = 0 };

	if (n >= 0) {
		e.offset = side * g->side_size + g->section_off + n * g->section_size;
		e.length = g->section_size;
	}
	return e;
}

/* The epoch that follows @epoch: any other, but never 0. */
static inline u32 mcapi_next_epoch(u32 epoch)
{
	return epoch + 1 ? epoch + 1 : 1;
}

/*
 * The epoch of attachment number *@count of a side: unique while the count
 * does not wrap, and never 0.
 */
static inline u32 mcapi_section_epoch(u32 boot_epoch, u32 *count)
{
	u32 epoch;

	do
		epoch = boot_epoch << 16 | (++*count & 0xffff);
	while (!epoch);
	return epoch;
}

#endif /* _MCAPI_GEOMETRY_H */
