/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapix.h - what libmcapi offers beyond the MCAPI standard
 *
 * Everything here has the prefix mcapix_. Structures start with their size and
 * can grow.
 */
#ifndef MCAPIX_H
#define MCAPIX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "mcapi.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mcapix_error_detail - why the last failing call of this thread failed
 *
 * Returns a sentence that says what was wrong, where, and what to do; "" if
 * nothing more is known than the status. It is valid until the thread's next
 * call into the library.
 */
MCAPI_API const char *mcapix_error_detail(void);

/**
 * struct mcapix_stats - counters of the calling node since mcapi_initialize()
 * @size: in, sizeof(struct mcapix_stats); out, what the library filled
 * @links: links the node is attached to, the local one included
 * @sent: messages handed to a peer
 * @received: messages delivered to the program
 * @doorbells: times that a sleeping peer was rung, one system call each
 * @sleeps: times that a call of this node slept
 * @faults: peers cut off because they broke the wire format
 * @syscalls: system calls to ring, to sleep, and to see whether a peer lives
 */
struct mcapix_stats {
	uint32_t size;
	uint32_t links;
	uint64_t sent;
	uint64_t received;
	uint64_t doorbells;
	uint64_t sleeps;
	uint64_t faults;
	uint64_t syscalls;
};

/**
 * mcapix_stats_get - read the calling node's counters
 * @stats: to fill; its size field must be set
 * @status: MCAPI_SUCCESS, MCAPI_ERR_NODE_NOTINIT, MCAPI_ERR_PARAMETER
 */
MCAPI_API void mcapix_stats_get(struct mcapix_stats *stats, mcapi_status_t *status);

#define MCAPIX_SPIN_ADAPTIVE	(~0u)		/* twice what a wake-up costs, as measured */
#define MCAPIX_SPIN_BUSY	(~0u - 1u)	/* never sleep */

/**
 * mcapix_spin_set - how long a call of this node looks for what it waits for before it sleeps
 * @us: microseconds; 0 sleeps at once; or MCAPIX_SPIN_ADAPTIVE, MCAPIX_SPIN_BUSY
 * @status: MCAPI_SUCCESS, MCAPI_ERR_NODE_NOTINIT
 *
 * A node starts with what the environment variable MCAPI_SPIN says (microseconds,
 * or "busy"), else with MCAPIX_SPIN_ADAPTIVE, on a single processor with 0.
 */
MCAPI_API void mcapix_spin_set(uint32_t us, mcapi_status_t *status);

/* ---- endpoint handles ---- */

/** The parts of a handle. It is not looked up: it may be the name of nothing. */
MCAPI_API mcapi_domain_t mcapix_endpoint_domain(mcapi_endpoint_t endpoint);
MCAPI_API mcapi_node_t mcapix_endpoint_node(mcapi_endpoint_t endpoint);
MCAPI_API mcapi_port_t mcapix_endpoint_port(mcapi_endpoint_t endpoint);

/* ---- the other nodes ---- */

enum mcapix_peer_state {
	MCAPIX_PEER_LIVE = 1,
	MCAPIX_PEER_GONE,	/* it ended or died, and that was noticed just now */
	MCAPIX_PEER_CUT_OFF,	/* it broke the wire format; nothing of it is read any more */
};

/**
 * struct mcapix_peer - a node that can be reached, the calling one included
 * @size: in, sizeof(struct mcapix_peer)
 * @state: enum mcapix_peer_state
 * @held: messages queued here that lie in its memory
 * @link: over which it is reached
 */
struct mcapix_peer {
	uint32_t size;
	mcapi_domain_t domain;
	mcapi_node_t node;
	uint32_t state;
	uint32_t held;
	char link[64];
};

/**
 * mcapix_peer_get - what is known of a node
 * @status: MCAPI_SUCCESS, MCAPI_ERR_DOMAIN_INVALID, MCAPI_ERR_NODE_INVALID (also if it
 *	is not there), MCAPI_ERR_PARAMETER
 */
MCAPI_API void mcapix_peer_get(mcapi_domain_t domain, mcapi_node_t node, struct mcapix_peer *peer,
			       mcapi_status_t *status);

/**
 * mcapix_peer_next - the node that comes after peer->domain, peer->node
 * @peer: in and out; start with domain MCAPI_DOMAIN_INVALID
 * @status: MCAPI_SUCCESS, MCAPI_ERR_PARAMETER
 *
 * Returns MCAPI_FALSE when there is none.
 */
MCAPI_API mcapi_boolean_t mcapix_peer_next(struct mcapix_peer *peer, mcapi_status_t *status);

enum mcapix_event_kind {
	MCAPIX_PEER_JOINED = 1,
	MCAPIX_PEER_LEFT,	/* it ended or died: its endpoints are gone */
};

