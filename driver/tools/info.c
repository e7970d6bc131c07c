// SPDX-License-Identifier: GPL-2.0-only
/*
 * info.c - mcapi-info: links, the nodes on both sides, and what waits between them
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "window.h"

static void print_queues(const struct node *from, const struct node *to, size_t count)
{
	__u32 queued, slots;
	size_t i;

	for (i = 0; i < count; i++)
		if (node_queue(from, &to[i], &queued, &slots))
			printf("    to %u:%u  %u of %u slots wait\n", to[i].domain, to[i].node,
			       queued, slots);
}

static void print_nodes(const char *where, const struct node *nodes, size_t count,
			const struct node *others, size_t other_count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		printf("  %s  node %u:%u  section %u  epoch %#x  endpoints %u\n", where,
		       nodes[i].domain, nodes[i].node, nodes[i].section, nodes[i].epoch,
		       nodes[i].endpoints);
		print_queues(&nodes[i], others, other_count);
	}
}

static void print_link(struct link *link)
{
	const struct mcapi_info *info = &link->info;
	struct node here[MCAPI_WIRE_MAX_SECTIONS], there[MCAPI_WIRE_MAX_SECTIONS];
	struct side own, peer;
	size_t own_count = 0, peer_count = 0;

	printf("%s  %s  %s  side %u  epoch %#x  peer's %#x\n", link->name, info->name,
	       link_state_name(info->link_state), info->side, info->local_epoch,
	       info->peer_epoch);
	printf("  window %llu KiB, %u sections of %llu KiB%s\n",
	       (unsigned long long)info->window_size / 1024, info->sections,
	       (unsigned long long)info->section_size / 1024,
	       info->caps & MCAPI_CAP_PRESENCE ? ", knows who is present" : "");
	printf("  rings: %llu, %llu merged, %llu refused, %llu stalled\n",
	       (unsigned long long)info->rings, (unsigned long long)info->coalesced,
	       (unsigned long long)info->refused, (unsigned long long)info->stalls);
	printf("  doorbells: %llu, %llu times throttled\n",
	       (unsigned long long)info->received, (unsigned long long)info->throttled);

	link_map(link);
	if (!link->window)
		return;
	if (side_read(link, info->side, &own))
		own_count = side_nodes(&own, here);
	if (info->link_state == MCAPI_LINK_UP && side_read(link, !info->side, &peer))
		peer_count = side_nodes(&peer, there);
	print_nodes("here ", here, own_count, there, peer_count);
	print_nodes("there", there, peer_count, here, own_count);
}

int main(int argc, char **argv)
{
	struct link *links;
	size_t count, i;

	if (argc > 1 && argv[1][0] == '-') {
		printf("usage: mcapi-info [DEVICE...]\n"
		       "Shows links, or those that are named: state, epochs, nodes and queues.\n");
		return strcmp(argv[1], "--help") ? 2 : 0;
	}
	count = links_open(argv + 1, (size_t)argc - 1, &links);
	if (!count)
		errx(1, "no /dev/mcapi*: is the module mcapi loaded, and a link described?");
	for (i = 0; i < count; i++)
		print_link(&links[i]);
	return 0;
}
