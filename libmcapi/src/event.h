/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event.h - nodes that came and went, until the program asks
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "mcapix.h"

#define EVENTS_KEPT 256u

struct event_queue {
	struct { uint8_t kind, domain, node; } kept[EVENTS_KEPT];
	uint32_t first, next;		/* free-running */
	uint32_t awaited;		/* threads that wait for the next one */
	struct watch *watch;
	mcapix_event_function callback;	/* NULL: the program asks */
	void *arg;
	bool telling;			/* some thread calls it now */
};

struct node;

/* Calls the program's function for all events; gives up the lock meanwhile. */
void event_tell(struct node *node);

void event_add(struct node *node, enum mcapix_event_kind kind, uint32_t domain, uint32_t number);

#endif /* EVENT_H */
