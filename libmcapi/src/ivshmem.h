/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ivshmem.h - this process as a peer of an ivshmem server (QEMU's protocol)
 */
#ifndef IVSHMEM_H
#define IVSHMEM_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/mcapi_ivshmem.h>

struct ivshmem {
	int refs;			/* links that use the connection */
	int socket;
	int memory;			/* the shared memory's descriptor */
	int events;			/* epoll: own vectors and the socket */
	uint32_t id;			/* own peer id */
	uint32_t peers, links;		/* of the topology page, checked */
	const uint8_t *page;		/* the topology page, read-only */
	uint64_t length;		/* of the memory */
	uint32_t vectors;		/* own ones received so far */
	int vector[MCAPI_IVSHMEM_MAX_PEERS + 1];
	int doorbell[MCAPI_IVSHMEM_MAX_PEERS];	/* of each peer, for our vector there */
	uint32_t received[MCAPI_IVSHMEM_MAX_PEERS];	/* its descriptors so far */
};

/* Joins; NULL with a detail. */
struct ivshmem *ivshmem_join(const char *path);
void ivshmem_leave(struct ivshmem *ivshmem);
/* In a forked child: the connection is the parent's. */
void ivshmem_forget(struct ivshmem *ivshmem);

/* Takes doorbells and the server's messages without waiting. */
void ivshmem_take(struct ivshmem *ivshmem);
bool ivshmem_ring(struct ivshmem *ivshmem, uint32_t peer);
bool ivshmem_present(const struct ivshmem *ivshmem, uint32_t peer);

static inline const struct mcapi_ivshmem_link *ivshmem_link(const struct ivshmem *ivshmem,
							    uint32_t number)
{
	return (const struct mcapi_ivshmem_link *)(ivshmem->page + MCAPI_IVSHMEM_LINK_OFF) + number;
}

#endif /* IVSHMEM_H */
