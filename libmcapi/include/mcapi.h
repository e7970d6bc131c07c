/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi.h - Multicore Communications API 2.015
 *
 * Names, types and numbers are the standard's; the descriptions are this
 * library's. Functions report through their last argument, which may not be
 * NULL. MCAPI_ERR_NODE_NOTINIT (the calling thread has no node) is possible
 * wherever a node is needed and is not repeated below. All functions may be
 * called by several threads at once. Timeouts are milliseconds.
 *
 * What goes beyond the standard is in mcapix.h.
 */
#ifndef MCAPI_H
#define MCAPI_H

#include "mca.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MCAPI_API __attribute__((visibility("default")))

/* ---- types ---- */

typedef mca_int_t mcapi_int_t;
typedef mca_int8_t mcapi_int8_t;
typedef mca_int16_t mcapi_int16_t;
typedef mca_int32_t mcapi_int32_t;
typedef mca_int64_t mcapi_int64_t;
typedef mca_uint_t mcapi_uint_t;
typedef mca_uint8_t mcapi_uint8_t;
typedef mca_uint16_t mcapi_uint16_t;
typedef mca_uint32_t mcapi_uint32_t;
typedef mca_uint64_t mcapi_uint64_t;
typedef mca_boolean_t mcapi_boolean_t;
typedef mca_node_t mcapi_node_t;
typedef mca_domain_t mcapi_domain_t;
typedef mca_status_t mcapi_status_t;
typedef mca_timeout_t mcapi_timeout_t;
typedef unsigned int mcapi_port_t;
typedef unsigned int mcapi_priority_t;

/* 32-bit handles: a == b compares them. The endpoint's is unique in the whole topology. */
typedef mcapi_uint32_t mcapi_endpoint_t;
typedef mca_request_t mcapi_request_t;
typedef mcapi_uint32_t mcapi_pktchan_recv_hndl_t;
typedef mcapi_uint32_t mcapi_pktchan_send_hndl_t;
typedef mcapi_uint32_t mcapi_sclchan_recv_hndl_t;
typedef mcapi_uint32_t mcapi_sclchan_send_hndl_t;

/* Implementation parameters and node attributes; NULL means defaults. */
typedef mcapi_uint_t mcapi_param_t;
typedef struct {
	mcapi_uint_t type;
	mcapi_uint_t reserved[15];
} mcapi_node_attributes_t;

/* Value of MCAPI_ENDP_ATTR_GET_SOURCE. */
typedef struct {
	mcapi_domain_t domain_id;
	mcapi_node_t node_id;
} mcapi_endp_get_source_t;

typedef struct {
	mcapi_uint_t mcapi_version;		/* MCAPI_VERSION */
	mcapi_uint_t organization_id;		/* 0: no registered organization */
	mcapi_uint_t implementation_version;	/* major << 16 | minor << 8 | patch */
	mcapi_uint_t number_of_domains;		/* limits, not what is there now */
	mcapi_uint_t number_of_nodes;		/* of a domain */
	mcapi_uint_t number_of_ports;		/* of a node */
} mcapi_info_t;

/* ---- constants ---- */

#define MCAPI_VERSION			2015

#define MCAPI_TRUE			MCA_TRUE
#define MCAPI_FALSE			MCA_FALSE
#define MCAPI_NULL			MCA_NULL
#define MCAPI_IN			MCA_IN
#define MCAPI_OUT			MCA_OUT

#define MCAPI_INFINITE			MCA_INFINITE
#define MCAPI_TIMEOUT_INFINITE		MCA_INFINITE
#define MCAPI_TIMEOUT_IMMEDIATE		0u
#define MCAPI_PORT_ANY			(~0u)
#define MCAPI_NODE_INVALID		MCA_NODE_INVALID
#define MCAPI_DOMAIN_INVALID		MCA_DOMAIN_INVALID
#define MCAPI_RETURN_VALUE_INVALID	MCA_RETURN_VALUE_INVALID

#define MCAPI_MAX_DOMAIN		254u
#define MCAPI_MAX_NODE			254u
#define MCAPI_NUM_RESERVED_PORTS	1u	/* port 0 */
#define MCAPI_MIN_PORT			1u
#define MCAPI_MAX_PORT			65534u
#define MCAPI_MAX_PRORITY		0u	/* highest; spelt as in the standard */
#define MCAPI_MIN_PRORITY		15u	/* lowest */
#define MCAPI_MAX_MESSAGE_SIZE		16777216u
#define MCAPI_MAX_PACKET_SIZE		16777216u
#define MCAPI_MAX_STATUS_MSG_LEN	32u

#define MCAPI_BUF_ALIGN			32
#define MCAPI_DECL_ALIGNED		__attribute__((aligned(MCAPI_BUF_ALIGN)))

