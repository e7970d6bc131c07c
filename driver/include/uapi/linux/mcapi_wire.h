/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause */
/*
 * mcapi_wire.h - what two processors agree on in a shared window (wire format 1.0)
 *
 * docs/wire-format.md is the document; this header is its offsets, for the
 * kernel, for user space and for a bare-metal peer. It includes no library and
 * no kernel internals. All fields are little-endian. All offsets and lengths
 * inside the window are counted in lines of 64 bytes from the start of a side.
 */
#ifndef _UAPI_LINUX_MCAPI_WIRE_H
#define _UAPI_LINUX_MCAPI_WIRE_H

#ifdef __linux__
#include <linux/types.h>
#else
#include <stdint.h>
typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
#endif

#define MCAPI_WIRE_MAJOR	1
#define MCAPI_WIRE_MINOR	0

#define MCAPI_WIRE_LINE		64u		/* bytes in a line */
#define MCAPI_WIRE_GRANULE	65536u		/* nothing of two writers shares one */
#define MCAPI_WIRE_MAX_SECTIONS	64u		/* of a side */
#define MCAPI_WIRE_MIN_WINDOW	262144u		/* two sides of control + one section */

#define MCAPI_WIRE_SIDE_MAGIC		0x3153434du	/* "MCS1" */
#define MCAPI_WIRE_SECTION_MAGIC	0x314e434du	/* "MCN1" */

/* ---- control granule: the first granule of a side, written by its system ---- */

#define MCAPI_WIRE_SIDE_DOWN	0u
#define MCAPI_WIRE_SIDE_UP	1u

/**
 * struct mcapi_wire_side - head of a side's control granule
 * @magic: %MCAPI_WIRE_SIDE_MAGIC, written last of the first line
 * @major: wire format; other majors cannot be spoken to
 * @minor: additions; both sides use the lower one
 * @side: 0 for the lower half of the window, 1 for the upper
 * @side_lines: length of this side
 * @section_off: where section 0 starts; section n is at @section_off + n * @section_lines
 * @section_lines: length of each section
 * @sections: number of sections and of used owner lines, 1..64
 * @features: optional features offered, 0 in 1.0
 * @boot_epoch: never 0, another value at each start of this side
 * @state: %MCAPI_WIRE_SIDE_UP or %MCAPI_WIRE_SIDE_DOWN
 * @owner_seq: changes whenever an owner line changes
 * @peer_epoch_ack: the @boot_epoch of the other side that this side has seen
 */
struct mcapi_wire_side {
	__u32 magic;
	__u16 major;
	__u16 minor;
	__u32 side;
	__u32 side_lines;
	__u32 section_off;
	__u32 section_lines;
	__u32 sections;
	__u32 features;
	__u32 reserved0[8];
	/* second line: changes while the side lives */
	__u32 boot_epoch;
	__u32 state;
	__u32 owner_seq;
	__u32 peer_epoch_ack;
	__u32 reserved1[12];
};

#define MCAPI_WIRE_OWNER_OFF	0x1000u		/* bytes, owner lines in the control granule */

#define MCAPI_WIRE_OWNER_FREE	0u
#define MCAPI_WIRE_OWNER_LIVE	1u
#define MCAPI_WIRE_OWNER_DEAD	2u		/* in quarantine */

/**
 * struct mcapi_wire_owner - whether the owner of a section lives
 * @state: %MCAPI_WIRE_OWNER_FREE, _LIVE or _DEAD
 * @epoch: of this attachment; never 0 once used; the high half comes from the
 *	side's boot epoch, the low half counts attachments
 * @pid: local window only: the owner's process, for its death notice
 *
 * One line for each section. Written by the system of the side only: nobody can
 * claim to live on.
 */
struct mcapi_wire_owner {
	__u32 state;
	__u32 epoch;
	__u32 pid;
	__u32 reserved[13];
};

/*
 * Local window only (one operating system, so read-modify-write is allowed):
 * wake lines, one for each section, in the control granule.
 */
#define MCAPI_WIRE_WAKE_OFF	0x2000u		/* bytes */

#define MCAPI_WIRE_WAKE_ASLEEP	0x1u		/* state: sleeps */
#define MCAPI_WIRE_WAKE_FUTEX	0x2u		/* state: to be woken in futex(2) on this word */
#define MCAPI_WIRE_WAKE_FIFO	0x4u		/* state: to be woken in poll(2) on its FIFO */
#define MCAPI_WIRE_WAKE_ASKS	0x8u		/* state: fences for nobody, all execute their own */
#define MCAPI_WIRE_WAKE_SLEEP	0x10u		/* state: the rest counts sleeps */

#define MCAPI_WIRE_WAKE_FENCES	0x1u		/* flags: fences for the others, too */

