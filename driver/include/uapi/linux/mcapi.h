/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mcapi.h - user-space interface of /dev/mcapiN (uAPI version 1)
 *
 * One device node is one link: a window of memory that this processor shares
 * with exactly one other, and a doorbell each way. What the window holds is in
 * mcapi_wire.h; driver/Documentation/uapi.rst tells how the calls fit together.
 *
 * Each structure starts with its own size, so that it can grow: a shorter one
 * than the kernel's is completed with zeros down to its first size (EINVAL below),
 * a longer one is taken if its tail is zero and it has no more than 4096 bytes (else
 * E2BIG). Flags that are not known and reserved fields that are not zero are
 * EINVAL. Unknown commands are ENOTTY. When the device is gone, every call says
 * ENODEV. The layout is the same for programs of 32 and of 64 bits.
 */
#ifndef _UAPI_LINUX_MCAPI_H
#define _UAPI_LINUX_MCAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define MCAPI_ABI_VERSION	1

/* link_state */
#define MCAPI_LINK_DOWN		0	/* the peer is absent or has not answered yet */
#define MCAPI_LINK_UP		1	/* both sides have seen each other's boot epoch */
#define MCAPI_LINK_MISMATCH	2	/* the peer speaks another wire format */
#define MCAPI_LINK_GONE		3	/* the device was removed */

/* events */
#define MCAPI_EVENT_DOORBELL	0x1	/* the peer rang */
#define MCAPI_EVENT_LINK	0x2	/* link_state or peer_epoch changed */

/* caps: what the mailbox under the link can do */
#define MCAPI_CAP_PRESENCE	0x1	/* it tells when the peer comes and goes */

/**
 * struct mcapi_info - MCAPI_IOC_INFO: what this link is and how it does
 * @size: sizeof(struct mcapi_info)
 * @flags: must be 0
 * @abi: %MCAPI_ABI_VERSION
 * @side: which half of the window this processor writes, 0 or 1
 * @link_state: %MCAPI_LINK_DOWN ...
 * @local_epoch: boot epoch of this side
 * @peer_epoch: boot epoch of the peer, 0 if it was never seen
 * @sections: number of sections of this side
 * @section_size: bytes of each section
 * @window_size: bytes of the whole window
 * @rings: doorbells handed to the mailbox
 * @coalesced: notifications that found one in flight and were merged
 * @received: doorbells received
 * @name: the link's label, NUL-terminated
 * @caps: %MCAPI_CAP_PRESENCE ...
 * @reserved: 0
 * @refused: rings and answers that the mailbox refused at once; what a controller that
 *	tells or is polled refuses with EBUSY counts in @rings and @stalls
 * @stalls: rings and answers that the mailbox never completed, and that were given up
 * @throttled: times that doorbells came so fast that sleepers were woken later
 */
struct mcapi_info {
	__u32 size;
	__u32 flags;
	__u32 abi;
	__u32 side;
	__u32 link_state;
	__u32 local_epoch;
	__u32 peer_epoch;
	__u32 sections;
	__aligned_u64 section_size;
	__aligned_u64 window_size;
	__aligned_u64 rings;
	__aligned_u64 coalesced;
	__aligned_u64 received;
	char name[32];
	__u32 caps;
	__u32 reserved;
	__aligned_u64 refused;
	__aligned_u64 stalls;
	__aligned_u64 throttled;
};

#define MCAPI_INFO_SIZE_VER0	104	/* ends with name */

/**
 * struct mcapi_attach - MCAPI_IOC_ATTACH: get a section for this open file
 * @size: sizeof(struct mcapi_attach)
 * @flags: must be 0
 * @section: out, its number
 * @epoch: out, its epoch
 *
 * The section is cleared. Last close gives it back. EBUSY if the file has one
 * already, ENOSPC if all are taken or in quarantine, EPERM unless the file is
 * open for reading and writing.
 */
struct mcapi_attach {
	__u32 size;
	__u32 flags;
	__u32 section;
	__u32 epoch;
};

