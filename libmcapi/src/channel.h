/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channel.h - one end of a packet or scalar channel
 *
 * An end exists from the moment its endpoint is taken by a connect. When both
 * ends are closed the endpoint is free again, but the end lives on, without the
 * program, until neither side uses memory of the other. It is freed in
 * channel_progress() only, so that nobody in a chain of calls is left with a
 * pointer to nothing.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "endpoint.h"
#include "give.h"
#include "node.h"
#include "peer.h"
#include "request.h"
#include "scalars.h"

#define CHANNELS MCAPI_WIRE_MAX_ENDPOINTS
#define CHANNEL_MASK (CHANNELS - 1)

/* Kind: the wire format's type, and which end this is. */
#define CHANNEL_SEND 0x10u
#define CHANNEL_RECV 0x20u

struct buffer;

struct packet_out {
	struct ring_out ring;
	struct give_in back;
	uint32_t count, bytes;		/* buffers that are out */
	bool give_up;			/* a packet was begun whose rest does not come */
};

struct packet_in {
	struct ring_in ring;
	struct give_out back;
	struct buffer *parts;		/* packet that comes in parts, as far as it is there */
	uint32_t have, total;
};

struct channel {
	uint32_t handle;		/* generation, and index in the node's table */
	uint32_t usable;		/* kind while the program may use the handle, else 0 */
	uint32_t kind;
	uint32_t looks;			/* calls since the last look at everything else */
	union {
		struct packet_out packet_out;
		struct packet_in packet_in;
		struct scalars_out scalars_out;
		struct scalars_in scalars_in;
	};
	const struct mcapi_wire_channel *their_line;	/* send end */
	struct mcapi_wire_channel *line;		/* receive end: own, written only */
	struct node *node;
	struct link *link;
	struct peer *peer;		/* of the other end; NULL when it can be reached no more */
	struct endpoint *endpoint;	/* NULL once it is free again */
	mcapi_endpoint_t other;		/* endpoint of the other end */
	uint32_t theirs;		/* the other end's handle at its node */

	bool connected;			/* the other end has agreed */
	bool open_here, open_there;
	bool closed_here, closed_there;
	bool lost;			/* the other end's node is gone */
	bool broken;			/* ... and had not closed its end */
	bool done;			/* the send end has said so */
	bool over;			/* to be freed */
	bool holds_peer;		/* receive end: reads from its section */
	bool fail_full;			/* the endpoint asks for MEM_LIMIT instead of waiting */
	uint32_t final;			/* receive end: where the ring ends, if closed_there */
	uint32_t held;			/* buffers that are not released yet */
	uint32_t loans;			/* send end: buffers that the program asked for */
	struct buffer *back;		/* of these, what came back */
	uint32_t former_type;		/* of the endpoint */
	uint32_t max_payload, timeout;
	uint32_t offs[2];		/* own memory: ring, or lines and return ring */

	struct watch *watch;		/* its file descriptor, if the program wants one */
	struct request *opening;
	struct request *pending, **pending_tail;	/* sends or receives, in order */
	struct { struct peer *peer; uint32_t tag; } asked;	/* who connects; NULL: told */
	bool asks;			/* depends on the peer's answer */
	struct channel *next;		/* of the node */
	struct channel *next_busy;
	bool busy;
};

struct channel_slot {
	uint32_t handle;		/* of the latest channel here */
	struct channel *channel;
};

static inline bool channel_sends(const struct channel *channel)
{
	return channel->kind & CHANNEL_SEND;
}

static inline bool channel_has_packets(const struct channel *channel)
{
	return channel->kind & MCAPI_WIRE_TYPE_PACKET;
}

/* ---- channel.c: life ---- */

/* Takes an endpoint that is free, for a channel with @other; NULL without memory. */
struct channel *channel_new(struct endpoint *endpoint, uint32_t kind, struct peer *peer,
			    mcapi_endpoint_t other);
/* Waits for the peer's answer, or not any more. */
void channel_ask(struct channel *channel, bool asks);
/* Lets go of everything; the memory goes with the next progress. */
void channel_end(struct channel *channel);
/* The channel of a handle, or NULL. */
struct channel *channel_find(struct node *node, uint32_t handle);

/* Has work that node_progress() must look at. */
void channel_busy(struct channel *channel);
void channel_progress(struct node *node);
/* Goes on with what is pending at a channel. */
void channel_work(struct channel *channel);

/*
 * How many packets or scalars find room at the receiving endpoint @handle, which exists; 0
 * if this node has no end of its channel. room.c
 */
uint32_t channel_room(struct node *node, mcapi_endpoint_t handle);

/* The endpoint's status and type, as the others see them. */
void channel_show(struct endpoint *endpoint);

/* Ends of channels at a peer that is gone; @memory_gone: what it sent is gone, too. */
void channel_lose_peer(struct peer *peer, bool memory_gone);
/* Looks now and then whether those live whose death would end something. */
void channel_doubt(struct node *node);
/* The node ends. */
void channel_free_all(struct node *node);