/**
 * struct mcapix_event - a node came or went
 * @size: in, sizeof(struct mcapix_event)
 * @kind: enum mcapix_event_kind
 */
struct mcapix_event {
	uint32_t size;
	uint32_t kind;
	mcapi_domain_t domain;
	mcapi_node_t node;
};

/**
 * mcapix_event_get - take the oldest event, of at most 256 that are kept
 * @timeout: as in mcapi_wait()
 * @status: MCAPI_SUCCESS (returns MCAPI_TRUE), MCAPI_TIMEOUT, MCAPI_ERR_PARAMETER
 */
MCAPI_API mcapi_boolean_t mcapix_event_get(struct mcapix_event *event, mcapi_timeout_t timeout,
					   mcapi_status_t *status);

/**
 * mcapix_event_callback - have a function called for each event of the calling node
 * @callback: gets @arg and the event; NULL: events wait for mcapix_event_get() again
 * @status: MCAPI_SUCCESS
 *
 * There is no thread of the library: it is called by a thread of the program that is
 * in a call, blocked ones included, one event at a time and in order, those first that
 * were kept so far. So a program that sleeps elsewhere polls mcapix_node_fd() and calls
 * something when that is readable. The function may call the library, but not end the
 * node (MCAPI_ERR_NODE_FINALFAILED); for the call that it interrupts nothing changes.
 */
typedef void (*mcapix_event_function)(void *arg, const struct mcapix_event *event);

MCAPI_API void mcapix_event_callback(mcapix_event_function callback, void *arg,
				     mcapi_status_t *status);

/* ---- several messages at once ---- */

/**
 * mcapix_msg_send_many - send several messages; blocks while there is no room
 * @status: of the first that failed, or MCAPI_SUCCESS
 *
 * Returns how many were sent.
 */
MCAPI_API size_t mcapix_msg_send_many(mcapi_endpoint_t send_endpoint,
				      mcapi_endpoint_t receive_endpoint,
				      const struct iovec *messages, size_t count,
				      mcapi_priority_t priority, mcapi_status_t *status);

/**
 * mcapix_msg_recv_many - receive messages; blocks until there is one, not for more
 * @messages: where they go; each iov_len is the room there, then the message's size
 * @status: as mcapi_msg_recv(); it stops behind one that was cut
 *
 * Returns how many were received.
 */
MCAPI_API size_t mcapix_msg_recv_many(mcapi_endpoint_t receive_endpoint, struct iovec *messages,
				      size_t count, mcapi_status_t *status);

/* ---- packets in place ---- */

/**
 * mcapix_buffer_alloc - memory for a packet, where the receiver will read it
 * @send_handle: the channel that it is for
 * @status: MCAPI_SUCCESS, MCAPI_ERR_CHAN_INVALID, MCAPI_ERR_TRANSMISSION, MCAPI_ERR_PKT_SIZE
 *	(longer than any block of this link's memory), MCAPI_ERR_MEM_LIMIT (none is free; it
 *	does not wait)
 *
 * Returns at least @size bytes at a multiple of 256 that the program may write, or
 * NULL. What is there is not cleared. The memory ends with the channel.
 */
MCAPI_API void *mcapix_buffer_alloc(mcapi_pktchan_send_hndl_t send_handle, size_t size,
				    mcapi_status_t *status);

/**
 * mcapix_pktchan_send_buffer - send a packet that is in such memory; nothing is copied
 * @buffer: of mcapix_buffer_alloc() for this channel
 * @size: of the packet
 * @status: as mcapi_pktchan_send(), and MCAPI_ERR_BUF_INVALID
 *
 * Afterwards the memory is the library's, and must not be written. When the receiver
 * has released it, mcapi_pktchan_release_test() gives it back to the program, or
 * mcapix_buffer_alloc() gives it out anew, whichever is called first.
 */
MCAPI_API void mcapix_pktchan_send_buffer(mcapi_pktchan_send_hndl_t send_handle, void *buffer,
					  size_t size, mcapi_status_t *status);

/**
 * mcapix_buffer_free - give memory of mcapix_buffer_alloc() back that was not sent
 * @status: MCAPI_SUCCESS, MCAPI_ERR_BUF_INVALID
 */
MCAPI_API void mcapix_buffer_free(void *buffer, mcapi_status_t *status);

/* ---- packets from pieces, and several at once ---- */

/**
 * mcapix_pktchan_send_pieces - send one packet that lies in several places
 * @status: as mcapi_pktchan_send()
 */
MCAPI_API void mcapix_pktchan_send_pieces(mcapi_pktchan_send_hndl_t send_handle,
					  const struct iovec *pieces, size_t count,
					  mcapi_status_t *status);

/**
 * mcapix_pktchan_send_many - send several packets; blocks while there is no room
 * @status: of the first that failed, or MCAPI_SUCCESS
 *
 * Returns how many were sent.
 */
