/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lane.h - a node of this process, with a thread of its own
 *
 * Each process has one for each way of waiting, so that the ways are compared
 * within one pair of processes. The threads share the processor of their
 * process; only one of them runs at any time.
 */
#ifndef LANE_H
#define LANE_H

#include <stdbool.h>
#include <stdint.h>

#include <mcapix.h>

enum lane_kind {
	LANE_NONE,	/* the main thread, which is no node */
	LANE_BUSY,	/* polls, never sleeps */
	LANE_ADAPTIVE,	/* the library's default: polls for a while, then sleeps */
	LANE_SLEEP,	/* sleeps at once */
	LANES,
};

struct lane {
	enum lane_kind kind;
	mcapi_endpoint_t here, there;	/* the two ends for messages */
	/* To the partner and from it, in the polling lane. */
	mcapi_pktchan_send_hndl_t packets_out;
	mcapi_pktchan_recv_hndl_t packets_in;
	mcapi_sclchan_send_hndl_t scalars_out;
	mcapi_sclchan_recv_hndl_t scalars_in;
};

/* Starts all nodes of this process, which is @role of the pair, and finds their partners. */
void lane_start_all(int role);

/* Runs @body in the lane's thread, and waits for it. */
void lane_run(enum lane_kind kind, void (*body)(struct lane *lane, void *arg), void *arg);

/* Of the library: major << 16 | minor << 8 | patch. */
uint32_t lane_version(void);

/* Ends the program unless an MCAPI call succeeded. */
void lane_check(const char *call, mcapi_status_t status);

#endif /* LANE_H */
