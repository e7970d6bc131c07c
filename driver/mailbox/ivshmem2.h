/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ivshmem2.h - how the memory of an ivshmem device of version 2 is divided
 *
 * A state table, a section that all may write, and for each peer a section that only
 * it may write. Two of these, or else the common one, are the window of a link. Pure
 * logic; also compiled in user space by tests/.
 */
#ifndef _MAILBOX_IVSHMEM2_H
#define _MAILBOX_IVSHMEM2_H

#ifdef __KERNEL__
#include <linux/types.h>
#endif

/**
 * struct ivshmem2_memory - what the vendor capability and the registers say
 * @states: bytes of the state table
 * @common: bytes that all may write
 * @output: bytes that each peer has for itself
 * @size: bytes of the whole, or 0 where nothing tells
 * @peers: how many there can be
 * @own: which one we are
 */
struct ivshmem2_memory {
	u32 states;
	u64 common;
	u64 output;
	u64 size;
	u32 peers;
	u32 own;
};

enum ivshmem2_verdict {
	IVSHMEM2_VALID,
	IVSHMEM2_PEERS,		/* it does not join exactly two */
	IVSHMEM2_STATES,	/* the state table cannot hold the states */
	IVSHMEM2_NOTHING,	/* there is nothing to share */
	IVSHMEM2_SIZE,		/* the parts are more than the whole */
};

/* Gives the window, counted from the start of the memory. */
static inline enum ivshmem2_verdict
ivshmem2_window(const struct ivshmem2_memory *m, u64 *offset, u64 *length)
{
	const u64 most = 1ull << 48;

	if (m->peers != 2 || m->own >= m->peers)
		return IVSHMEM2_PEERS;
	if (m->states < m->peers * sizeof(u32))
		return IVSHMEM2_STATES;
	if (!m->common && !m->output)
		return IVSHMEM2_NOTHING;
	/* so that no sum of the following wraps */
	if (m->common > most || m->output > most)
		return IVSHMEM2_SIZE;
	*offset = m->states;
	*length = m->common;
	if (m->output) {
		*offset += m->common;
		*length = m->peers * m->output;
	}
	return m->size && *offset + *length > m->size ? IVSHMEM2_SIZE : IVSHMEM2_VALID;
}

#endif /* _MAILBOX_IVSHMEM2_H */
