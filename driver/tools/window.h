/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h - who is in a window, and what waits there
 */
#ifndef _MCAPI_TOOLS_WINDOW_H
#define _MCAPI_TOOLS_WINDOW_H

#include "link.h"

/**
 * struct side - one half of a window
 * @base: its first byte
 * @geometry: how it is divided
 */
struct side {
	const char *base;
	struct mcapi_geometry geometry;
};

/**
 * struct node - a live node in a section
 * @side: where
 * @section: number of the section
 * @epoch: of its owner
 * @domain: MCAPI domain
 * @node: MCAPI node
 * @endpoints: how many it has
 */
struct node {
	const struct side *side;
	__u32 section;
	__u32 epoch;
	__u32 domain;
	__u32 node;
	__u32 endpoints;
};

/* Returns false if nothing that can be true is written there. */
bool side_read(const struct link *link, __u32 number, struct side *side);

/* Nodes of a side, at most MCAPI_WIRE_MAX_SECTIONS; returns how many. */
size_t side_nodes(const struct side *side, struct node *nodes);

/* Messages on the way from one to the other; returns false if there is no ring. */
bool node_queue(const struct node *from, const struct node *to, __u32 *queued, __u32 *slots);

#endif /* _MCAPI_TOOLS_WINDOW_H */
