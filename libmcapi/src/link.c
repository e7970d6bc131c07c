/* SPDX-License-Identifier: BSD-3-Clause */
#include "link.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "peer.h"

#define RING_LOG2_MIN 4u
#define RING_LOG2_MAX 10u
#define RING_BYTES_SHARE 8192u	/* of a section, for each slot: 64 bytes for 64 peers, twice */
#define CREDIT_MIN 64u

/*
 * A path that is named but cannot be opened is an error; one that was found is passed over,
 * which is the reason to give if a node is then looked for in vain.
 */
static bool open_devices(struct node *node, struct link ***tail)
{
	const char *named = getenv("MCAPI_DEVICES");
	const char *patterns = named ? named : "/dev/mcapi[0-9]*";
	char *list = strdup(patterns), *save = NULL;
	bool ok = list;

	for (char *word = list ? strtok_r(list, ":", &save) : NULL; word && ok;
	     word = strtok_r(NULL, ":", &save)) {
		const bool literal = !strpbrk(word, "*?[");
		glob_t found;

		if (glob(word, literal ? GLOB_NOCHECK : 0, NULL, &found))
			continue;
		for (size_t i = 0; i < found.gl_pathc && ok; i++) {
			struct link *link = link_device_open(node, found.gl_pathv[i]);

			if (link) {
				**tail = link;
				*tail = &link->next;
			} else {
				ok = !(named && literal);
				if (!node->passed_over.any)
					detail_keep(&node->passed_over);
			}
		}
		globfree(&found);
	}
	free(list);
	return ok;
}

bool link_open_all(struct node *node)
{
	const char *ivshmem = getenv("MCAPI_IVSHMEM");
	struct link **tail = &node->links;

	*tail = link_local_open(node);
	if (!*tail)
		return false;
	tail = &(*tail)->next;
	if (!open_devices(node, &tail))
		return false;
	if (ivshmem && *ivshmem) {
		*tail = link_ivshmem_open(node, ivshmem);
		if (!*tail)
			return false;
	}
	for (struct link *link = node->links; link; link = link->next)
		node->stats.links++;
	return true;
}

bool link_setup(struct link *link)
{
	struct mcapi_wire_node *head = link_head(link);
	uint32_t entries = link->own.size / 512;

	link->dir_entries = entries < MCAPI_WIRE_MAX_ENDPOINTS ? entries : MCAPI_WIRE_MAX_ENDPOINTS;
	/*
	 * A ring has room for twice what one endpoint may be sent, so that one that does
	 * not receive leaves slots for the others; all of them take half of the section.
	 */
	link->ring_log2 = RING_LOG2_MIN;
	while (link->ring_log2 < RING_LOG2_MAX &&
	       RING_BYTES_SHARE << (link->ring_log2 + 1) <= link->own.size)
		link->ring_log2++;
	link->credit = 1u << link->ring_log2 >> 1;
	if (link->credit < CREDIT_MIN)
		link->credit = CREDIT_MIN;
	if (!heap_init(&link->heap, MCAPI_WIRE_DIR_OFF + link->dir_entries *
		       (uint32_t)sizeof(struct mcapi_wire_endpoint), link->own.size)) {
		detail("no memory for the buffers of %s", link->name);
		return false;
	}
	own_clear(&link->own, link->own.base, MCAPI_WIRE_DIR_OFF);
	own_clear(&link->own, link_dir(link),
		  link->dir_entries * sizeof(struct mcapi_wire_endpoint));
	own_store(&link->own, &head->epoch, link->section_epoch);
	own_store(&link->own, &head->domain, link->node->domain);
	own_store(&link->own, &head->node, link->node->number);
	own_store(&link->own, &head->dir_entries, link->dir_entries);
	own_publish(&link->own, &head->magic, MCAPI_WIRE_SECTION_MAGIC);
	link->rescan = true;
	return true;
}

void link_ready(struct link *link)
{
	own_publish(&link->own, &link_head(link)->state, MCAPI_WIRE_NODE_READY);
	link_poke_all(link);
}

void link_poke_all(struct link *link)
{
	struct peer *peer;

	/*
	 * Who joins now either is found by this scan or will find what was published:
	 * it has taken its section before it looks, and we publish before we look.
	 */
	full_barrier();
	link_scan(link);
	link_for_each_peer(link, peer)
		peer_poke(peer);
}

