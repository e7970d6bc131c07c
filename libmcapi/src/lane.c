/* SPDX-License-Identifier: BSD-3-Clause */
#include "lane.h"

#include <stdlib.h>

#include "queue.h"

/* Words of a part's slot, behind the line of its buffer. */
struct part {
	uint32_t line, total, serial, offset;
};

static struct part part_of(const struct mcapi_wire_slot *slot)
{
	struct part part;

	memcpy(&part, slot->data, sizeof(part));
	return part;
}

static bool is_part(const struct mcapi_wire_slot *slot)
{
	return slot->flags & MCAPI_WIRE_SLOT_PART;
}

const char *lane_fault(const struct mcapi_wire_slot *slot)
{
	const struct part part = part_of(slot);

	if (!(slot->flags & MCAPI_WIRE_SLOT_BUFFER) || !slot->len)
		return "a part of a message without a buffer";
	if (part.total > MCAPI_MAX_MESSAGE_SIZE || part.offset > part.total ||
	    slot->len > part.total - part.offset)
		return "a part that is not inside its message";
	return NULL;
}

static struct lane **find(struct peer *peer, const struct endpoint *endpoint, uint8_t prio)
{
	struct lane **at = &peer->lanes;

	while (*at && ((*at)->endpoint != endpoint || (*at)->prio != prio))
		at = &(*at)->next;
	return at;
}

/* What is put together is given up, or has been handed on. */
static void clear(struct lane *lane)
{
	if (lane->data)
		lane->peer->lane_bytes -= lane->total;
	free(lane->data);
	lane->data = NULL;
}

static bool begin(struct lane *lane, const struct part *part, bool forced)
{
	struct peer *peer = lane->peer;

	if (!forced && peer->lane_bytes + part->total > LANE_MEMORY)
		return false;
	lane->data = malloc(part->total);
	if (!lane->data)
		return false;
	peer->lane_bytes += part->total;
	lane->total = part->total;
	lane->serial = part->serial;
	lane->have = 0;
	return true;
}

/* The message is whole: its memory goes with it. */
static void finish(struct lane *lane, const struct mcapi_wire_slot *slot)
{
	struct mcapi_wire_slot whole = *slot;
	uint8_t *data = lane->data;

	whole.len = lane->total;
	whole.flags = 0;
	lane->data = NULL;
	if (!endpoint_deliver_whole(lane->endpoint, lane->peer, &whole, data)) {
		lane->peer->lane_bytes -= lane->total;
		free(data);
	}
}

/* Takes the next slot; false if there is no room for the message that it begins. */
static bool step(struct lane *lane, const struct mcapi_wire_slot *slot, bool forced)
{
	const struct part part = part_of(slot);

	/* Its sender sends one after the other: what is not whole by now was given up. */
	if (lane->data && (!is_part(slot) || part.serial != lane->serial || !part.offset))
		clear(lane);
	if (!is_part(slot)) {
		if (!endpoint_deliver(lane->endpoint, lane->peer, slot))
			peer_return(lane->peer, slot);
		return true;
	}
	if (!lane->data && !part.offset && !begin(lane, &part, forced))
		return false;
	/* The rest of something that was given up has no beginning. */
	if (lane->data && part.total == lane->total && part.offset == lane->have) {
		memcpy(lane->data + lane->have, peer_buffer(lane->peer, slot), slot->len);
		lane->have += slot->len;
	}
	peer_return(lane->peer, slot);
	if (lane->data && lane->have == lane->total)
		finish(lane, slot);
	return true;
}

/* Goes on with what waits; false if there still is no room. */
static bool advance(struct lane *lane, bool forced)
{
	while (lane->first) {
		struct message *message = lane->first;

		if (!step(lane, &message->slot, forced))
			return false;
		lane->first = message->next;
		if (!lane->first)
			lane->last = &lane->first;
		queue_unhold(lane->endpoint, message);
	}
	return true;
}

static void free_lane(struct lane **at)
{
	struct lane *lane = *at;

	*at = lane->next;
	clear(lane);
	while (lane->first) {
		struct message *message = lane->first;

		lane->first = message->next;
		peer_return(lane->peer, &message->slot);
		queue_unhold(lane->endpoint, message);
	}
	free(lane);
}

static struct lane *new_lane(struct endpoint *endpoint, struct peer *peer, uint8_t prio)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (!lane)
		return NULL;
	lane->peer = peer;
	lane->endpoint = endpoint;
	lane->prio = prio;
	lane->last = &lane->first;
	lane->next = peer->lanes;
	peer->lanes = lane;
	return lane;
}

static void wait_for_room(struct lane *lane, const struct mcapi_wire_slot *slot)
{
	struct message *message = queue_hold(lane->endpoint, lane->peer, slot);

	if (!message) {
		peer_return(lane->peer, slot);
		return;
	}
	*lane->last = message;
	lane->last = &message->next;
}

bool lane_take(struct endpoint *endpoint, struct peer *peer, const struct mcapi_wire_slot *slot)
{
	struct lane **at = find(peer, endpoint, slot->prio);
	struct lane *lane = *at;

	if (!lane) {
		if (!is_part(slot))
			return false;
		lane = new_lane(endpoint, peer, slot->prio);
		if (!lane) {
			peer_return(peer, slot);
			return true;
		}
		at = &peer->lanes;
	}
	if (lane->first || !step(lane, slot, false))
		wait_for_room(lane, slot);
	if (!lane->data && !lane->first)
		free_lane(at);
	return true;
}

void lane_progress(struct peer *peer)
{
	struct lane **at = &peer->lanes;

	while (*at) {
		advance(*at, false);
		if (!(*at)->data && !(*at)->first)
			free_lane(at);
		else
			at = &(*at)->next;
	}
}

/* Of what waits, the parts of one message. */
static void forget_waiting(struct lane *lane, uint32_t serial)
{
	struct message **at = &lane->first;

	while (*at) {
		struct message *message = *at;

		if (!is_part(&message->slot) || part_of(&message->slot).serial != serial) {
			at = &message->next;
			continue;
		}
		*at = message->next;
		peer_return(lane->peer, &message->slot);
		queue_unhold(lane->endpoint, message);
	}
	lane->last = at;
}

const char *lane_abandoned(struct peer *peer, const struct mcapi_wire_control *control)
{
	mcapi_status_t status;
	const struct endpoint *endpoint = endpoint_own(peer->node, control->recv, &status);
	struct lane **at = endpoint ? find(peer, endpoint, (uint8_t)control->word[0]) : NULL;

	/* It may be another endpoint by now. */
	if (!at || !*at)
		return NULL;
	if ((*at)->data && (*at)->serial == control->tag)
		clear(*at);
	forget_waiting(*at, control->tag);
	if (!(*at)->data && !(*at)->first)
		free_lane(at);
	return NULL;
}

void lane_drop_endpoint(struct endpoint *endpoint)
{
	for (struct link *link = endpoint->node->links; link; link = link->next) {
		struct peer *peer;

		link_for_each_peer(link, peer) {
			struct lane **at = &peer->lanes;

			while (*at) {
				if ((*at)->endpoint == endpoint)
					free_lane(at);
				else
					at = &(*at)->next;
			}
		}
	}
}

void lane_lose_peer(struct peer *peer, bool memory_gone)
{
	/* All of it is in the peer's memory, so there is not more than that. */
	while (peer->lanes) {
		if (!memory_gone)
			advance(peer->lanes, true);
		free_lane(&peer->lanes);
	}
}