/* names that other headers in circulation have for the same things */
#define MCAPI_MAX_PRIORITY		MCAPI_MAX_PRORITY
#define MCAPI_MIN_PRIORITY		MCAPI_MIN_PRORITY
#define MCAPI_MAX_STATUS_SIZE		MCAPI_MAX_STATUS_MSG_LEN
#define MCAPI_MAX_MSG_SIZE		MCAPI_MAX_MESSAGE_SIZE
#define MCAPI_MAX_PKT_SIZE		MCAPI_MAX_PACKET_SIZE

/* ---- attributes ---- */

#define MCAPI_NODE_ATTR_TYPE			0	/* mcapi_uint_t */
#define MCAPI_NODE_ATTR_END			1

#define MCAPI_NODE_ATTR_TYPE_REGULAR		0u

/*
 * Attributes of endpoints, mcapi_uint_t unless noted. (=): both ends of a channel
 * must have the same. (r): read-only.
 */
enum mcapi_endpoint_attributes {
	MCAPI_ENDP_ATTR_TYPE,			/* MCAPI_ENDP_TYPE_... */
	MCAPI_ENDP_ATTR_GET_COUNT,		/* (r) times that nodes got it; 1 if connected */
	MCAPI_ENDP_ATTR_GET_SOURCE,		/* (r) mcapi_endp_get_source_t: who did last */
	MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE,	/* (=) longest message or packet */
	MCAPI_ENDP_ATTR_BUFFER_TYPE,		/* (=) MCAPI_ENDP_ATTR_FIFO_BUFFER */
	MCAPI_ENDP_ATTR_MEMORY_TYPE,		/* (=) MCAPI_ENDP_ATTR_..._MEMORY | ..._LIMIT */
	MCAPI_ENDP_ATTR_NUM_PRIORITIES,		/* (=) priorities below this number are allowed */
	MCAPI_ENDP_ATTR_PRIORITY,		/* (=) of a channel */
	MCAPI_ENDP_ATTR_NUM_SEND_BUFFERS,	/* (r) requests that the node can still start */
	MCAPI_ENDP_ATTR_NUM_RECV_BUFFERS,	/* (r) what finds room now; see man page */
	MCAPI_ENDP_ATTR_ENDP_STATUS,		/* (r) MCAPI_ENDP_ATTR_STATUS_... */
	MCAPI_ENDP_ATTR_TIMEOUT,		/* mcapi_timeout_t, of blocking send and receive */
	MCAPI_ENDP_ATTR_END
};

#define MCAPI_ENDP_ATTR_STATUS			MCAPI_ENDP_ATTR_ENDP_STATUS

#define MCAPI_ENDP_TYPE_MESSAGE			1u
#define MCAPI_ENDP_TYPE_PKTCHAN			2u
#define MCAPI_ENDP_TYPE_SCLCHAN			4u

#define MCAPI_ENDP_ATTR_FIFO_BUFFER		0u

/* Where the memory is: low half of MEMORY_TYPE. */
#define MCAPI_ENDP_ATTR_LOCAL_MEMORY		0u
#define MCAPI_ENDP_ATTR_SHARED_MEMORY		1u
#define MCAPI_ENDP_ATTR_REMOTE_MEMORY		2u
/* What a send does that finds no memory: wait, or fail with ERR_MEM_LIMIT. High half. */
#define MCAPI_ENDP_ATTR_BLOCK_ON_LIMIT		0x00000000u
#define MCAPI_ENDP_ATTR_FAIL_ON_LIMIT		0x00010000u

/*
 * ENDP_STATUS. The standard header gives the kind and the direction the same
 * bits as the state; here they are in the half that is the implementation's.
 */
#define MCAPI_ENDP_ATTR_STATUS_CONNECTED	0x00000001u
#define MCAPI_ENDP_ATTR_STATUS_OPEN		0x00000002u
#define MCAPI_ENDP_ATTR_STATUS_OPEN_PENDING	0x00000004u
#define MCAPI_ENDP_ATTR_STATUS_CLOSE_PENDING	0x00000008u
#define MCAPI_ENDP_ATTR_STATUS_GET_PENDING	0x00000010u
#define MCAPI_ENDP_ATTR_STATUS_PKTCHAN		0x00010000u
#define MCAPI_ENDP_ATTR_STATUS_SCLCHAN		0x00020000u
#define MCAPI_ENDP_ATTR_STATUS_SEND		0x00040000u
#define MCAPI_ENDP_ATTR_STATUS_RECEIVE		0x00080000u

