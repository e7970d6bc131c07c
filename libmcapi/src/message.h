/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message.h - blocking calls for messages, whatever happens
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>

#include "mcapi.h"

struct endpoint;
struct landing;
struct node;

/* mcapi_msg_send() and mcapi_msg_recv(), which take a shorter way if they can: express.c. */
void message_send(mcapi_endpoint_t from, mcapi_endpoint_t to, void *buffer, size_t size,
		  mcapi_priority_t prio, mcapi_status_t *status);
void message_receive(mcapi_endpoint_t endpoint, void *buffer, size_t room, size_t *size,
		     mcapi_status_t *status);

/* The same inside a node. A receive that may not @wait says whether there was a message. */
mcapi_status_t message_send_one(struct node *node, mcapi_endpoint_t from, mcapi_endpoint_t to,
				const void *buffer, size_t size, mcapi_priority_t prio);
bool message_receive_one(struct endpoint *endpoint, struct landing *landing, bool wait);

#endif /* MESSAGE_H */
