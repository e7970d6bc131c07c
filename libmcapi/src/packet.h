/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet.h - packets: the send end in packet_out.c, the receive end in packet_in.c
 */
#ifndef PACKET_H
#define PACKET_H

#include "buffer.h"
#include "channel.h"

#define PACKET_SENDS (MCAPI_WIRE_TYPE_PACKET | CHANNEL_SEND)
#define PACKET_RECEIVES (MCAPI_WIRE_TYPE_PACKET | CHANNEL_RECV)

/* Can the program send this? */
mcapi_status_t packet_check(const struct channel *channel, const void *buffer, size_t size);
/* Sends a packet, or @loan, however long that takes. */
mcapi_status_t packet_send_all(struct channel *channel, const struct iovec *pieces, uint32_t len,
			       struct buffer *loan);
/*
 * Sends what can be sent of a packet; *@sent says how much of it has gone. False
 * if there was no room for all of it.
 */
bool packet_send(struct channel *channel, const struct iovec *pieces, uint32_t len,
		 uint32_t *sent);
/* The same for a request, which may be to send a LOAN. */
bool packet_try(struct channel *channel, struct request *req);

/* ---- of the send end, for loans, too ---- */

static inline uint16_t packet_out_tag(const struct channel *channel)
{
	return HEAP_TAG_OUT(channel->handle & CHANNEL_MASK);
}

/* Can one more slot be published? */
bool packet_has_slot(struct channel *channel);
/* A block, counted as out; HEAP_NONE if there is none. @part: of a packet in parts. */
uint32_t packet_get_block(struct channel *channel, uint32_t len, bool part);
/* Publishes a block; @total: bytes of the packet that this is a part of, or 0. */
void packet_publish(struct channel *channel, uint32_t off, uint32_t len, uint32_t total);

/* ---- the receive end ---- */

/* The next packet, given to the program; NULL if there is none yet. */
struct buffer *packet_receive(struct channel *channel, uint32_t *len);
/* The next packet, however long that takes. */
mcapi_status_t packet_receive_one(struct channel *channel, void **buffer, size_t *size);
/* The program releases what it had received at @at. */
mcapi_status_t packet_release(struct node *node, const void *at);
/* A RECEIVED buffer goes back to the sender. */
void packet_in_release(struct buffer *buffer);
/* How many can be received. */
uint32_t packet_available(struct channel *channel);

#endif /* PACKET_H */
