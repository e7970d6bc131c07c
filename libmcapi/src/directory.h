/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * directory.h - what nodes tell of their endpoints: one line each, in every section
 *
 * The truth about own endpoints is in struct endpoint; the directories repeat it
 * for the others, who read them without asking.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "endpoint.h"

/* An entry that is free in the directories of all links; false with a detail. */
bool directory_free_entry(struct node *node, uint32_t *entry);

/* The endpoint is there, with its attributes; it is not any more. */
void directory_publish(struct endpoint *endpoint);
void directory_retract(struct endpoint *endpoint);

/* Changes an attribute, here and for the others. */
void directory_set(struct endpoint *endpoint, uint32_t attr, uint32_t value);

/* The live endpoint with @port in the peer's directory: its entry, and a copy of the line. */
bool directory_find(struct peer *peer, uint16_t port, uint32_t *entry,
		    struct mcapi_wire_endpoint *copy);

#endif /* DIRECTORY_H */