/* All peers of the other side's former life. */
static void drop_all(struct link *link)
{
	struct peer *peer;

	link_for_each_peer(link, peer)
		peer_dead(peer, true);
}

/* What the section's head says of its node; false while it is not set up. */
static bool read_identity(struct link *link, uint32_t section, uint32_t epoch,
			  uint32_t *domain, uint32_t *number)
{
	const struct mcapi_wire_node *head = side_node(&link->theirs, section);

	if (peer_load(&head->state) != MCAPI_WIRE_NODE_READY ||
	    peer_load(&head->magic) != MCAPI_WIRE_SECTION_MAGIC ||
	    peer_load(&head->epoch) != epoch)
		return false;
	*domain = peer_load(&head->domain);
	*number = peer_load(&head->node);
	return *domain <= MCAPI_MAX_DOMAIN && *number <= MCAPI_MAX_NODE;
}

static void look_at(struct link *link, uint32_t section)
{
	const struct mcapi_wire_owner *owner = side_owner(&link->theirs, section);
	struct peer *peer = link->peers[section];
	uint32_t epoch, domain, number;
	bool alive;

	if (peer) {
		if (link->ops->alive(link, section, peer->epoch))
			return;
		peer_dead(peer, false);
		if (link->peers[section])
			return;		/* its section stays as it is while we hold of it */
	}
	if (peer_load(&owner->state) == MCAPI_WIRE_OWNER_FREE)
		return;
	epoch = peer_load(&owner->epoch);
	alive = link->ops->alive(link, section, epoch);
	if (!read_identity(link, section, epoch, &domain, &number)) {
		link->rescan |= alive;	/* attached, still setting up */
		return;
	}
	/* Who came and went since the last look may have left messages for us. */
	if (!alive && (link->done[section] == epoch ||
		       peer_load(&side_out(&link->theirs, section, link->section)->epoch) !=
		       link->section_epoch))
		return;
	peer = peer_new(link, section, epoch, domain, number);
	if (!peer)
		link->rescan = true;
	else if (!alive)
		peer_dead(peer, false);
}

void link_scan(struct link *link)
{
	uint32_t epoch, seq;

	epoch = link->constant ? link->epoch : link->ops->epoch(link);
	if (epoch != link->epoch) {
		/* No peer may be left that was found by the old side's geometry. */
		drop_all(link);
		if (epoch && !link->ops->read_side(link))
			epoch = 0;
		link->epoch = epoch;
		link->rescan = true;
	}
	if (!epoch)
		return;
	seq = peer_load(&side_header(&link->theirs)->owner_seq);
	if (seq == link->owner_seq && !link->rescan)
		return;
	link->owner_seq = seq;
	link->rescan = false;
	for (uint32_t i = 0; i < link->theirs.sections; i++)
		look_at(link, i);
}

void link_meet(struct link *link)
{
	for (uint32_t i = 0; link->epoch && i < link->theirs.sections; i++)
		if (!link->peers[i])
			look_at(link, i);
}

bool link_owner_alive(struct link *link, uint32_t section, uint32_t epoch)
{
	const struct mcapi_wire_owner *owner = side_owner(&link->theirs, section);

	return peer_load(&owner->state) == MCAPI_WIRE_OWNER_LIVE &&
	       peer_load(&owner->epoch) == epoch;
}

void link_arm(struct link *link, bool fd)
{
	(void)fd;
	/* The next odd number, whether this node was awake or said that it sleeps. */
	link->wake_seq += link->wake_seq & 1 ? 2 : 1;
	own_publish(&link->own, &link_head(link)->wake_seq, link->wake_seq);
	full_barrier();
}

const uint32_t *link_wake_word(struct link *link, struct peer *peer, bool *fences)
{
	/* Another processor cannot be made to fence. */
	*fences = false;
	return &side_node(&link->theirs, peer->section)->wake_seq;
}

void link_disarm(struct link *link)
{
	link->wake_seq += link->wake_seq & 1;
	own_publish(&link->own, &link_head(link)->wake_seq, link->wake_seq);
}

uint32_t link_asleep(struct peer *peer)
{
	uint32_t seq = peer_load(peer->wake_word);

	/* Once for each sleep: when it wakes it will look at everything anyway. */
	return (seq & 1) && seq != peer->rung ? seq : 0;
}

void link_close(struct link *link)
{
	/* The section stays as it is: others may not have read all that we sent. */
	link->closing = true;
	link->ops->detach(link);
	drop_all(link);
	heap_fini(&link->heap);
	free(link);
}
