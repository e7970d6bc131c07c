// SPDX-License-Identifier: GPL-2.0-only
/*
 * window.c - reads a window that others write
 *
 * Each word is read once and checked before it leads anywhere: a peer may lie.
 * What is counted may have changed by the time it is printed.
 */
#include <string.h>

#include "window.h"

#define LOAD(word)	__atomic_load_n(&(word), __ATOMIC_ACQUIRE)

bool side_read(const struct link *link, __u32 number, struct side *side)
{
	__u64 size = link->info.window_size / 2;
	struct mcapi_wire_side header;

	side->base = link->window + number * size;
	memcpy(&header, side->base, sizeof(header));
	return header.state == MCAPI_WIRE_SIDE_UP &&
	       mcapi_geometry_check(&header, number, size, &side->geometry) == MCAPI_PEER_VALID;
}

static const char *section_at(const struct side *side, __u32 n)
{
	return side->base + side->geometry.section_off + n * side->geometry.section_size;
}

static __u32 count_endpoints(const struct side *side, const char *section, __u32 entries)
{
	const struct mcapi_wire_endpoint *endpoints =
		(const void *)(section + MCAPI_WIRE_DIR_OFF);
	__u64 room = (side->geometry.section_size - MCAPI_WIRE_DIR_OFF) / sizeof(*endpoints);
	__u32 count = 0, i;

	for (i = 0; i < entries && i < room && i < MCAPI_WIRE_MAX_ENDPOINTS; i++)
		count += LOAD(endpoints[i].gen) & 1;
	return count;
}

size_t side_nodes(const struct side *side, struct node *nodes)
{
	const struct mcapi_wire_owner *owners = (const void *)(side->base + MCAPI_WIRE_OWNER_OFF);
	size_t count = 0;
	__u32 n;

	for (n = 0; n < side->geometry.sections; n++) {
		const char *section = section_at(side, n);
		const struct mcapi_wire_node *head = (const void *)section;
		__u32 epoch = LOAD(owners[n].epoch);

		if (LOAD(owners[n].state) != MCAPI_WIRE_OWNER_LIVE ||
		    LOAD(head->magic) != MCAPI_WIRE_SECTION_MAGIC ||
		    LOAD(head->epoch) != epoch || LOAD(head->state) != MCAPI_WIRE_NODE_READY)
			continue;
		nodes[count++] = (struct node){
			.side = side,
			.section = n,
			.epoch = epoch,
			.domain = LOAD(head->domain),
			.node = LOAD(head->node),
			.endpoints = count_endpoints(side, section, LOAD(head->dir_entries)),
		};
	}
	return count;
}

bool node_queue(const struct node *from, const struct node *to, __u32 *queued, __u32 *slots)
{
	const struct mcapi_wire_out *out =
		(const void *)(section_at(from->side, from->section) + MCAPI_WIRE_OUT_OFF);
	const struct mcapi_wire_in *in =
		(const void *)(section_at(to->side, to->section) + MCAPI_WIRE_IN_OFF);
	const struct mcapi_wire_slot *ring;
	__u32 log2, ack;
	__u64 offset;

	out += to->section;
	in += from->section;
	if (LOAD(out->epoch) != to->epoch)
		return false;
	log2 = LOAD(out->ring_log2);
	offset = (__u64)LOAD(out->ring_off) * MCAPI_WIRE_LINE;
	if (log2 > 20 || offset > from->side->geometry.side_size ||
	    (sizeof(*ring) << log2) > from->side->geometry.side_size - offset)
		return false;

	/* who has not opened the ring yet has taken nothing from it */
	ack = LOAD(in->epoch) == from->epoch ? LOAD(in->ack) : 0;
	ring = (const void *)(from->side->base + offset);
	*slots = 1u << log2;
	for (*queued = 0; *queued < *slots; (*queued)++)
		if (LOAD(ring[(ack + *queued) & (*slots - 1)].seq) != ack + *queued + 1)
			break;
	return true;
}