/* Takes back what the receivers of this link have released. */
void channel_reclaim(struct link *link);

/* ---- open.c: opening and closing ---- */

const char *channel_opened(struct peer *peer, const struct mcapi_wire_control *control);
const char *channel_closed(struct peer *peer, const struct mcapi_wire_control *control);
const char *channel_done(struct peer *peer, const struct mcapi_wire_control *control);

/* An open that waited for the connection. */
void channel_connected(struct channel *channel);
/* An open that is not waited for any more. */
void channel_withdraw_open(struct request *req);
/* Send end: has the receive end closed? */
bool channel_look_closed(struct channel *channel);
/* Frees the endpoint, and the end, if nothing stands against it. */
void channel_settle(struct channel *channel);

/* The four functions for each type have this in common. */
void channel_open_i(uint32_t kind, mcapi_endpoint_t endpoint, uint32_t *handle,
		    mcapi_request_t *request, mcapi_status_t *status);
void channel_close_i(uint32_t kind, uint32_t handle, mcapi_request_t *request,
		     mcapi_status_t *status);

/* ---- channel_wait.c: for both types of data ---- */

#define CHANNEL_LOOKS 256u

/* Looks at everything else that the node has to do. */
void channel_look(struct channel *channel);

/* The channel that the program may use as @kind; NULL with ERR_CHAN_INVALID. */
struct channel *channel_refuse(uint32_t handle, mcapi_status_t *status);

static inline struct channel *channel_use(struct node *node, uint32_t handle, uint32_t kind,
					  mcapi_status_t *status)
{
	struct channel *channel = node->channels ? node->channels[handle & CHANNEL_MASK].channel :
						   NULL;

	if (__builtin_expect(!channel || channel->handle != handle || channel->usable != kind, 0))
		return channel_refuse(handle, status);
	/* Who only uses channels must not starve the rest. */
	if (__builtin_expect(++channel->looks >= CHANNEL_LOOKS, 0))
		channel_look(channel);
	return channel;
}

/* Why nothing more can be sent, or received when all that there is was taken; else SUCCESS. */
mcapi_status_t channel_over(struct channel *channel);

/* Send end, quickly: is the other end gone or closed? channel_over() says which. */
static inline bool channel_shut(const struct channel *channel)
{
	return __builtin_expect(channel->closed_there || peer_load(&channel->their_line->closed),
				0);
}

/* Receive end: makes the two lines; acknowledges; keeps the peer's section as it is. */
bool channel_make_lines(struct channel *channel);
void channel_ack(struct channel *channel, uint32_t ack);
void channel_hold_peer(struct channel *channel);

/*
 * How often to look before a receive becomes a request: the answer of a peer that
 * is in its own receive comes within that. The first looks without a pause, which
 * takes as long as the answer may.
 */
#define CHANNEL_SOON 100u
#define CHANNEL_AT_ONCE 40u

static inline bool channel_looks_again(const struct channel *channel, uint32_t looks)
{
	if (looks >= CHANNEL_AT_ONCE)
		relax();
	return looks < CHANNEL_SOON && channel->node->spin.us;
}

/* Puts a request behind the others. */
void channel_wait(struct channel *channel, struct request *req);
/* Looks at the channel only, for as long as an answer of a busy peer may take. */
void channel_burst(struct channel *channel, struct request *req);
/* Waits for a blocking call's request; TIMEOUT by the endpoint's attribute. */
void channel_wait_done(struct channel *channel, struct request *req);
/* A request gives up to wait. */
void channel_withdraw(struct request *req);
/* Ends all pending requests. */
void channel_drop_pending(struct channel *channel, mcapi_status_t status);
/* A fault of the other end. */
void channel_fault(struct channel *channel, const char *what);

/* ---- packet_out.c, packet_in.c, scalar.c: what node_progress() does for them ---- */

bool packet_out_open(struct channel *channel, struct mcapi_wire_control *open);
const char *packet_out_opened(struct channel *channel, const struct mcapi_wire_control *open);
void packet_out_work(struct channel *channel);
void packet_out_reclaim(struct channel *channel);
void packet_out_close(struct channel *channel);
void packet_out_free(struct channel *channel);

bool packet_in_open(struct channel *channel, struct mcapi_wire_control *open);
const char *packet_in_opened(struct channel *channel, const struct mcapi_wire_control *open);
void packet_in_work(struct channel *channel);
void packet_in_close(struct channel *channel);

bool scalar_out_open(struct channel *channel, struct mcapi_wire_control *open);
const char *scalar_out_opened(struct channel *channel, const struct mcapi_wire_control *open);
bool scalar_in_open(struct channel *channel, struct mcapi_wire_control *open);
const char *scalar_in_opened(struct channel *channel, const struct mcapi_wire_control *open);
void scalar_work(struct channel *channel);

#endif /* CHANNEL_H */
