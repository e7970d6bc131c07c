/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * request.h - operations under way
 *
 * Every operation is a request; a blocking call makes one on its stack and waits
 * for it. Those that the program sees have a slot in the node's table and a
 * handle with a generation, so that a stale handle is recognised.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <sys/uio.h>

#include "node.h"

enum request_kind {
	REQUEST_RECV,
	REQUEST_SEND,
	REQUEST_GET,
	REQUEST_CONNECT,
	REQUEST_OPEN,
	REQUEST_CLOSE,
	REQUEST_SEND_PACKET,
	REQUEST_RECV_PACKET,
	REQUEST_SCALAR,
};

enum request_state {
	REQUEST_PENDING,
	REQUEST_DONE,
	REQUEST_RETIRED,	/* tested: the answer stays until the slot is reused */
	REQUEST_ENDED,		/* waited for: the handle is invalid */
};

struct request {
	enum request_kind kind;
	enum request_state state;
	mcapi_request_t handle;		/* 0 for a blocking call's */
	bool waited;			/* some thread is in mcapi_wait() on it */
	mcapi_status_t status;
	size_t size;
	struct watch *watch;		/* its file descriptor, if the program wants one */
	struct request *next;		/* in the node's or endpoint's list of pending ones */
	struct request *next_reusable;
	struct peer *watched;		/* whose death ends it, or NULL */
	struct channel *channel;	/* REQUEST_SEND_PACKET, _RECV_PACKET, _SCALAR */
	union {
		struct {
			struct endpoint *endpoint;
			void *buffer;
			size_t size;
		} recv;
		struct {
			mcapi_endpoint_t to;
			uint16_t from_port;
			uint8_t prio;
			const void *buffer;
			uint32_t len;
			/* in parts: how far it is sent, its number, and to which endpoint */
			uint32_t sent, serial, gen;
		} send;
		struct {
			mcapi_endpoint_t wanted;
			mcapi_endpoint_t *endpoint;
			struct peer *asked;	/* its owner, which has not answered yet */
			uint32_t tag;
		} get;
		struct {
			uint32_t tag;
		} connect;
		struct {
			struct endpoint *endpoint;
			uint32_t kind;		/* of the channel's end */
			uint32_t *handle;
		} open;
		struct {
			struct iovec piece;
			const struct iovec *pieces;
			struct buffer *loan;	/* to send in place, or NULL */
			uint32_t len, sent;
		} send_packet;
		struct {
			void **buffer;
		} recv_packet;
		struct {
			uint64_t value;
			uint32_t log2;		/* of its bytes */
		} scalar;
	};
};

/* A slot in the table; NULL with ERR_REQUEST_LIMIT. */
struct request *request_new(struct node *node, enum request_kind kind, mcapi_status_t *status);
/* How many more there can be. */
uint32_t request_room(const struct node *node);
/* Gives a slot back whose handle the program never saw. */
void request_drop(struct node *node, struct request *req);
void request_free_all(struct node *node);

/* From now on the death of @peer must wake who sleeps; NULL: of nobody. */
void request_watch(struct request *req, struct peer *peer);

void request_complete(struct request *req, mcapi_status_t status, size_t size);
/* Reports how an operation began: SUCCESS, or PENDING, also if wait will tell of a failure. */
void request_report(struct request *req, mcapi_request_t *handle, mcapi_status_t *status);
/* Looks whether a request that is pending can be completed; returns at once. */
void request_look(struct node *node, struct request *req);
/* Waits for a blocking call's request. False at the deadline. */
bool request_wait(struct node *node, struct request *req, int64_t deadline);
/* The same, no longer than the endpoint's timeout; at its end the request ends with that. */
void request_wait_at(struct endpoint *endpoint, struct request *req);
/* The request of a handle that is not over, or NULL. */
struct request *request_find(struct node *node, mcapi_request_t handle);
/* The program was told how it ended: tested (RETIRED) or waited for (ENDED). */
void request_retire(struct node *node, struct request *req, enum request_state state);
/* Takes a pending request out of the list where it waits: nobody completes it any more. */
void request_withdraw(struct node *node, struct request *req);

#endif /* REQUEST_H */
