/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * traffic.h - numbered messages between three nodes, of which one lives several times
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "support.h"

#define LARGEST 70000u
#define PRIORITIES 4u
#define LIVES 4u		/* of the victim, whose messages may still arrive */

enum { BLOCKING, POLLING, VICTIM, NODES };

struct payload {
	uint32_t from, life, prio, seq, len;
	uint8_t rest[LARGEST];
};

#define HEAD offsetof(struct payload, rest)

extern int self;
extern uint32_t life;			/* of this process, if it is the victim */

/* The next message to a node; its size. */
size_t traffic_compose(struct payload *payload, int to, unsigned int *seed);
/*
 * A whole message, and the next one of its priority: nothing is lost, doubled or
 * mixed up; else the process ends. A new victim begins with 0; what one that @joined_late
 * gets begins wherever the senders are. Two lives of a victim are two nodes: nothing
 * is said about their order.
 */
void traffic_check(const struct payload *got, size_t size, bool joined_late);

#endif /* TRAFFIC_H */
