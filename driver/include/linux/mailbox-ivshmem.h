/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mailbox-ivshmem.h - what the mailbox controllers over ivshmem devices deliver
 *
 * The message of an rx_callback points to one of these. A change of presence is
 * also delivered, in the caller's context, by mbox_client_peek_data(): a client
 * that read something in shared memory and then peeks knows whether its writer
 * had left by then.
 */
#ifndef _LINUX_MAILBOX_IVSHMEM_H
#define _LINUX_MAILBOX_IVSHMEM_H

#define MAILBOX_IVSHMEM_RING		0u	/* the peer rang */
#define MAILBOX_IVSHMEM_PEER_JOINED	1u
#define MAILBOX_IVSHMEM_PEER_LEFT	2u

#endif /* _LINUX_MAILBOX_IVSHMEM_H */
