/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control.h - what nodes tell each other besides messages
 *
 * A control message takes a slot of the ring between two nodes. What finds the
 * ring full waits in the peer's private list; so does all that comes after it.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "node.h"
#include "peer.h"

/* Tells a peer; to one that is gone, nothing. */
void control_send(struct peer *peer, const struct mcapi_wire_control *control);
/* The answer to @asked. */
void control_answer(struct peer *peer, const struct mcapi_wire_control *asked, uint32_t op,
		    mcapi_status_t status, uint32_t word);

/* A slot of that kind arrived. What is wrong with it, or NULL. */
const char *control_handle(struct peer *peer, const struct mcapi_wire_slot *slot);

/* Tries again what waits for room. */
void control_retry(struct node *node);

/* A status that a peer sent: only what can be. */
mcapi_status_t control_status(const struct mcapi_wire_control *answer);

#endif /* CONTROL_H */