/**
 * struct mcapi_wire_wake - whether the owner of a section sleeps
 * @state: odd while it sleeps; each sleep has its own value
 * @flags: %MCAPI_WIRE_WAKE_FENCES: between saying that it sleeps and its last look it
 *	makes every process that asked for it execute a full barrier, unless
 *	%MCAPI_WIRE_WAKE_ASKS was in @state since its last sleep
 * @woken_at: when it was woken, CLOCK_MONOTONIC in ns; written by who wakes it
 */
struct mcapi_wire_wake {
	__u32 state;
	__u32 flags;
	__u32 woken_at;
	__u32 reserved[13];
};

/* ---- section: written by the node that owns it, and by nobody else ---- */

#define MCAPI_WIRE_NODE_NONE	0u
#define MCAPI_WIRE_NODE_READY	1u

/**
 * struct mcapi_wire_node - head of a section
 * @magic: %MCAPI_WIRE_SECTION_MAGIC
 * @epoch: the owner line's epoch; a section whose two epochs differ is not set up
 * @domain: MCAPI domain, 0..254
 * @node: MCAPI node, 0..254
 * @state: %MCAPI_WIRE_NODE_READY once all the rest is valid
 * @dir_entries: capacity of the endpoint directory
 * @wake_seq: odd while the node sleeps (or is about to); each sleep has its own value
 * @dir_seq: changes whenever the directory changes
 * @ring_seq: changes whenever a line of the out table changes
 */
struct mcapi_wire_node {
	__u32 magic;
	__u32 epoch;
	__u32 domain;
	__u32 node;
	__u32 state;
	__u32 dir_entries;
	__u32 reserved0[10];
	/* second line */
	__u32 wake_seq;
	__u32 reserved1[15];
	/* third line */
	__u32 dir_seq;
	__u32 ring_seq;
	__u32 reserved2[14];
};

#define MCAPI_WIRE_IN_OFF	0x1000u		/* bytes from the section's start: in table */
#define MCAPI_WIRE_OUT_OFF	0x2000u		/* out table */
#define MCAPI_WIRE_DIR_OFF	0x3000u		/* endpoint directory */

#define MCAPI_WIRE_MAX_ENDPOINTS 4096u		/* of a directory */

/**
 * struct mcapi_wire_in - what this node tells the sender in section n of the peer
 * @epoch: the sender's epoch that this node is reading, 0 for none; while it is
 *	set, that section stays in quarantine after its owner's death
 * @ack: slots of the sender's ring consumed, free-running
 * @ret_off: return ring, lines from the start of this node's side; 0 for none
 * @ret_log2: log2 of the return ring's number of entries
 * @ret_prod: entries published in the return ring, free-running
 * @waiting: 1 while returns wait for room in that ring: who makes room rings
 *
 * The in table has %MCAPI_WIRE_MAX_SECTIONS lines, indexed by the peer's section.
 */
struct mcapi_wire_in {
	__u32 epoch;
	__u32 ack;
	__u32 ret_off;
	__u32 ret_log2;
	__u32 ret_prod;
	__u32 waiting;
	__u32 reserved[10];
};

/**
 * struct mcapi_wire_out - the ring from this node to the node in section n of the peer
 * @epoch: the receiver's epoch for which the ring was made, 0 for none; written last
 * @ring_off: lines from the start of this node's side
 * @ring_log2: log2 of the number of slots
 * @ret_cons: entries consumed of the receiver's return ring, free-running
 * @want: what a send waits for; 0 if none does: the receiver then returns and
 *	acknowledges in batches as large as it likes
 * @urgent: changes with each message that has a higher priority than the one before it
 *	in the ring; as long as it stays, the next slot is the one to take first
 */
struct mcapi_wire_out {
	__u32 epoch;
	__u32 ring_off;
	__u32 ring_log2;
	__u32 ret_cons;
	__u32 want;
	__u32 urgent;
	__u32 reserved[10];
};

#define MCAPI_WIRE_WANT_RETURNS	1u	/* want: credits or buffers */
#define MCAPI_WIRE_WANT_SLOTS	2u	/* want: slots; drain the ring and acknowledge all */

/* Words of @attr, by the numbers of the standard's endpoint attributes. */
#define MCAPI_WIRE_ATTR_TYPE		0u
#define MCAPI_WIRE_ATTR_GET_COUNT	1u
#define MCAPI_WIRE_ATTR_GET_SOURCE	2u	/* domain << 24 | node << 16 of the last getter */
#define MCAPI_WIRE_ATTR_MAX_PAYLOAD	3u
#define MCAPI_WIRE_ATTR_BUFFER_TYPE	4u
#define MCAPI_WIRE_ATTR_MEMORY_TYPE	5u
#define MCAPI_WIRE_ATTR_PRIORITIES	6u
#define MCAPI_WIRE_ATTR_PRIORITY	7u
#define MCAPI_WIRE_ATTR_SEND_BUFFERS	8u
#define MCAPI_WIRE_ATTR_RECV_BUFFERS	9u
#define MCAPI_WIRE_ATTR_STATUS		10u
#define MCAPI_WIRE_ATTR_TIMEOUT		11u
#define MCAPI_WIRE_ATTRS		12u

