/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer.h - packets that the program has in its hands
 *
 * Whatever pointer a program gives back is looked up here: only what was given
 * out is taken.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include "channel.h"

enum buffer_kind {
	BUFFER_RECEIVED,	/* in the sender's section */
	BUFFER_COPY,		/* received, in private memory */
	BUFFER_LOAN,		/* in the own section, to be filled and sent */
	BUFFER_SENT,		/* such a one, at the receiver */
	BUFFER_BACK,		/* such a one that came back, and that nobody asked for since */
};

#define BUFFER_DATA 64u

struct buffer {
	struct buffer *next;		/* in its bucket, or of the spare ones */
	void *at;
	enum buffer_kind kind;
	uint32_t size;			/* LOAN: of the block */
	uint32_t place;			/* RECEIVED: line in the peer's side; LOAN: offset in the section */
	struct channel *channel;	/* NULL for a COPY */
	struct buffer *next_back;	/* BACK: of the channel */
	struct peer *peer;		/* RECEIVED: whose memory it is, or NULL if that is gone */
	uint8_t data[BUFFER_DATA] MCAPI_DECL_ALIGNED;	/* short COPY */
};

/* A buffer that is in nobody's hands yet; NULL without memory. */
struct buffer *buffer_new(struct channel *channel, enum buffer_kind kind);
/* Memory of its own for a COPY; false without. */
bool buffer_room(struct buffer *buffer, uint32_t size);
/* The program gets it. */
void buffer_give(struct buffer *buffer);
/* What the program had at @at, or NULL. */
struct buffer *buffer_find(struct node *node, const void *at);
/* The program has it no more. */
void buffer_take(struct node *node, struct buffer *buffer);
/* Frees what buffer_new() made and nobody has. */
void buffer_drop(struct node *node, struct buffer *buffer);

/* Buffers that are nobody's any more. */
void buffer_lose_peer(struct peer *peer, bool memory_gone);
/* What was sent of them comes back to nobody: the program has it no more. */
void buffer_forget_sent(struct channel *channel);
/* Loans of a channel that ends: the program may not use them any more. */
void buffer_end_loans(struct channel *channel);
void buffer_free_all(struct node *node);

#endif /* BUFFER_H */
