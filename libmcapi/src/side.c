/* SPDX-License-Identifier: BSD-3-Clause */
#include "side.h"

enum side_check side_read(struct side *side, const void *base, uint64_t bytes, uint32_t number)
{
	const struct mcapi_wire_side *header = base;
	const uint64_t lines = bytes / MCAPI_WIRE_LINE;
	const uint32_t granule = MCAPI_WIRE_GRANULE / MCAPI_WIRE_LINE;
	uint16_t major;

	if (peer_load(&header->magic) != MCAPI_WIRE_SIDE_MAGIC)
		return SIDE_ABSENT;
	major = __atomic_load_n(&header->major, __ATOMIC_RELAXED);
	if (major != MCAPI_WIRE_MAJOR)
		return SIDE_VERSION;

	side->base = base;
	side->section_off = peer_load(&header->section_off);
	side->section_lines = peer_load(&header->section_lines);
	side->sections = peer_load(&header->sections);
	if (peer_load(&header->side) != number || peer_load(&header->side_lines) != lines ||
	    side->section_off < granule || side->section_off % granule ||
	    side->section_lines < granule || side->section_lines % granule ||
	    side->section_lines > UINT32_MAX / MCAPI_WIRE_LINE ||
	    !side->sections || side->sections > MCAPI_WIRE_MAX_SECTIONS ||
	    side->section_off + (uint64_t)side->sections * side->section_lines > lines)
		return SIDE_GEOMETRY;
	return SIDE_OK;
}

void side_geometry(struct mcapi_wire_side *header, uint64_t bytes, uint32_t number,
		   uint32_t largest)
{
	const uint64_t room = bytes - MCAPI_WIRE_GRANULE;
	uint32_t section = MCAPI_WIRE_GRANULE;

	while (section < largest && section * 2 <= room / 16)
		section *= 2;
	header->major = MCAPI_WIRE_MAJOR;
	header->minor = MCAPI_WIRE_MINOR;
	header->side = number;
	header->side_lines = (uint32_t)(bytes / MCAPI_WIRE_LINE);
	header->section_off = MCAPI_WIRE_GRANULE / MCAPI_WIRE_LINE;
	header->section_lines = section / MCAPI_WIRE_LINE;
	header->sections = room / section < MCAPI_WIRE_MAX_SECTIONS ?
			   (uint32_t)(room / section) : MCAPI_WIRE_MAX_SECTIONS;
	header->features = 0;
}

const void *side_range(const struct side *side, uint32_t section, uint32_t off, uint32_t bytes)
{
	uint32_t first = side->section_off + section * side->section_lines;

	if (off < first || off - first > side->section_lines ||
	    bytes > (side->section_lines - (off - first)) * MCAPI_WIRE_LINE)
		return NULL;
	return side->base + (size_t)off * MCAPI_WIRE_LINE;
}