/* Attribute TYPE; also the type of a channel. */
#define MCAPI_WIRE_TYPE_MESSAGE		1u
#define MCAPI_WIRE_TYPE_PACKET		2u
#define MCAPI_WIRE_TYPE_SCALAR		4u

/* Attribute STATUS. */
#define MCAPI_WIRE_STATUS_CONNECTED	0x1u
#define MCAPI_WIRE_STATUS_OPEN		0x2u
#define MCAPI_WIRE_STATUS_OPEN_PENDING	0x4u
#define MCAPI_WIRE_STATUS_CLOSE_PENDING	0x8u
#define MCAPI_WIRE_STATUS_PACKET	0x10000u
#define MCAPI_WIRE_STATUS_SCALAR	0x20000u
#define MCAPI_WIRE_STATUS_SEND		0x40000u
#define MCAPI_WIRE_STATUS_RECEIVE	0x80000u

/**
 * struct mcapi_wire_endpoint - entry of the endpoint directory
 * @gen: odd while the endpoint exists; another one for each endpoint of the node
 * @port: 1..65534
 * @reserved0: 0
 * @credit: messages that one sender node may have outstanding here
 * @attr: the endpoint's attributes; each may change while the endpoint exists
 * @reserved1: 0
 */
struct mcapi_wire_endpoint {
	__u32 gen;
	__u16 port;
	__u16 reserved0;
	__u32 credit;
	__u32 attr[MCAPI_WIRE_ATTRS];
	__u32 reserved1;
};

#define MCAPI_WIRE_INLINE	44u		/* payload bytes inside a slot */

#define MCAPI_WIRE_SLOT_MSG	1u		/* kind: message */
#define MCAPI_WIRE_SLOT_CONTROL	2u		/* kind: struct mcapi_wire_control */
#define MCAPI_WIRE_SLOT_PACKET	3u		/* kind: packet, in the ring of a channel */

#define MCAPI_WIRE_SLOT_BUFFER	0x1u		/* flags: payload is a buffer, not inline */
#define MCAPI_WIRE_SLOT_PART	0x2u		/* flags: of a longer packet or message */

/**
 * struct mcapi_wire_slot - one message or packet in a ring
 * @seq: index of the slot + 1, written last: the slot is full when it shows it
 * @len: bytes of payload
 * @src_port: sending endpoint
 * @dst_port: receiving endpoint
 * @dst_gen: low half of the receiving endpoint's generation
 * @kind: %MCAPI_WIRE_SLOT_MSG, _CONTROL or _PACKET
 * @prio: 0 is the highest
 * @flags: %MCAPI_WIRE_SLOT_BUFFER, %MCAPI_WIRE_SLOT_PART
 * @reserved: 0
 * @data: the payload, or in its first word the buffer's line offset from the
 *	start of the sender's side, and of a part in the second the bytes of the whole;
 *	of a part of a message in the third and fourth its number and the part's offset
 */
struct mcapi_wire_slot {
	__u32 seq;
	__u32 len;
	__u16 src_port;
	__u16 dst_port;
	__u16 dst_gen;
	__u8 kind;
	__u8 prio;
	__u16 flags;
	__u16 reserved;
	__u8 data[MCAPI_WIRE_INLINE];
};

#define MCAPI_WIRE_RET_CREDIT	1u		/* kind: credits only */
#define MCAPI_WIRE_RET_BUFFER	2u		/* kind: a buffer and one credit */

/**
 * struct mcapi_wire_return - entry of a return ring
 * @kind: %MCAPI_WIRE_RET_CREDIT or %MCAPI_WIRE_RET_BUFFER
 * @gen: low byte of the receiving endpoint's generation
 * @port: the receiving endpoint
 * @value: number of credits, or line offset of the buffer
 */
struct mcapi_wire_return {
	__u8 kind;
	__u8 gen;
	__u16 port;
	__u32 value;
};

/* ---- control messages: how channels come and go, who holds an endpoint ---- */

