// SPDX-License-Identifier: GPL-2.0-only
/*
 * section.c - who owns which part of our side
 *
 * The caller holds link->lock inside mcapi_link_enter().
 */
#include "link.h"

static void mcapi_section_publish(struct mcapi_link *link, u32 n, u32 state, u32 epoch)
{
	struct mcapi_wire_side *own = mcapi_side(link, link->side);
	struct mcapi_wire_owner *line = (void *)own + MCAPI_WIRE_OWNER_OFF + n * sizeof(*line);

	link->sections[n].state = state;
	link->sections[n].epoch = epoch;

	/* the section's content, then the epoch, then the state that vouches for both */
	dma_wmb();
	WRITE_ONCE(line->epoch, epoch);
	mcapi_sync_to_peer(link, line, sizeof(*line));
	dma_wmb();
	WRITE_ONCE(line->state, state);
	mcapi_sync_to_peer(link, line, sizeof(*line));
	dma_wmb();
	WRITE_ONCE(own->owner_seq, ++link->owner_seq);
	mcapi_sync_to_peer(link, own, sizeof(*own));
}

static void *mcapi_section_at(struct mcapi_link *link, u32 side,
			      const struct mcapi_geometry *g, u32 n)
{
	return link->window + mcapi_extent_of_section(g, side, n).offset;
}

/* Does a live node of the peer still read what the dead owner of @n wrote? */
static bool mcapi_section_quarantined(struct mcapi_link *link, u32 n)
{
	const struct mcapi_wire_owner *owners;
	const struct mcapi_wire_in *in;
	u32 i;

	if (link->status->link_state != MCAPI_LINK_UP)
		return false;

	owners = (void *)mcapi_side(link, !link->side) + MCAPI_WIRE_OWNER_OFF;
	for (i = 0; i < link->peer.sections; i++) {
		in = mcapi_section_at(link, !link->side, &link->peer, i) + MCAPI_WIRE_IN_OFF;
		mcapi_sync_from_peer(link, &owners[i], sizeof(owners[i]));
		mcapi_sync_from_peer(link, &in[n], sizeof(in[n]));
		if (READ_ONCE(owners[i].state) == MCAPI_WIRE_OWNER_LIVE &&
		    READ_ONCE(in[n].epoch) == link->sections[n].epoch)
			return true;
	}
	return false;
}

/*
 * Takes a section out of use, unless a node of the peer reads what is left in
 * it. The line becomes free before we look for readers; a reader says that it
 * reads before it looks at the line. With a full barrier between on both sides,
 * one of both sees the other.
 */
static bool mcapi_section_reclaim(struct mcapi_link *link, u32 n)
{
	u32 epoch = link->sections[n].epoch;

	if (link->sections[n].state == MCAPI_WIRE_OWNER_LIVE)
		return false;
	if (link->sections[n].state == MCAPI_WIRE_OWNER_FREE)
		return true;
	mcapi_section_publish(link, n, MCAPI_WIRE_OWNER_FREE, epoch);
	mb(); /* the free line, before the look at the readers */
	if (!mcapi_section_quarantined(link, n))
		return true;
	mcapi_section_publish(link, n, MCAPI_WIRE_OWNER_DEAD, epoch);
	return false;
}

/*
 * Returns the number of a section, cleared, or -ENOSPC. Round-robin, so that a
 * section rests as long as possible before it is used again.
 */
int mcapi_section_attach(struct mcapi_link *link, u32 *epoch)
{
	void *section;
	u32 i, n;

	for (i = 0; i < link->own.sections; i++) {
		n = (link->next_section + i) % link->own.sections;
		if (!mcapi_section_reclaim(link, n))
			continue;

		link->next_section = n + 1;
		section = mcapi_section_at(link, link->side, &link->own, n);
		memset(section, 0, link->own.section_size);
		mcapi_sync_to_peer(link, section, link->own.section_size);
		*epoch = mcapi_section_epoch(link->status->local_epoch, &link->attachments);
		mcapi_section_publish(link, n, MCAPI_WIRE_OWNER_LIVE, *epoch);
		return n;
	}
	return -ENOSPC;
}

void mcapi_section_release(struct mcapi_link *link, u32 n)
{
	mcapi_section_publish(link, n, MCAPI_WIRE_OWNER_DEAD, link->sections[n].epoch);
	mcapi_doorbell_tell(link);
}

void mcapi_section_clear_owners(struct mcapi_link *link)
{
	const size_t length = MCAPI_WIRE_MAX_SECTIONS * sizeof(struct mcapi_wire_owner);
	void *owners = (void *)mcapi_side(link, link->side) + MCAPI_WIRE_OWNER_OFF;

	memset(owners, 0, length);
	mcapi_sync_to_peer(link, owners, length);
}