MCAPI_API size_t mcapix_pktchan_send_many(mcapi_pktchan_send_hndl_t send_handle,
					  const struct iovec *packets, size_t count,
					  mcapi_status_t *status);

/**
 * mcapix_pktchan_recv_many - receive packets; blocks until there is one, not for more
 * @packets: written, at most @count
 * @status: as mcapi_pktchan_recv()
 *
 * Returns how many were received. Each is to be released.
 */
MCAPI_API size_t mcapix_pktchan_recv_many(mcapi_pktchan_recv_hndl_t receive_handle,
					  struct iovec *packets, size_t count,
					  mcapi_status_t *status);

/**
 * mcapix_pktchan_release_many - release packets; as mcapi_pktchan_release()
 *
 * Returns how many were released before the first that could not be.
 */
MCAPI_API size_t mcapix_pktchan_release_many(const struct iovec *packets, size_t count,
					     mcapi_status_t *status);

/* ---- several scalars at once ---- */

/**
 * mcapix_sclchan_send_many - send an array of scalars; blocks while there is no room
 * @size: of each: 1, 2, 4 or 8 bytes, as if sent by mcapi_sclchan_send_uint8() ...
 * @status: as mcapi_sclchan_send_uint64(), and MCAPI_ERR_SCL_SIZE, MCAPI_ERR_PARAMETER
 *
 * Returns how many were sent.
 */
MCAPI_API size_t mcapix_sclchan_send_many(mcapi_sclchan_send_hndl_t send_handle,
					  const void *values, size_t size, size_t count,
					  mcapi_status_t *status);

/**
 * mcapix_sclchan_recv_many - receive scalars of one size; blocks until there is one, not for more
 * @values: written, at most @count of @size bytes
 * @status: as mcapi_sclchan_recv_uint64(), and MCAPI_ERR_PARAMETER
 *
 * Returns how many were received; it stops before one of another size.
 */
MCAPI_API size_t mcapix_sclchan_recv_many(mcapi_sclchan_recv_hndl_t receive_handle, void *values,
					  size_t size, size_t count, mcapi_status_t *status);

/* ---- file descriptors ---- */

/*
 * For poll(2) and its like, level-triggered: POLLIN says that it is worth to call
 * the library. After that, call what looks at the thing until it says that there
 * is nothing (mcapi_msg_available(), mcapi_test(), mcapix_event_get() with timeout 0,
 * ...): any call also takes the doorbell, without which the descriptor stays
 * readable. It may turn out that there is nothing yet: the ring was for something else.
 *
 * The descriptors are the library's: do not read, write or close them. Each is
 * closed with its thing, and all with the node. They are not inherited by exec, and
 * a forked child has none. The first one costs each later call of the node a system
 * call; a node that sleeps in poll(2) is rung for what it waits for, as ever.
 */

/**
 * mcapix_endpoint_fd - readable when a message waits at an endpoint of the calling node
 * @status: MCAPI_SUCCESS, MCAPI_ERR_ENDP_INVALID, MCAPI_ERR_MEM_LIMIT (no more descriptors)
 *
 * Returns -1 on failure. What a pending receive takes makes its request ready instead.
 */
MCAPI_API int mcapix_endpoint_fd(mcapi_endpoint_t endpoint, mcapi_status_t *status);

/**
 * mcapix_request_fd - readable when a request has completed
 * @status: MCAPI_SUCCESS, MCAPI_ERR_REQUEST_INVALID, MCAPI_ERR_PARAMETER, MCAPI_ERR_MEM_LIMIT
 *
 * Returns -1 on failure. mcapi_wait() and mcapi_cancel() close it.
 */
MCAPI_API int mcapix_request_fd(const mcapi_request_t *request, mcapi_status_t *status);

/**
 * mcapix_channel_fd - readable when a packet or a scalar can be received
 * @receive_handle: of a packet channel or of a scalar channel
 * @status: MCAPI_SUCCESS, MCAPI_ERR_CHAN_INVALID, MCAPI_ERR_CHAN_DIRECTION (it is the send
 *	end), MCAPI_ERR_MEM_LIMIT
 *
 * Returns -1 on failure. Readable also when the other end is closed or gone; closing
 * this end closes it.
 */
MCAPI_API int mcapix_channel_fd(uint32_t receive_handle, mcapi_status_t *status);

/**
 * mcapix_node_fd - readable when there is an event for mcapix_event_get()
 * @status: MCAPI_SUCCESS, MCAPI_ERR_MEM_LIMIT
 *
 * Returns -1 on failure.
 */
MCAPI_API int mcapix_node_fd(mcapi_status_t *status);

#ifdef __cplusplus
}
#endif

#endif /* MCAPIX_H */
