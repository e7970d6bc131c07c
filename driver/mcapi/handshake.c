// SPDX-License-Identifier: GPL-2.0-only
/*
 * handshake.c - whether the peer is there, and in which life
 *
 * Each side writes a header with a boot epoch of its own and acknowledges the
 * other's. The link is up when the peer acknowledges this life of ours and is
 * not known to have left. Everything the peer wrote is copied once, checked,
 * and only then used.
 */
#include <linux/random.h>

#include "link.h"

struct mcapi_wire_side *mcapi_side(struct mcapi_link *link, u32 side)
{
	return link->window + side * link->own.side_size;
}

/* Word by word and in order: the peer orders its stores, we order our loads. */
static void mcapi_handshake_copy(struct mcapi_link *link, struct mcapi_wire_side *copy)
{
	const u32 *from = (const u32 *)mcapi_side(link, !link->side);
	u32 *to = (u32 *)copy;
	size_t i;

	mcapi_sync_from_peer(link, from, sizeof(*copy));
	for (i = 0; i < sizeof(*copy) / sizeof(*to); i++) {
		to[i] = READ_ONCE(from[i]);
		dma_rmb();
	}
}

/*
 * After a reset while the header was copied, its acknowledgment is that of another
 * life, which rings when it is done.
 */
static bool mcapi_handshake_same(struct mcapi_link *link, u32 epoch)
{
	const struct mcapi_wire_side *peer = mcapi_side(link, !link->side);

	mcapi_sync_from_peer(link, peer, sizeof(*peer));
	return READ_ONCE(peer->boot_epoch) == epoch;
}

/* Called for each doorbell, so it reads as little as can show a change. */
bool mcapi_handshake_needed(struct mcapi_link *link)
{
	const struct mcapi_wire_side *peer = mcapi_side(link, !link->side);

	mcapi_sync_from_peer(link, peer, sizeof(*peer));
	return READ_ONCE(peer->magic) != READ_ONCE(link->seen.magic) ||
	       READ_ONCE(peer->boot_epoch) != READ_ONCE(link->seen.boot_epoch) ||
	       READ_ONCE(peer->state) != READ_ONCE(link->seen.state) ||
	       READ_ONCE(peer->peer_epoch_ack) != READ_ONCE(link->seen.peer_epoch_ack) ||
	       READ_ONCE(link->absent) != READ_ONCE(link->seen.absent) ||
	       READ_ONCE(link->departures) != READ_ONCE(link->departures_seen);
}

static void mcapi_handshake_note(struct mcapi_link *link,
				 const struct mcapi_wire_side *peer, bool absent)
{
	WRITE_ONCE(link->seen.magic, peer->magic);
	WRITE_ONCE(link->seen.boot_epoch, peer->boot_epoch);
	WRITE_ONCE(link->seen.state, peer->state);
	WRITE_ONCE(link->seen.peer_epoch_ack, peer->peer_epoch_ack);
	WRITE_ONCE(link->seen.absent, absent);
}

static void mcapi_handshake_ack(struct mcapi_link *link, u32 epoch)
{
	struct mcapi_wire_side *own = mcapi_side(link, link->side);
	bool merged;

	link->acked_epoch = epoch;
	WRITE_ONCE(own->peer_epoch_ack, epoch);
	mcapi_sync_to_peer(link, own, sizeof(*own));
	mcapi_doorbell_ring(link, &merged);
}

static void mcapi_handshake_look(struct mcapi_link *link)
{
	u32 state = MCAPI_LINK_DOWN, peer_epoch = link->status->peer_epoch, departures;
	struct mcapi_wire_side peer;
	struct mcapi_geometry geometry;
	enum mcapi_verdict verdict;
	bool absent, there;

	mcapi_handshake_copy(link, &peer);
	/*
	 * Ask who is there after reading, not before: if the peer is absent now,
	 * what was read was written by somebody who has left. If it left and came
	 * back in the meantime, then what was acknowledged before is dead, and
	 * what is new in the header is from the present life.
	 */
	if (link->bell.controller->presence && link->bell.tx.chan)
		mbox_client_peek_data(link->bell.tx.chan);
	departures = READ_ONCE(link->departures);
	absent = READ_ONCE(link->absent);
	mcapi_handshake_note(link, &peer, absent);

	verdict = mcapi_geometry_check(&peer, !link->side, link->own.side_size, &geometry);
	if (departures != link->departures_seen) {
		WRITE_ONCE(link->departures_seen, departures);
		link->dead_epoch = link->acked_epoch;
	}
	if (verdict == MCAPI_PEER_VALID && absent)
		link->dead_epoch = peer.boot_epoch;

	there = verdict == MCAPI_PEER_VALID && peer.state == MCAPI_WIRE_SIDE_UP &&
		peer.boot_epoch != link->dead_epoch;
	WRITE_ONCE(link->there, there);

	if (verdict == MCAPI_PEER_MISMATCH && !absent) {
		state = MCAPI_LINK_MISMATCH;
		dev_warn_ratelimited(link->parent,
				     "%s speaks wire format %u.%u, this driver %u.%u: update one of them\n",
				     link->label, peer.major, peer.minor,
				     MCAPI_WIRE_MAJOR, MCAPI_WIRE_MINOR);
	} else if (verdict == MCAPI_PEER_VALID) {
		peer_epoch = peer.boot_epoch;
		if (there) {
			if (peer.boot_epoch != link->acked_epoch)
				mcapi_handshake_ack(link, peer.boot_epoch);
			if (peer.peer_epoch_ack == link->status->local_epoch &&
			    mcapi_handshake_same(link, peer.boot_epoch)) {
				link->peer = geometry;
				state = MCAPI_LINK_UP;
			}
		}
	}
	mcapi_event_set_state(link, state, peer_epoch);
}

