/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * side.h - one side of a window, as read and checked by a node
 *
 * The numbers in struct side were read once from the side's header and checked
 * against the size of the mapping; all addresses are computed from these copies.
 *
 * Freestanding.
 */
#ifndef SIDE_H
#define SIDE_H

#include <stdbool.h>

#include "own.h"

struct side {
	const uint8_t *base;	/* read-only mapping of the side */
	uint32_t section_off;	/* lines */
	uint32_t section_lines;
	uint32_t sections;
};

enum side_check {
	SIDE_OK,
	SIDE_ABSENT,		/* no magic: not set up yet */
	SIDE_VERSION,		/* another major of the wire format */
	SIDE_GEOMETRY,		/* numbers that cannot be */
};

/* Reads the header of the side at @base, of @bytes mapped bytes, into @side. */
enum side_check side_read(struct side *side, const void *base, uint64_t bytes, uint32_t number);

/*
 * The geometry that a side of @bytes has, with sections of at most @largest; what drivers
 * and host peers write in its header.
 */
void side_geometry(struct mcapi_wire_side *header, uint64_t bytes, uint32_t number,
		   uint32_t largest);

#define SIDE_SECTION_MAX (2u << 20)	/* of links that cross processors */

static inline const struct mcapi_wire_side *side_header(const struct side *side)
{
	return (const struct mcapi_wire_side *)side->base;
}

static inline const struct mcapi_wire_owner *side_owner(const struct side *side, uint32_t section)
{
	return (const struct mcapi_wire_owner *)(side->base + MCAPI_WIRE_OWNER_OFF) + section;
}

/* Start of a section, in bytes from the start of the side. */
static inline size_t side_section_off(const struct side *side, uint32_t section)
{
	return ((size_t)side->section_off + (size_t)section * side->section_lines) *
	       MCAPI_WIRE_LINE;
}

static inline uint32_t side_section_size(const struct side *side)
{
	return side->section_lines * MCAPI_WIRE_LINE;
}

static inline const struct mcapi_wire_node *side_node(const struct side *side, uint32_t section)
{
	return (const struct mcapi_wire_node *)(side->base + side_section_off(side, section));
}

static inline const struct mcapi_wire_in *side_in(const struct side *side, uint32_t section,
						  uint32_t from)
{
	return (const struct mcapi_wire_in *)((const uint8_t *)side_node(side, section) +
					      MCAPI_WIRE_IN_OFF) + from;
}

static inline const struct mcapi_wire_out *side_out(const struct side *side, uint32_t section,
						    uint32_t to)
{
	return (const struct mcapi_wire_out *)((const uint8_t *)side_node(side, section) +
					       MCAPI_WIRE_OUT_OFF) + to;
}

static inline const struct mcapi_wire_endpoint *side_dir(const struct side *side, uint32_t section)
{
	return (const struct mcapi_wire_endpoint *)((const uint8_t *)side_node(side, section) +
						    MCAPI_WIRE_DIR_OFF);
}

/*
 * Address of @bytes at @off (lines from the side's start), or NULL unless they
 * lie inside @section: what a peer names as its memory must be its own.
 */
const void *side_range(const struct side *side, uint32_t section, uint32_t off, uint32_t bytes);

#endif /* SIDE_H */
