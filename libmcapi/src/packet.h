/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet.h - packets: the send end in packet_out.c, the receive end in packet_in.c
 */
#ifndef PACKET_H
#define PACKET_H

#include "buffer.h"
#include "channel.h"

/* Can the program send this? */
mcapi_status_t packet_check(const struct channel *channel, const void *buffer, size_t size);
/* Sends a packet, however long that takes. */
mcapi_status_t packet_send_all(struct channel *channel, const struct piece *pieces, uint32_t len);
/*
 * Sends what can be sent of a packet; *@sent says how much of it has gone. False
 * if there was no room for all of it.
 */
bool packet_send(struct channel *channel, const struct piece *pieces, uint32_t len,
		 uint32_t *sent);
/* Sends a LOAN; false if there is no room. */
bool packet_send_loan(struct channel *channel, struct buffer *buffer, uint32_t len);

/* A loan of @size bytes, or NULL. */
struct buffer *packet_loan(struct channel *channel, uint32_t size);
/* The program gives a LOAN or BACK buffer up. */
void packet_return_loan(struct buffer *buffer);
/* A BACK buffer becomes the program's again. */
void packet_keep_back(struct buffer *buffer);

/* The next packet, given to the program; NULL if there is none yet. */
struct buffer *packet_receive(struct channel *channel, uint32_t *len);
/* A RECEIVED buffer goes back to the sender. */
void packet_in_release(struct buffer *buffer);
/* How many can be received. */
uint32_t packet_available(struct channel *channel);

#endif /* PACKET_H */