void mcapi_handshake_expect(struct mcapi_link *link, enum mcapi_expected life)
{
	struct mcapi_wire_side peer;

	mutex_lock(&link->lock);
	mcapi_handshake_copy(link, &peer);
	switch (life) {
	case MCAPI_EXPECT_START:
		link->dead_epoch = peer.boot_epoch;
		break;
	case MCAPI_EXPECT_RESTARTED:
		link->dead_epoch = link->acked_epoch;
		break;
	case MCAPI_EXPECT_RUNNING:
		link->dead_epoch = 0;
	}
	WRITE_ONCE(link->departures_seen, READ_ONCE(link->departures));
	WRITE_ONCE(link->absent, false);
	mutex_unlock(&link->lock);
}

/*
 * Any context. What a look finds new wakes all sleepers and may ring back, past the
 * limit on doorbells; so there is a pause between two.
 */
void mcapi_handshake_schedule(struct mcapi_link *link)
{
	long delay = READ_ONCE(link->next_look) - jiffies;

	schedule_delayed_work(&link->handshake, clamp_t(long, delay, 0, MCAPI_LOOK));
}

void mcapi_handshake_work(struct work_struct *work)
{
	struct mcapi_link *link = container_of(to_delayed_work(work), struct mcapi_link,
					       handshake);

	WRITE_ONCE(link->next_look, jiffies + MCAPI_LOOK);
	if (!mcapi_link_enter(link))
		return;
	mutex_lock(&link->lock);
	mcapi_handshake_look(link);
	mutex_unlock(&link->lock);
	mcapi_link_leave(link);
}

/* A new life of this side. The peer finds no header while it is being written. */
void mcapi_handshake_start(struct mcapi_link *link)
{
	struct mcapi_wire_side *own = mcapi_side(link, link->side);
	u32 epoch = 0;

	if (READ_ONCE(own->magic) == MCAPI_WIRE_SIDE_MAGIC)
		epoch = READ_ONCE(own->boot_epoch);
	if (epoch)
		epoch = mcapi_next_epoch(epoch);
	while (!epoch)
		epoch = get_random_u32();
	link->status->local_epoch = epoch;

	WRITE_ONCE(own->magic, 0);
	WRITE_ONCE(own->state, MCAPI_WIRE_SIDE_DOWN);
	mcapi_sync_to_peer(link, own, sizeof(*own));
	dma_wmb();
	mcapi_section_clear_owners(link);
	memset(own->reserved0, 0, sizeof(own->reserved0));
	memset(own->reserved1, 0, sizeof(own->reserved1));
	own->major = MCAPI_WIRE_MAJOR;
	own->minor = MCAPI_WIRE_MINOR;
	own->side = link->side;
	own->side_lines = link->own.side_size / MCAPI_WIRE_LINE;
	own->section_off = link->own.section_off / MCAPI_WIRE_LINE;
	own->section_lines = link->own.section_size / MCAPI_WIRE_LINE;
	own->sections = link->own.sections;
	own->features = 0;
	own->boot_epoch = epoch;
	own->owner_seq = 0;
	own->peer_epoch_ack = 0;
	dma_wmb();
	WRITE_ONCE(own->state, MCAPI_WIRE_SIDE_UP);
	mcapi_sync_to_peer(link, own, sizeof(*own));
	dma_wmb();
	WRITE_ONCE(own->magic, MCAPI_WIRE_SIDE_MAGIC);
	mcapi_sync_to_peer(link, own, sizeof(*own));
	/* If both sides start now, at least one must see the other's header. */
	mb();
}

/*
 * After a sleep: is our header still what it was? If the window lost its content,
 * we live anew; sections that are attached stay with their files, but nobody
 * vouches for them any more.
 */
void mcapi_handshake_check(struct mcapi_link *link)
{
	const struct mcapi_wire_side *own = mcapi_side(link, link->side);

	mutex_lock(&link->lock);
	mcapi_sync_from_peer(link, own, sizeof(*own));
	if (READ_ONCE(own->magic) != MCAPI_WIRE_SIDE_MAGIC ||
	    READ_ONCE(own->boot_epoch) != link->status->local_epoch) {
		link->acked_epoch = 0;
		link->owner_seq = 0;
		mcapi_handshake_start(link);
		mcapi_event_set_state(link, MCAPI_LINK_DOWN, 0);
	}
	mutex_unlock(&link->lock);
}

void mcapi_handshake_stop(struct mcapi_link *link)
{
	struct mcapi_wire_side *own = mcapi_side(link, link->side);

	WRITE_ONCE(own->state, MCAPI_WIRE_SIDE_DOWN);
	mcapi_sync_to_peer(link, own, sizeof(*own));
	mcapi_doorbell_tell(link);
}
