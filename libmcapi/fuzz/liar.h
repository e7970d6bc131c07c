/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * liar.h - a node of the local link that is only a section: what it writes there is
 * up to the fuzzer
 *
 * It begins as an ordinary node 2:1 with a ring and a return ring for node 1:1, so that
 * a few bytes of input get far.
 */
#ifndef LIAR_H
#define LIAR_H

#include <stdint.h>

#include <linux/mcapi_wire.h>

#define LIAR_DOMAIN 2u
#define LIAR_NODE 1u
#define LIAR_LOG2 6u		/* of all of its rings */

/* Where things are in its section, bytes. */
#define LIAR_RING 0x50000u
#define LIAR_RETURNS 0x60000u
#define LIAR_CHANNEL_RING 0x70000u
#define LIAR_CHANNEL_LINES 0x80000u
#define LIAR_CHANNEL_RETURNS 0x90000u
#define LIAR_BUFFERS 0x100000u

/* Takes a section of the window in MCAPI_LOCAL_DIR, which some node has made before. */
void liar_attach(void);
/* Forgets all that was; no node is attached. */
void liar_reset(void);
/* Node 1:1 is attached: rings for it. */
void liar_meet(void);

uint8_t *liar_section(void);
struct mcapi_wire_owner *liar_owner(void);
/* The number of a line of its section, for offsets in the wire format. */
uint32_t liar_line(uint32_t offset);
/* Of the node that it talks to. */
uint32_t liar_victim_epoch(void);
struct mcapi_wire_in *liar_in(void);
struct mcapi_wire_out *liar_out(void);

/* Publishes a slot, which gets the sequence that is next. */
void liar_send(struct mcapi_wire_slot *slot);
void liar_return(const struct mcapi_wire_return *entry);

#endif /* LIAR_H */
