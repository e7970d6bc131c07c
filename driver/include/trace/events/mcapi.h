/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mcapi.h - tracepoints: rings, doorbells, wake-ups, changes of a link
 *
 * @minor is the N of /dev/mcapiN.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mcapi

#if !defined(_TRACE_MCAPI_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_MCAPI_H

#include <linux/mcapi.h>
#include <linux/tracepoint.h>

TRACE_EVENT(mcapi_ring,
	TP_PROTO(unsigned int minor, bool merged, int error),
	TP_ARGS(minor, merged, error),
	TP_STRUCT__entry(
		__field(unsigned int, minor)
		__field(bool, merged)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->minor = minor;
		__entry->merged = merged;
		__entry->error = error;
	),
	TP_printk("mcapi%u merged=%d error=%d", __entry->minor, __entry->merged, __entry->error)
);

TRACE_EVENT(mcapi_doorbell,
	TP_PROTO(unsigned int minor, u64 received, u64 delay_ns),
	TP_ARGS(minor, received, delay_ns),
	TP_STRUCT__entry(
		__field(unsigned int, minor)
		__field(u64, received)
		__field(u64, delay_ns)
	),
	TP_fast_assign(
		__entry->minor = minor;
		__entry->received = received;
		__entry->delay_ns = delay_ns;
	),
	TP_printk("mcapi%u received=%llu delay=%lluns", __entry->minor, __entry->received,
		  __entry->delay_ns)
);

TRACE_EVENT(mcapi_wake,
	TP_PROTO(unsigned int minor, u32 seq, u32 events),
	TP_ARGS(minor, seq, events),
	TP_STRUCT__entry(
		__field(unsigned int, minor)
		__field(u32, seq)
		__field(u32, events)
	),
	TP_fast_assign(
		__entry->minor = minor;
		__entry->seq = seq;
		__entry->events = events;
	),
	TP_printk("mcapi%u seq=%u events=%s", __entry->minor, __entry->seq,
		  __print_flags(__entry->events, "|",
				{ MCAPI_EVENT_DOORBELL, "doorbell" },
				{ MCAPI_EVENT_LINK, "link" }))
);

TRACE_EVENT(mcapi_state,
	TP_PROTO(unsigned int minor, u32 state, u32 peer_epoch),
	TP_ARGS(minor, state, peer_epoch),
	TP_STRUCT__entry(
		__field(unsigned int, minor)
		__field(u32, state)
		__field(u32, peer_epoch)
	),
	TP_fast_assign(
		__entry->minor = minor;
		__entry->state = state;
		__entry->peer_epoch = peer_epoch;
	),
	TP_printk("mcapi%u state=%s peer_epoch=%#x", __entry->minor,
		  __print_symbolic(__entry->state,
				   { MCAPI_LINK_DOWN, "down" },
				   { MCAPI_LINK_UP, "up" },
				   { MCAPI_LINK_MISMATCH, "mismatch" },
				   { MCAPI_LINK_GONE, "gone" }),
		  __entry->peer_epoch)
);

#endif /* _TRACE_MCAPI_H */

#include <trace/define_trace.h>
