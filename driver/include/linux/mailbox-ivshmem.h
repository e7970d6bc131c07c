/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mailbox-ivshmem.h - what the mailbox controllers over ivshmem devices deliver
 *
 * It is delivered in hard interrupt context, also with PREEMPT_RT. A change of
 * presence is also delivered, in the caller's context, by
 * mbox_client_peek_data(): a client that read something in shared memory and then
 * peeks knows whether its writer had left by then.
 */
#ifndef _LINUX_MAILBOX_IVSHMEM_H
#define _LINUX_MAILBOX_IVSHMEM_H

#include <linux/types.h>

#define MAILBOX_IVSHMEM_RING		0u	/* the peer rang */
#define MAILBOX_IVSHMEM_PEER_JOINED	1u
#define MAILBOX_IVSHMEM_PEER_LEFT	2u

/**
 * struct mailbox_ivshmem_event - what the message of an rx_callback points to
 * @what: one of MAILBOX_IVSHMEM_*
 * @hold_ns: 0; of a ring, the client may set for how many nanoseconds it wants to
 *	hear of no other: the interrupt is masked so long, and what came meanwhile is
 *	delivered as one ring. A device whose interrupt is shared does not do that.
 */
struct mailbox_ivshmem_event {
	u32 what;
	u64 hold_ns;
};

#endif /* _LINUX_MAILBOX_IVSHMEM_H */
