/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * mcapi_ivshmem.h - the topology page of an emulated board (version 1.0)
 *
 * The first granule of the ivshmem memory is written by the ivshmem server only,
 * before the first peer connects: who there is, which windows join whom, and who
 * is connected at the moment. docs/ivshmem.md is the document. Little-endian.
 *
 * A doorbell carries the sender: peer a rings peer b on vector a. The vector
 * after the last peer's is rung by the server when a presence line changed.
 */
#ifndef _UAPI_LINUX_MCAPI_IVSHMEM_H
#define _UAPI_LINUX_MCAPI_IVSHMEM_H

#ifdef __linux__
#include <linux/types.h>
#else
#include <stdint.h>
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef uint64_t __u64;
#endif

#define MCAPI_IVSHMEM_MAGIC	0x3156434du	/* "MCV1" */
#define MCAPI_IVSHMEM_MAJOR	1
#define MCAPI_IVSHMEM_MINOR	0
#define MCAPI_IVSHMEM_MAX_PEERS	15u
#define MCAPI_IVSHMEM_MAX_LINKS	60u

#define MCAPI_IVSHMEM_PEER_OFF	0x100u		/* bytes, presence lines */
#define MCAPI_IVSHMEM_LINK_OFF	0x1000u		/* bytes, link lines */

/**
 * struct mcapi_ivshmem_head - start of the topology page
 * @magic: %MCAPI_IVSHMEM_MAGIC
 * @major: layout; another major cannot be read
 * @minor: additions
 * @peers: number of peer ids, 1..15; also the number of the presence vector
 * @links: number of link lines, 0..60
 */
struct mcapi_ivshmem_head {
	__u32 magic;
	__u16 major;
	__u16 minor;
	__u32 peers;
	__u32 links;
};

/**
 * struct mcapi_ivshmem_peer - presence of one peer, a line of 64 bytes for each id
 * @present: 1 while the peer is connected
 * @generation: counts its connections
 */
struct mcapi_ivshmem_peer {
	__u32 present;
	__u32 generation;
	__u32 reserved[14];
};

/**
 * struct mcapi_ivshmem_link - one window between two peers, a line of 64 bytes
 * @a: the lower peer id, which is side 0 of the window
 * @b: the higher peer id, which is side 1
 * @offset: start of the window in the ivshmem memory, bytes
 * @length: bytes
 * @label_a: the link's label on peer a (that is, who is at its other end)
 * @label_b: the link's label on peer b
 */
struct mcapi_ivshmem_link {
	__u32 a;
	__u32 b;
	__u64 offset;
	__u64 length;
	char label_a[20];
	char label_b[20];
};

#endif /* _UAPI_LINUX_MCAPI_IVSHMEM_H */