#define MCAPI_WIRE_CONNECT	1u	/* anybody -> owner of the send end: connect these */
#define MCAPI_WIRE_CONNECTED	2u	/* its answer */
#define MCAPI_WIRE_RESERVE	3u	/* owner of the send end -> owner of the receive end */
#define MCAPI_WIRE_RESERVED	4u	/* its answer */
#define MCAPI_WIRE_OPEN		5u	/* either end -> the other: this end is open */
#define MCAPI_WIRE_CLOSE	6u	/* either end -> the other: this end is closed */
#define MCAPI_WIRE_DONE		7u	/* send end -> receive end: nothing is used any more */
#define MCAPI_WIRE_GET		8u	/* anybody -> owner of an endpoint: I hold it */
#define MCAPI_WIRE_GOT		9u	/* its answer */
#define MCAPI_WIRE_RELEASE	10u	/* anybody -> owner of an endpoint: I let go of it */
#define MCAPI_WIRE_ABANDON	11u	/* sender of a message in parts: no more of it comes */

/**
 * struct mcapi_wire_control - data of a slot of kind %MCAPI_WIRE_SLOT_CONTROL
 * @op: %MCAPI_WIRE_CONNECT, ...
 * @tag: CONNECT, RESERVE, GET: chosen by who asks, and the answer has it (GET: 0 asks
 *	for none); OPEN, CLOSE, DONE: the channel's number at who is told; ABANDON: the
 *	message's number
 * @status: answers: a status code of MCAPI
 * @send: endpoint at the channel's send end; CONNECT, RESERVE
 * @recv: endpoint at its receive end; CONNECT, RESERVE; GET, GOT, RELEASE, ABANDON: the
 *	endpoint
 * @word: CONNECT: type of the channel; GET, GOT, RELEASE: gen of the endpoint;
 *	ABANDON: prio of the message;
 *	RESERVE: type, and who connects as domain << 24 | node << 16;
 *	RESERVED: the channel's number at who answers;
 *	OPEN of the send end: line offset and log2 of the ring;
 *	OPEN of the receive end: line offset of its struct mcapi_wire_channel, line
 *	offset and log2 of its return ring;
 *	CLOSE of the send end: slots or values that were ever put into the ring
 */
struct mcapi_wire_control {
	__u32 op;
	__u32 tag;
	__u32 status;
	__u32 send;
	__u32 recv;
	__u32 word[6];
};

/**
 * struct mcapi_wire_channel - what the receive end of an open channel tells
 * @ack: slots or lines of the channel's ring consumed, free-running
 * @closed: 1 when the receive end is closed; in a line of its own, because it is
 *	looked at for each packet
 */
struct mcapi_wire_channel {
	__u32 ack;
	__u32 reserved0[15];
	__u32 closed;
	__u32 reserved1[15];
};

/**
 * struct mcapi_wire_give - entry of a packet channel's return ring
 * @seq: index of the entry + 1, written last
 * @line: of the buffer that goes back
 */
struct mcapi_wire_give {
	__u32 seq;
	__u32 line;
};

#define MCAPI_WIRE_SCALARS	7u		/* in a line */

/* @head: two bits for each value, log2 of its bytes; then the count; then the sequence */
#define MCAPI_WIRE_SCALARS_COUNT_SHIFT	14u
#define MCAPI_WIRE_SCALARS_COUNT_MASK	0x7u
#define MCAPI_WIRE_SCALARS_SEQ_SHIFT	18u
#define MCAPI_WIRE_SCALARS_SEQ_MASK	0x3fffu

/**
 * struct mcapi_wire_scalars - line of a scalar channel's ring
 * @head: low bits of the line's index + 1, count, sizes; written after each value
 * @reserved: 0
 * @value: low word first
 */
struct mcapi_wire_scalars {
	__u32 head;
	__u32 reserved;
	__u32 value[MCAPI_WIRE_SCALARS][2];
};

#ifdef __cplusplus
#define MCAPI_WIRE_ASSERT(expr) static_assert(expr, #expr)
#else
#define MCAPI_WIRE_ASSERT(expr) __extension__ _Static_assert(expr, #expr)
#endif

MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_side) == 128);
MCAPI_WIRE_ASSERT(__builtin_offsetof(struct mcapi_wire_side, boot_epoch) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_owner) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_wake) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_node) == 192);
MCAPI_WIRE_ASSERT(__builtin_offsetof(struct mcapi_wire_node, wake_seq) == 64);
MCAPI_WIRE_ASSERT(__builtin_offsetof(struct mcapi_wire_node, dir_seq) == 128);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_in) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_out) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_endpoint) == 64);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_slot) == 64);
MCAPI_WIRE_ASSERT(__builtin_offsetof(struct mcapi_wire_slot, data) == 20);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_return) == 8);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_control) == MCAPI_WIRE_INLINE);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_channel) == 128);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_give) == 8);
MCAPI_WIRE_ASSERT(sizeof(struct mcapi_wire_scalars) == 64);

#endif /* _UAPI_LINUX_MCAPI_WIRE_H */