/* kinds of mapping */
#define MCAPI_WINDOW_STATUS	0	/* struct mcapi_status, read-only */
#define MCAPI_WINDOW_LINK	1	/* the whole window, read-only */
#define MCAPI_WINDOW_SECTION	2	/* this file's section, writable; after ATTACH */

/* attributes of a mapping */
#define MCAPI_WINDOW_READ	0x1
#define MCAPI_WINDOW_WRITE	0x2
#define MCAPI_WINDOW_CACHED	0x4
#define MCAPI_WINDOW_WC		0x8
#define MCAPI_WINDOW_SYNC	0x10	/* cached, but the peer does not see the cache */

/**
 * struct mcapi_window - MCAPI_IOC_WINDOW: how to mmap a part of the link
 * @size: sizeof(struct mcapi_window)
 * @flags: must be 0
 * @kind: in, %MCAPI_WINDOW_STATUS ...
 * @attrs: out, %MCAPI_WINDOW_READ ...
 * @offset: out, cookie for mmap(2); it says nothing about physical memory
 * @length: out, bytes
 *
 * Mappings must be MAP_SHARED; they are not inherited by fork.
 */
struct mcapi_window {
	__u32 size;
	__u32 flags;
	__u32 kind;
	__u32 attrs;
	__aligned_u64 offset;
	__aligned_u64 length;
};

/**
 * struct mcapi_notify - MCAPI_IOC_NOTIFY: ring the peer's doorbell
 * @size: sizeof(struct mcapi_notify)
 * @flags: must be 0
 * @coalesced: out, 1 if a ring was in flight and this one was merged into the
 *	next one; the peer will be rung after all stores made before this call
 * @reserved: must be 0
 */
struct mcapi_notify {
	__u32 size;
	__u32 flags;
	__u32 coalesced;
	__u32 reserved;
};

/* flags of WAIT and NOTIFY_WAIT */
#define MCAPI_WAIT_WORD		0x1	/* sleep on while the word has the value */

/**
 * struct mcapi_wait - MCAPI_IOC_WAIT: sleep until the link's sequence moves on
 * @size: sizeof(struct mcapi_wait)
 * @flags: %MCAPI_WAIT_WORD or 0
 * @seq: in, the sequence seen before the last look at the window; out, the
 *	present one. The call returns at once if they differ, so that no
 *	doorbell is lost between look and sleep.
 * @events: out, %MCAPI_EVENT_DOORBELL ...
 * @deadline_ns: CLOCK_MONOTONIC, absolute; 0 only looks, negative waits for ever
 * @word_offset: with %MCAPI_WAIT_WORD, an aligned word of the window, in bytes
 * @word_value: with %MCAPI_WAIT_WORD, its value that means "nothing to do"
 * @word_mask: with %MCAPI_WAIT_WORD, the bits that are compared
 *
 * With %MCAPI_WAIT_WORD doorbells alone do not end the call while the word's bits
 * in @word_mask are those of @word_value; a change of the link does. The word is
 * looked at when the call starts with a sequence that has moved on, and at each
 * doorbell, not in between: so @seq is that of before the program's own look.
 *
 * MCAPI_IOC_NOTIFY_WAIT rings the peer first. When a stopped process goes on,
 * both start again, so that the peer may be rung once more.
 *
 * ETIMEDOUT at the deadline, with @seq and @events filled in: @seq has not moved on;
 * with %MCAPI_WAIT_WORD it may have, but the word has not changed up to there, so that
 * a wait for the same word can go on from it. EINTR on a signal, ENODEV when the
 * device is gone.
 */
struct mcapi_wait {
	__u32 size;
	__u32 flags;
	__u32 seq;
	__u32 events;
	__s64 deadline_ns;
	__aligned_u64 word_offset;
	__u32 word_value;
	__u32 word_mask;
};

#define MCAPI_WAIT_SIZE_VER0	24	/* ends with deadline_ns */

#define MCAPI_EVENTFD_MAX	64	/* of a link */

