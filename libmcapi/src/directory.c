/* SPDX-License-Identifier: BSD-3-Clause */
#include "directory.h"

/* ---- own: the same entry on every link ---- */

bool directory_free_entry(struct node *node, uint32_t *entry)
{
	uint32_t most = NODE_ENDPOINTS;

	for (struct link *link = node->links; link; link = link->next)
		if (link->dir_entries < most)
			most = link->dir_entries;
	for (uint32_t i = 0; i < most; i++)
		if (!(node->entry_gen[i] & 1)) {
			*entry = i;
			return true;
		}
	detail("the directory of node %u:%u is full: %u endpoints", node->domain, node->number,
	       most);
	return false;
}

static void changed(struct link *link)
{
	own_publish(&link->own, &link_head(link)->dir_seq, ++link->dir_seq);
	/* Who waits for the endpoint, or for credit there, looks again. */
	link_poke_all(link);
}

void directory_publish(struct endpoint *endpoint)
{
	struct mcapi_wire_endpoint fresh = { .port = endpoint->port };

	memcpy(fresh.attr, endpoint->attr, sizeof(fresh.attr));
	for (struct link *link = endpoint->node->links; link; link = link->next) {
		struct mcapi_wire_endpoint *line = &link_dir(link)[endpoint->entry];

		fresh.credit = link->credit;
		own_copy(&link->own, &line->port, &fresh.port,
			 sizeof(fresh) - offsetof(struct mcapi_wire_endpoint, port));
		own_publish(&link->own, &line->gen, endpoint->gen);
		changed(link);
	}
}

void directory_retract(struct endpoint *endpoint)
{
	for (struct link *link = endpoint->node->links; link; link = link->next) {
		own_publish(&link->own, &link_dir(link)[endpoint->entry].gen, endpoint->gen);
		changed(link);
	}
}

void directory_set(struct endpoint *endpoint, uint32_t attr, uint32_t value)
{
	endpoint->attr[attr] = value;
	for (struct link *link = endpoint->node->links; link; link = link->next)
		own_publish(&link->own, &link_dir(link)[endpoint->entry].attr[attr], value);
}

/* ---- the peer's ---- */

/* A copy of a line; each word is loaded once. */
static void copy_line(struct mcapi_wire_endpoint *copy, const struct mcapi_wire_endpoint *line)
{
	copy->port = __atomic_load_n(&line->port, __ATOMIC_RELAXED);
	copy->credit = __atomic_load_n(&line->credit, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < MCAPI_WIRE_ATTRS; i++)
		copy->attr[i] = __atomic_load_n(&line->attr[i], __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

bool directory_find(struct peer *peer, uint16_t port, uint32_t *entry,
		    struct mcapi_wire_endpoint *copy)
{
	const struct side *side = &peer->link->theirs;
	const struct mcapi_wire_endpoint *dir = side_dir(side, peer->section);
	uint32_t entries = peer_load(&side_node(side, peer->section)->dir_entries);
	uint32_t most = (side_section_size(side) - MCAPI_WIRE_DIR_OFF) / sizeof(*dir);

	if (most > MCAPI_WIRE_MAX_ENDPOINTS)
		most = MCAPI_WIRE_MAX_ENDPOINTS;
	if (entries > most)
		entries = most;
	for (uint32_t i = 0; i < entries; i++) {
		copy->gen = peer_load(&dir[i].gen);
		/* Entries are filled from the start and never move: 0 was never used. */
		if (!copy->gen)
			break;
		if (!(copy->gen & 1) ||
		    __atomic_load_n(&dir[i].port, __ATOMIC_RELAXED) != port)
			continue;
		copy_line(copy, &dir[i]);
		/* Deleted or reused while we looked? Then this was another endpoint. */
		if (peer_load(&dir[i].gen) != copy->gen)
			continue;
		*entry = i;
		return true;
	}
	return false;
}
