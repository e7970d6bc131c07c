/* SPDX-License-Identifier: BSD-3-Clause */
#include "control.h"

#include <stdlib.h>

#include "channel.h"
#include "connect.h"
#include "holder.h"
#include "lane.h"

/*
 * What a peer can make us say is bounded by the requests that it may have under
 * way, and by its endpoints; who asks for more does not read its answers.
 */
#define WAITING_MAX 16384u

static bool send_now(struct peer *peer, const struct mcapi_wire_control *control)
{
	struct mcapi_wire_slot slot = {
		.len = sizeof(*control),
		.kind = MCAPI_WIRE_SLOT_CONTROL,
	};

	if (!peer_has_slot(peer))
		return false;
	memcpy(slot.data, control, sizeof(*control));
	ring_publish(&peer->out, &peer->link->own, &slot, sizeof(*control));
	return true;
}

static void wait_for_room(struct peer *peer, const struct mcapi_wire_control *control)
{
	if (peer->control_len == WAITING_MAX) {
		peer_fault(peer, "it does not take its answers");
		return;
	}
	if (peer->control_len == peer->control_max) {
		const uint32_t max = peer->control_max ? peer->control_max * 2 : 16;
		struct mcapi_wire_control *grown =
			realloc(peer->control, max * sizeof(*grown));

		if (!grown) {
			peer_fault(peer, "no memory for what it must be told");
			return;
		}
		peer->control = grown;
		peer->control_max = max;
	}
	peer->control[peer->control_len++] = *control;
	peer->node->controls++;
}

void control_send(struct peer *peer, const struct mcapi_wire_control *control)
{
	if (peer->dead || peer->faulted)
		return;
	if (!peer->control_len && send_now(peer, control))
		peer_poke(peer);
	else if (!peer->faulted)
		wait_for_room(peer, control);
}

void control_answer(struct peer *peer, const struct mcapi_wire_control *asked, uint32_t op,
		    mcapi_status_t status, uint32_t word)
{
	const struct mcapi_wire_control answer = {
		.op = op, .tag = asked->tag, .status = status, .word = { word },
	};

	control_send(peer, &answer);
}

static void retry(struct peer *peer)
{
	uint32_t done = 0;

	if (peer->dead || peer->faulted)
		done = peer->control_len;
	while (done < peer->control_len && send_now(peer, &peer->control[done]))
		done++;
	if (!done)
		return;
	peer->control_len -= done;
	peer->node->controls -= done;
	memmove(peer->control, peer->control + done, peer->control_len * sizeof(*peer->control));
	if (!peer->dead && !peer->faulted)
		peer_poke(peer);
}

void control_retry(struct node *node)
{
	struct peer *peer;

	for (struct link *link = node->links; link; link = link->next)
		link_for_each_peer(link, peer)
			if (peer->control_len)
				retry(peer);
}

mcapi_status_t control_status(const struct mcapi_wire_control *answer)
{
	return answer->status == MCAPI_SUCCESS ||
	       (answer->status > MCAPI_TIMEOUT && answer->status < MCAPI_STATUS_END) ?
	       answer->status : MCAPI_ERR_GENERAL;
}

const char *control_handle(struct peer *peer, const struct mcapi_wire_slot *slot)
{
	struct mcapi_wire_control control;

	memcpy(&control, slot->data, sizeof(control));
	switch (control.op) {
	case MCAPI_WIRE_CONNECT:
		return connect_asked(peer, &control);
	case MCAPI_WIRE_CONNECTED:
		return connect_answered(peer, &control);
	case MCAPI_WIRE_RESERVE:
		return connect_reserve(peer, &control);
	case MCAPI_WIRE_RESERVED:
		return connect_reserved(peer, &control);
	case MCAPI_WIRE_OPEN:
		return channel_opened(peer, &control);
	case MCAPI_WIRE_CLOSE:
		return channel_closed(peer, &control);
	case MCAPI_WIRE_DONE:
		return channel_done(peer, &control);
	case MCAPI_WIRE_GET:
		return holder_asked(peer, &control);
	case MCAPI_WIRE_GOT:
		return holder_answered(peer, &control);
	case MCAPI_WIRE_RELEASE:
		return holder_released(peer, &control);
	case MCAPI_WIRE_ABANDON:
		return lane_abandoned(peer, &control);
	default:
		return "unknown control message";
	}
}