/**
 * struct mcapi_eventfd - MCAPI_IOC_EVENTFD: signal an eventfd(2) at events
 * @size: sizeof(struct mcapi_eventfd)
 * @flags: must be 0
 * @fd: the eventfd, or -1 to end it; it replaces the one that this file has
 * @events: which events signal it, %MCAPI_EVENT_DOORBELL ...; not 0 unless @fd is -1
 *
 * EBADF or EINVAL if @fd is none, ENOSPC if %MCAPI_EVENTFD_MAX files of the link
 * have one, because each wake-up signals all of them. What happened before the
 * call does not signal.
 */
struct mcapi_eventfd {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 events;
};

/* direction of SYNC */
#define MCAPI_SYNC_TO_PEER	0	/* what this side wrote goes to memory */
#define MCAPI_SYNC_FROM_PEER	1	/* what this side has cached is read again */

/**
 * struct mcapi_sync - MCAPI_IOC_SYNC: make a cached window agree with memory
 * @size: sizeof(struct mcapi_sync)
 * @flags: must be 0
 * @direction: %MCAPI_SYNC_TO_PEER or %MCAPI_SYNC_FROM_PEER
 * @reserved: must be 0
 * @offset: bytes from the start of the window
 * @length: bytes, not 0
 *
 * Needed where WINDOW says %MCAPI_WINDOW_SYNC, and does nothing elsewhere. To the
 * peer goes only what lies in this file's section, from the peer comes only what
 * lies in its half (EINVAL): so nobody throws away what another one wrote.
 */
struct mcapi_sync {
	__u32 size;
	__u32 flags;
	__u32 direction;
	__u32 reserved;
	__aligned_u64 offset;
	__aligned_u64 length;
};

/**
 * struct mcapi_event - what read(2) returns, one record a call
 * @seq: sequence of the link; the file is readable again when it moves on
 * @events: %MCAPI_EVENT_DOORBELL ... since this file's last read
 * @link_state: %MCAPI_LINK_DOWN ...
 * @peer_epoch: boot epoch of the peer
 */
struct mcapi_event {
	__u32 seq;
	__u32 events;
	__u32 link_state;
	__u32 peer_epoch;
};

/**
 * struct mcapi_status - the page of MCAPI_WINDOW_STATUS, kept by the kernel
 * @seq: moves on with each doorbell and each change of the link
 * @link_state: %MCAPI_LINK_DOWN ...
 * @local_epoch: boot epoch of this side
 * @peer_epoch: boot epoch of the peer; valid while @link_state is UP
 *
 * The peer cannot see this page. After the device is gone it still reads
 * %MCAPI_LINK_GONE.
 */
struct mcapi_status {
	__u32 seq;
	__u32 link_state;
	__u32 local_epoch;
	__u32 peer_epoch;
};

#define MCAPI_IOC_MAGIC		0xB9
#define MCAPI_IOC_INFO		_IOWR(MCAPI_IOC_MAGIC, 0, struct mcapi_info)
#define MCAPI_IOC_ATTACH	_IOWR(MCAPI_IOC_MAGIC, 1, struct mcapi_attach)
#define MCAPI_IOC_WINDOW	_IOWR(MCAPI_IOC_MAGIC, 2, struct mcapi_window)
#define MCAPI_IOC_NOTIFY	_IOWR(MCAPI_IOC_MAGIC, 3, struct mcapi_notify)
#define MCAPI_IOC_WAIT		_IOWR(MCAPI_IOC_MAGIC, 4, struct mcapi_wait)
#define MCAPI_IOC_NOTIFY_WAIT	_IOWR(MCAPI_IOC_MAGIC, 5, struct mcapi_wait)
#define MCAPI_IOC_EVENTFD	_IOWR(MCAPI_IOC_MAGIC, 6, struct mcapi_eventfd)
#define MCAPI_IOC_SYNC		_IOWR(MCAPI_IOC_MAGIC, 7, struct mcapi_sync)

#endif /* _UAPI_LINUX_MCAPI_H */
