/* SPDX-License-Identifier: BSD-3-Clause */
#include "row.h"

#include "floor.h"
#include "message.h"
#include "packet.h"
#include "scalar.h"

const struct row rows[] = {
	{ "1", "message of 8 B one way / ping-pong", ROW_TIME, 1.5, 2.0,
	  &message_busy_8, &floor_pingpong, false },
	{ "1b", "message of 40 B one way / ping-pong", ROW_TIME, 1.5, 2.0,
	  &message_busy_40, &floor_pingpong, false },
	{ "2", "scalar of 64 bits one way / ping-pong", ROW_TIME, 1.25, 1.6,
	  &scalar_trips, &floor_pingpong, false },
	{ "3", "messages of 8 B / raw ring of slots", ROW_RATE, 0.5, 0.3,
	  &message_stream_busy, &floor_slots, false },
	{ "4", "scalars of 64 bits / raw ring of scalars", ROW_RATE, 0.6, 0.35,
	  &scalar_stream, &floor_scalars, false },
	{ "4b", "64 scalars in a call / raw ring, 64 at once", ROW_RATE, 0.5, 0.5,
	  &scalar_batches, &floor_scalar_batches, false },
	{ "5", "packet in place, 1 MiB / 64 B", ROW_TIME, 1.05, 1.15,
	  &packet_place_1m, &packet_place_64, false },
	{ "5b", "packets of 64 KiB / raw copy ring", ROW_RATE, 0.95, 0.85,
	  &packet_stream, &floor_copies, false },
	{ "6", "round trip, both asleep / raw futex", ROW_TIME, 1.05, 1.15,
	  &message_sleep, &floor_futex, true },
	{ "7", "round trip, adaptive / polling", ROW_TIME, 1.05, 1.2,
	  &message_adaptive, &message_busy_8, false },
	{ "8", "messages of 8 B, blocking / polling", ROW_RATE, 0.95, 0.8,
	  &message_stream_adaptive, &message_stream_busy, false },
	{ "8b", "system calls per message, blocking", ROW_SYSCALLS, 0.001, 0.01,
	  &message_stream_adaptive, NULL, false },
	{ "9", "waiting receiver, % of a processor", ROW_IDLE, 0.0, 0.02,
	  &message_receive_asleep, NULL, false },
	{ "10", "processor time, asleep / raw ring and futex", ROW_CPU, 1.05, 1.2,
	  &message_sleep, &floor_ring_futex, true },
	{ "15", "many idle senders / one sender", ROW_CROWD, 1.1, 1.25,
	  &message_busy_8, &floor_pingpong, false },
};

const unsigned int row_count = sizeof(rows) / sizeof(*rows);

enum verdict row_verdict(const struct row *row, const struct result *result)
{
	/* A receiver that never woke up is the goal, whatever little the clock says. */
	const double value = row->kind == ROW_IDLE && !result->wakeups ? 0 : result->value.p50;

	if (result->invalid)
		return VERDICT_INVALID;
	if (row->kind == ROW_RATE)
		return value >= row->goal ? VERDICT_GOAL :
		       value >= row->floor ? VERDICT_FLOOR : VERDICT_MISSED;
	return value <= row->goal ? VERDICT_GOAL :
	       value <= row->floor ? VERDICT_FLOOR : VERDICT_MISSED;
}

const char *row_verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "goal", "floor", "missed", "invalid" };

	return names[verdict];
}

const char *row_mode_name(const struct result *result)
{
	static const char *const names[] = { "SMT", "near", "far" };

	return result->pingpong_ns.p50 > 0 ? names[result->mode] : "-";
}