enum mcapi_status_codes {
	MCAPI_SUCCESS = 1,
	MCAPI_PENDING,
	MCAPI_TIMEOUT,
	MCAPI_ERR_PARAMETER,
	MCAPI_ERR_DOMAIN_INVALID,
	MCAPI_ERR_NODE_INVALID,
	MCAPI_ERR_NODE_INITFAILED,
	MCAPI_ERR_NODE_INITIALIZED,
	MCAPI_ERR_NODE_NOTINIT,
	MCAPI_ERR_NODE_FINALFAILED,
	MCAPI_ERR_PORT_INVALID,
	MCAPI_ERR_ENDP_INVALID,
	MCAPI_ERR_ENDP_EXISTS,
	MCAPI_ERR_ENDP_GET_LIMIT,
	MCAPI_ERR_ENDP_DELETED,
	MCAPI_ERR_ENDP_NOTOWNER,
	MCAPI_ERR_ENDP_REMOTE,
	MCAPI_ERR_ENDP_NOPORTS,
	MCAPI_ERR_ENDP_LIMIT,
	MCAPI_ERR_ATTR_INCOMPATIBLE,
	MCAPI_ERR_ATTR_SIZE,
	MCAPI_ERR_ATTR_NUM,
	MCAPI_ERR_ATTR_VALUE,
	MCAPI_ERR_ATTR_NOTSUPPORTED,
	MCAPI_ERR_ATTR_READONLY,
	MCAPI_ERR_MSG_LIMIT,
	MCAPI_ERR_MSG_TRUNCATED,
	MCAPI_ERR_MSG_SIZE,
	MCAPI_ERR_CHAN_OPEN,
	MCAPI_ERR_CHAN_TYPE,
	MCAPI_ERR_CHAN_DIRECTION,
	MCAPI_ERR_CHAN_CONNECTED,
	MCAPI_ERR_CHAN_OPENPENDING,
	MCAPI_ERR_CHAN_CLOSEPENDING,
	MCAPI_ERR_CHAN_NOTOPEN,
	MCAPI_ERR_CHAN_INVALID,
	MCAPI_ERR_PKT_SIZE,
	MCAPI_ERR_SCL_SIZE,
	MCAPI_ERR_TRANSMISSION,
	MCAPI_ERR_PRIORITY,
	MCAPI_ERR_BUF_INVALID,
	MCAPI_ERR_MEM_LIMIT,
	MCAPI_ERR_REQUEST_INVALID,
	MCAPI_ERR_REQUEST_LIMIT,
	MCAPI_ERR_REQUEST_CANCELLED,
	MCAPI_ERR_WAIT_PENDING,
	MCAPI_ERR_GENERAL,
	MCAPI_STATUS_END
};

#define MCAPI_ERR_PKT_LIMIT		MCAPI_ERR_PKT_SIZE

/* ---- node ---- */

/**
 * mcapi_initialize - make the calling thread a node of a domain
 * @domain_id: 0..MCAPI_MAX_DOMAIN; by habit one for each processor
 * @node_id: 0..MCAPI_MAX_NODE, unique in the domain
 * @mcapi_node_attributes: NULL for the defaults
 * @init_parameters: not used, may be NULL
 * @mcapi_info: to fill with version and limits
 * @mcapi_status: SUCCESS, ERR_NODE_INITIALIZED (this thread has a node already,
 *	or another one of this process is that node),
 *	ERR_NODE_INITFAILED (another process is that node, no link could be
 *	attached, ...: mcapix_error_detail() says which), ERR_DOMAIN_INVALID,
 *	ERR_NODE_INVALID, ERR_PARAMETER (@mcapi_info is NULL)
 *
 * The node attaches to the local link and to every /dev/mcapiN that it can use: one that
 * it may not open, or that has no section left (7 nodes a side in a window of 1 MiB, 31 in
 * one of 128 MiB), is passed over, which is told to who looks for a node there in vain.
 * One that MCAPI_DEVICES names must be usable. Other threads of a process with one node use that node.
 */
MCAPI_API void mcapi_initialize(mcapi_domain_t domain_id, mcapi_node_t node_id,
				mcapi_node_attributes_t *mcapi_node_attributes,
				mcapi_param_t *init_parameters, mcapi_info_t *mcapi_info,
				mcapi_status_t *mcapi_status);

/**
 * mcapi_finalize - end the calling thread's node
 * @mcapi_status: SUCCESS, ERR_NODE_FINALFAILED (a call of another thread is still inside)
 *
 * Endpoints, pending data and requests are dropped. What was sent and nobody has received
 * stays until another node needs the memory: wait for an answer if it matters.
 */
MCAPI_API void mcapi_finalize(mcapi_status_t *mcapi_status);

/** mcapi_domain_id_get - the calling node's domain, or MCAPI_DOMAIN_INVALID */
MCAPI_API mcapi_domain_t mcapi_domain_id_get(mcapi_status_t *mcapi_status);

/** mcapi_node_id_get - the calling node's number, or MCAPI_NODE_INVALID */
MCAPI_API mcapi_node_t mcapi_node_id_get(mcapi_status_t *mcapi_status);

/**
 * mcapi_node_init_attributes - the defaults, before they are changed one by one
 * @mcapi_status: SUCCESS, ERR_PARAMETER. No node is needed.
 */
MCAPI_API void mcapi_node_init_attributes(mcapi_node_attributes_t *node_attributes,
					  mcapi_status_t *mcapi_status);

/**
 * mcapi_node_set_attribute - change an attribute of a node that is not initialised yet
 * @attribute_num: MCAPI_NODE_ATTR_TYPE
 * @mcapi_status: SUCCESS, ERR_PARAMETER, ERR_ATTR_NUM, ERR_ATTR_SIZE, ERR_ATTR_VALUE.
 *	No node is needed.
 */
MCAPI_API void mcapi_node_set_attribute(mcapi_node_attributes_t *node_attributes,
					mcapi_uint_t attribute_num, void *attribute,
					size_t attribute_size, mcapi_status_t *mcapi_status);

/**
 * mcapi_node_get_attribute - read an attribute of any node
 * @attribute: untouched unless SUCCESS
 * @mcapi_status: SUCCESS, ERR_DOMAIN_INVALID, ERR_NODE_INVALID (also if it is not there),
 *	ERR_PARAMETER, ERR_ATTR_NUM, ERR_ATTR_SIZE
 */
MCAPI_API void mcapi_node_get_attribute(mcapi_domain_t domain_id, mcapi_node_t node_id,
					mcapi_uint_t attribute_num, void *attribute,
					size_t attribute_size, mcapi_status_t *mcapi_status);

/* ---- endpoints ---- */

/**
 * mcapi_endpoint_create - create an endpoint of the calling node
 * @port_id: MCAPI_MIN_PORT..MCAPI_MAX_PORT, or MCAPI_PORT_ANY for a free one
 * @mcapi_status: SUCCESS, ERR_PORT_INVALID (out of range or reserved),
 *	ERR_ENDP_EXISTS, ERR_ENDP_LIMIT (directory full)
 */
MCAPI_API mcapi_endpoint_t mcapi_endpoint_create(mcapi_port_t port_id,
						 mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_get_i - start to look for an endpoint of any node
 * @endpoint: written when the request completes; must live until then
 * @mcapi_status: PENDING or SUCCESS, ERR_PORT_INVALID, ERR_NODE_INVALID,
 *	ERR_DOMAIN_INVALID, ERR_PARAMETER, ERR_REQUEST_LIMIT
 */
MCAPI_API void mcapi_endpoint_get_i(mcapi_domain_t domain_id, mcapi_node_t node_id,
				    mcapi_port_t port_id, mcapi_endpoint_t *endpoint,
				    mcapi_request_t *request, mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_get - wait until an endpoint of any node exists
 * @timeout: milliseconds; 0 looks once, MCAPI_TIMEOUT_INFINITE waits for ever
 * @mcapi_status: SUCCESS, TIMEOUT, ERR_PORT_INVALID, ERR_NODE_INVALID, ERR_DOMAIN_INVALID,
 *	ERR_ENDP_GET_LIMIT (its type is that of a channel, and somebody got it already)
 */
MCAPI_API mcapi_endpoint_t mcapi_endpoint_get(mcapi_domain_t domain_id, mcapi_node_t node_id,
					      mcapi_port_t port_id, mcapi_timeout_t timeout,
					      mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_release - let go of an endpoint that this node got
 * @mcapi_status: SUCCESS, ERR_ENDP_INVALID (not got, or released as often as got)
 *
 * What a node holds counts in MCAPI_ENDP_ATTR_GET_COUNT, until it ends or dies. The
 * handle stays usable.
 */
MCAPI_API void mcapi_endpoint_release(mcapi_endpoint_t endpoint, mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_delete - delete an endpoint of the calling node
 * @mcapi_status: SUCCESS, ERR_ENDP_INVALID, ERR_ENDP_NOTOWNER, ERR_CHAN_CONNECTED
 *	(close the channel first)
 *
 * Messages that wait there are dropped; receives that wait there, and sends from
 * there that wait for room, and an open that waits for a connection, end with
 * ERR_ENDP_DELETED.
 */
MCAPI_API void mcapi_endpoint_delete(mcapi_endpoint_t endpoint, mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_get_attribute - read an attribute of an endpoint of any node
 * @attribute_num: MCAPI_ENDP_ATTR_...
 * @attribute: untouched unless SUCCESS
 * @attribute_size: sizeof the attribute's type
 * @mcapi_status: SUCCESS, ERR_ENDP_INVALID, ERR_PARAMETER, ERR_ATTR_NUM, ERR_ATTR_SIZE,
 *	ERR_ATTR_NOTSUPPORTED (NUM_SEND_BUFFERS of another node)
 */
MCAPI_API void mcapi_endpoint_get_attribute(mcapi_endpoint_t endpoint, mcapi_uint_t attribute_num,
					    void *attribute, size_t attribute_size,
					    mcapi_status_t *mcapi_status);

/**
 * mcapi_endpoint_set_attribute - change an attribute of an endpoint of the calling node
 * @mcapi_status: SUCCESS, ERR_ENDP_INVALID, ERR_ENDP_REMOTE, ERR_PARAMETER, ERR_ATTR_NUM,
 *	ERR_ATTR_SIZE, ERR_ATTR_VALUE, ERR_ATTR_READONLY, ERR_CHAN_CONNECTED
 */
MCAPI_API void mcapi_endpoint_set_attribute(mcapi_endpoint_t endpoint, mcapi_uint_t attribute_num,
					    const void *attribute, size_t attribute_size,
					    mcapi_status_t *mcapi_status);

/* ---- messages ---- */

/**
 * mcapi_msg_send_i - start to send a message
 * @send_endpoint: an endpoint of the calling node
 * @receive_endpoint: an endpoint of any node
 * @buffer: payload; must stay untouched until the request has completed
 * @buffer_size: 0..MCAPI_MAX_MESSAGE_SIZE bytes
 * @priority: MCAPI_MAX_PRORITY (0, highest)..MCAPI_MIN_PRORITY
 * @request: completes when the message has left @buffer
 * @mcapi_status: PENDING or SUCCESS, ERR_ENDP_INVALID, ERR_MSG_SIZE, ERR_PRIORITY,
 *	ERR_PARAMETER, ERR_REQUEST_LIMIT, ERR_TRANSMISSION (the peer died), ERR_MEM_LIMIT
 *	(no room, and @send_endpoint has MCAPI_ENDP_ATTR_FAIL_ON_LIMIT), ERR_GENERAL (one
 *	of the endpoints is an end of a channel)
 *
 * A message to an endpoint that was deleted is dropped with SUCCESS. One to a port at which
 * this node never had an endpoint is ERR_ENDP_INVALID.
 */
MCAPI_API void mcapi_msg_send_i(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
				void *buffer, size_t buffer_size, mcapi_priority_t priority,
				mcapi_request_t *request, mcapi_status_t *mcapi_status);

/**
 * mcapi_msg_send - send a message; blocks while there is no room at the receiver
 *
 * Arguments and status as mcapi_msg_send_i(), never PENDING; also TIMEOUT, after what
 * @send_endpoint has as MCAPI_ENDP_ATTR_TIMEOUT, and ERR_ENDP_DELETED.
 */
MCAPI_API void mcapi_msg_send(mcapi_endpoint_t send_endpoint, mcapi_endpoint_t receive_endpoint,
			      void *buffer, size_t buffer_size, mcapi_priority_t priority,
			      mcapi_status_t *mcapi_status);

/**
 * mcapi_msg_recv_i - start to receive a message
 * @receive_endpoint: an endpoint of the calling node
 * @buffer: written until the request has completed
 * @buffer_size: its bytes; a longer message is cut and ends with ERR_MSG_TRUNCATED
 * @request: completes when a message has arrived; wait or test give its length
 * @mcapi_status: PENDING or SUCCESS, ERR_ENDP_INVALID, ERR_PARAMETER, ERR_REQUEST_LIMIT
 */
MCAPI_API void mcapi_msg_recv_i(mcapi_endpoint_t receive_endpoint, void *buffer,
				size_t buffer_size, mcapi_request_t *request,
				mcapi_status_t *mcapi_status);

/**
 * mcapi_msg_recv - receive a message; blocks until there is one
 * @received_size: bytes written to @buffer
 *
 * The rest as mcapi_msg_recv_i(), never PENDING; also ERR_MSG_TRUNCATED,
 * ERR_ENDP_DELETED, and TIMEOUT, after what @receive_endpoint has as
 * MCAPI_ENDP_ATTR_TIMEOUT.
 */
MCAPI_API void mcapi_msg_recv(mcapi_endpoint_t receive_endpoint, void *buffer, size_t buffer_size,
			      size_t *received_size, mcapi_status_t *mcapi_status);

/**
 * mcapi_msg_available - number of messages that can be received without blocking
 * @mcapi_status: SUCCESS, ERR_ENDP_INVALID
 */
MCAPI_API mcapi_uint_t mcapi_msg_available(mcapi_endpoint_t receive_endpoint,
					   mcapi_status_t *mcapi_status);

/* ---- channels ---- */

/*
 * A channel goes one way, between a send end and a receive end, first in, first
 * out. Any node connects two endpoints; the owner of each end opens it, before or
 * after that; data flows when both are open. Each owner closes its end; when both
 * are closed the endpoints are free again.
 *
 * What the send end sent before it was closed can still be received; then
 * receives end with ERR_CHAN_INVALID. When the receive end is closed, what was
 * not received is dropped and sends end with ERR_CHAN_INVALID. When the node of
 * one end is gone, the other end's operations end with ERR_TRANSMISSION, receives
 * after all that had arrived; that end is still to be closed.
 *
 * Blocking calls end with TIMEOUT after what the endpoint had as
 * MCAPI_ENDP_ATTR_TIMEOUT when it was connected. Sends that find no room end with
 * ERR_MEM_LIMIT if the endpoint had MCAPI_ENDP_ATTR_FAIL_ON_LIMIT.
 */

/**
 * mcapi_pktchan_connect_i - start to connect two endpoints by a packet channel
 * @send_endpoint: of any node
 * @receive_endpoint: of any node, another endpoint
 * @request: completes with SUCCESS, ERR_ENDP_INVALID (there is no such endpoint),
 *	ERR_CHAN_CONNECTED, ERR_CHAN_CLOSEPENDING (an end of an earlier channel is not
 *	closed yet), ERR_ATTR_INCOMPATIBLE, ERR_MEM_LIMIT, ERR_TRANSMISSION (an owner died)
 * @mcapi_status: PENDING, ERR_ENDP_INVALID, ERR_TRANSMISSION, ERR_PARAMETER,
 *	ERR_REQUEST_LIMIT
 */
MCAPI_API void mcapi_pktchan_connect_i(mcapi_endpoint_t send_endpoint,
				       mcapi_endpoint_t receive_endpoint,
				       mcapi_request_t *request, mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_recv_open_i - start to open the receive end
 * @recv_handle: written when the request completes; must live until then
 * @receive_endpoint: an endpoint of the calling node
 * @request: completes with SUCCESS when both ends are open, ERR_CHAN_TYPE,
 *	ERR_CHAN_DIRECTION (it was connected otherwise), ERR_MEM_LIMIT (no memory for the
 *	channel), ERR_ENDP_DELETED, ERR_TRANSMISSION (the other end's node is gone)
 * @mcapi_status: PENDING, ERR_ENDP_INVALID, ERR_CHAN_TYPE, ERR_CHAN_DIRECTION,
 *	ERR_CHAN_OPENPENDING, ERR_CHAN_OPEN, ERR_CHAN_CLOSEPENDING, ERR_PARAMETER,
 *	ERR_REQUEST_LIMIT
 */
MCAPI_API void mcapi_pktchan_recv_open_i(mcapi_pktchan_recv_hndl_t *recv_handle,
					 mcapi_endpoint_t receive_endpoint,
					 mcapi_request_t *request, mcapi_status_t *mcapi_status);

/** mcapi_pktchan_send_open_i - start to open the send end; as mcapi_pktchan_recv_open_i() */
MCAPI_API void mcapi_pktchan_send_open_i(mcapi_pktchan_send_hndl_t *send_handle,
					 mcapi_endpoint_t send_endpoint,
					 mcapi_request_t *request, mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_send_i - start to send a packet
 * @buffer: payload; must stay untouched until the request has completed
 * @size: 0..MCAPI_MAX_PACKET_SIZE bytes, at most what the endpoint has as
 *	MCAPI_ENDP_ATTR_MAX_PAYLOAD_SIZE
 * @request: completes when the packet has left @buffer
 * @mcapi_status: PENDING or SUCCESS, ERR_CHAN_INVALID, ERR_PKT_SIZE, ERR_PARAMETER,
 *	ERR_REQUEST_LIMIT, ERR_MEM_LIMIT, ERR_TRANSMISSION
 */
MCAPI_API void mcapi_pktchan_send_i(mcapi_pktchan_send_hndl_t send_handle, void *buffer,
				    size_t size, mcapi_request_t *request,
				    mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_send - send a packet; blocks while there is no room
 *
 * Arguments and status as mcapi_pktchan_send_i(), never PENDING; also TIMEOUT. A packet for
 * which the sender's pool has no room at once, of several megabytes on the local link, goes in parts:
 * the call returns when the receiver, in some call of its own, has taken all but the last.
 */
MCAPI_API void mcapi_pktchan_send(mcapi_pktchan_send_hndl_t send_handle, void *buffer, size_t size,
				  mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_recv_i - start to receive a packet
 * @buffer: the packet's address is written there when the request completes
 * @request: wait or test give the packet's size
 * @mcapi_status: PENDING or SUCCESS, ERR_CHAN_INVALID, ERR_PARAMETER, ERR_REQUEST_LIMIT
 *
 * The packet is the library's, to be read only, until mcapi_pktchan_release(). Where
 * the sender writes to it later, which it should not, it changes while it is read.
 */
MCAPI_API void mcapi_pktchan_recv_i(mcapi_pktchan_recv_hndl_t receive_handle, void **buffer,
				    mcapi_request_t *request, mcapi_status_t *mcapi_status);

/** mcapi_pktchan_recv - receive a packet; blocks until there is one. Never PENDING; TIMEOUT */
MCAPI_API void mcapi_pktchan_recv(mcapi_pktchan_recv_hndl_t receive_handle, void **buffer,
				  size_t *received_size, mcapi_status_t *mcapi_status);

/** mcapi_pktchan_available - number of packets that can be received without blocking */
MCAPI_API mcapi_uint_t mcapi_pktchan_available(mcapi_pktchan_recv_hndl_t receive_handle,
					       mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_release - give a packet that was received back, in any order
 * @mcapi_status: SUCCESS, ERR_BUF_INVALID
 */
MCAPI_API void mcapi_pktchan_release(void *buffer, mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_release_test - has the receiver released a packet that was sent in place?
 * @buffer: of mcapix_buffer_alloc(), sent by mcapix_pktchan_send_buffer()
 * @mcapi_status: SUCCESS (returns MCAPI_TRUE; the buffer is the program's again), PENDING
 *	(also for packets that were received and not released), ERR_BUF_INVALID,
 *	ERR_PARAMETER
 */
MCAPI_API mcapi_boolean_t mcapi_pktchan_release_test(void *buffer, mcapi_status_t *mcapi_status);

/**
 * mcapi_pktchan_recv_close_i - close the receive end
 * @mcapi_status: SUCCESS, ERR_CHAN_INVALID, ERR_CHAN_TYPE, ERR_CHAN_DIRECTION,
 *	ERR_CHAN_NOTOPEN, ERR_PARAMETER, ERR_REQUEST_LIMIT
 *
 * Pending operations end with ERR_CHAN_INVALID. Packets that were received stay
 * valid until they are released.
 */
MCAPI_API void mcapi_pktchan_recv_close_i(mcapi_pktchan_recv_hndl_t receive_handle,
					  mcapi_request_t *request, mcapi_status_t *mcapi_status);

/** mcapi_pktchan_send_close_i - close the send end; as mcapi_pktchan_recv_close_i() */
MCAPI_API void mcapi_pktchan_send_close_i(mcapi_pktchan_send_hndl_t send_handle,
					  mcapi_request_t *request, mcapi_status_t *mcapi_status);

/* Scalar channels are connected, opened and closed as packet channels are. */

MCAPI_API void mcapi_sclchan_connect_i(mcapi_endpoint_t send_endpoint,
				       mcapi_endpoint_t receive_endpoint,
				       mcapi_request_t *request, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_recv_open_i(mcapi_sclchan_recv_hndl_t *receive_handle,
					 mcapi_endpoint_t receive_endpoint,
					 mcapi_request_t *request, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_send_open_i(mcapi_sclchan_send_hndl_t *send_handle,
					 mcapi_endpoint_t send_endpoint,
					 mcapi_request_t *request, mcapi_status_t *mcapi_status);

/**
 * mcapi_sclchan_send_uint64 - send a scalar; blocks while there is no room
 * @mcapi_status: SUCCESS, ERR_CHAN_INVALID, ERR_TRANSMISSION, TIMEOUT, ERR_MEM_LIMIT
 */
MCAPI_API void mcapi_sclchan_send_uint64(mcapi_sclchan_send_hndl_t send_handle,
					 mcapi_uint64_t dataword, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_send_uint32(mcapi_sclchan_send_hndl_t send_handle,
					 mcapi_uint32_t dataword, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_send_uint16(mcapi_sclchan_send_hndl_t send_handle,
					 mcapi_uint16_t dataword, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_send_uint8(mcapi_sclchan_send_hndl_t send_handle,
					mcapi_uint8_t dataword, mcapi_status_t *mcapi_status);

/**
 * mcapi_sclchan_recv_uint64 - receive a scalar; blocks until there is one
 * @mcapi_status: SUCCESS, ERR_CHAN_INVALID, ERR_TRANSMISSION, TIMEOUT, ERR_SCL_SIZE (the
 *	next one has another size; it stays)
 */
MCAPI_API mcapi_uint64_t mcapi_sclchan_recv_uint64(mcapi_sclchan_recv_hndl_t receive_handle,
						   mcapi_status_t *mcapi_status);
MCAPI_API mcapi_uint32_t mcapi_sclchan_recv_uint32(mcapi_sclchan_recv_hndl_t receive_handle,
						   mcapi_status_t *mcapi_status);
MCAPI_API mcapi_uint16_t mcapi_sclchan_recv_uint16(mcapi_sclchan_recv_hndl_t receive_handle,
						   mcapi_status_t *mcapi_status);
MCAPI_API mcapi_uint8_t mcapi_sclchan_recv_uint8(mcapi_sclchan_recv_hndl_t receive_handle,
						 mcapi_status_t *mcapi_status);

/** mcapi_sclchan_available - number of scalars that can be received without blocking */
MCAPI_API mcapi_uint_t mcapi_sclchan_available(mcapi_sclchan_recv_hndl_t receive_handle,
					       mcapi_status_t *mcapi_status);

MCAPI_API void mcapi_sclchan_recv_close_i(mcapi_sclchan_recv_hndl_t receive_handle,
					  mcapi_request_t *request, mcapi_status_t *mcapi_status);
MCAPI_API void mcapi_sclchan_send_close_i(mcapi_sclchan_send_hndl_t send_handle,
					  mcapi_request_t *request, mcapi_status_t *mcapi_status);

/* ---- requests ---- */

/**
 * mcapi_test - has a request completed?
 * @size: bytes transferred, once it has
 * @mcapi_status: SUCCESS (returns MCAPI_TRUE), PENDING, ERR_REQUEST_INVALID,
 *	ERR_PARAMETER, or how the operation failed
 */
MCAPI_API mcapi_boolean_t mcapi_test(mcapi_request_t *request, size_t *size,
				     mcapi_status_t *mcapi_status);

/**
 * mcapi_wait - wait until a request has completed
 * @size: bytes transferred
 * @timeout: milliseconds; 0 looks once, MCAPI_TIMEOUT_INFINITE waits for ever
 * @mcapi_status: SUCCESS (returns MCAPI_TRUE), TIMEOUT (the request goes on),
 *	ERR_REQUEST_INVALID, ERR_WAIT_PENDING (another thread waits on it),
 *	ERR_PARAMETER, or how the operation failed
 */
MCAPI_API mcapi_boolean_t mcapi_wait(mcapi_request_t *request, size_t *size,
				     mcapi_timeout_t timeout, mcapi_status_t *mcapi_status);

/**
 * mcapi_wait_any - wait until one of several requests has completed
 * @number: of requests, at least 1
 * @requests: pointers to them
 * @size: bytes transferred by the one that has completed
 * @timeout: as in mcapi_wait()
 * @mcapi_status: as in mcapi_wait(); ERR_REQUEST_INVALID and ERR_WAIT_PENDING if
 *	that is so of any of them, ERR_PARAMETER also if @number is 0
 *
 * Returns the index of the request that has completed, however it ended, the
 * first of several; it is waited for with that. MCAPI_RETURN_VALUE_INVALID if
 * none did: all of them go on.
 */
MCAPI_API mcapi_uint_t mcapi_wait_any(size_t number, mcapi_request_t **requests, size_t *size,
				      mcapi_timeout_t timeout, mcapi_status_t *mcapi_status);

/**
 * mcapi_cancel - end a request that has not completed
 * @mcapi_status: SUCCESS, ERR_REQUEST_INVALID (it has completed, or never was one),
 *	ERR_PARAMETER
 *
 * Its buffer is the program's again. A thread that waits for it is told
 * ERR_REQUEST_CANCELLED.
 */
MCAPI_API void mcapi_cancel(mcapi_request_t *request, mcapi_status_t *mcapi_status);

/* ---- support ---- */

/**
 * mcapi_display_status - the name of a status code
 * @status_message: written, NUL-terminated, cut to @size
 *
 * Returns @status_message, or NULL for an unknown code or no buffer.
 */
MCAPI_API char *mcapi_display_status(mcapi_status_t status, char *status_message, size_t size);

/**
 * mcapi_display_state - print what a node has and waits for on standard output
 * @handle: NULL for all of the calling node, else a pointer to one of its endpoints
 */
MCAPI_API void mcapi_display_state(void *handle);

/**
 * mcapi_set_debug_level - what the library says on standard error
 * @level: 0 nothing, the default; 1 or more: why calls fail, as mcapix_error_detail() does
 */
MCAPI_API void mcapi_set_debug_level(int level);

#ifdef __cplusplus
}
#endif

#endif /* MCAPI_H */
