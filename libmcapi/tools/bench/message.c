/* SPDX-License-Identifier: BSD-3-Clause */
#include "message.h"

#define LARGEST 64u

static void send(struct lane *lane, void *buffer, uint32_t bytes)
{
	mcapi_status_t status;

	mcapi_msg_send(lane->here, lane->there, buffer, bytes, 0, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_msg_send", status);
}

static void receive(struct lane *lane, void *buffer)
{
	mcapi_status_t status;
	size_t got;

	mcapi_msg_recv(lane->here, buffer, LARGEST, &got, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_msg_recv", status);
}

static void trip_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	uint8_t buffer[LARGEST] = { 0 };
	uint64_t last = now_ns();

	while (count--) {
		hold(task);
		send(lane, buffer, task->bytes);
		receive(lane, buffer);
		if (task_record) {
			uint64_t now = now_ns();

			histogram_add(task_record, now - last - 2 * task->hold_ns);
			last = now;
		}
	}
}

static void trip_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	uint8_t buffer[LARGEST];

	while (count--) {
		receive(lane, buffer);
		hold(task);
		send(lane, buffer, task->bytes);
	}
}

static void stream_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	uint8_t buffer[LARGEST] = { 0 };

	while (count--)
		send(lane, buffer, task->bytes);
}

static void stream_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	uint8_t buffer[LARGEST];

	(void)task;
	while (count--)
		receive(lane, buffer);
}

#define ROUND_TRIP(name_, lane_, bytes_, hold_)			\
	{								\
		.name = name_, .lane = lane_, .trips = 2,		\
		.bytes = bytes_, .hold_ns = hold_,			\
		.lead = trip_lead, .peer = trip_peer,			\
	}

#define STREAM(name_, lane_, bytes_)					\
	{								\
		.name = name_, .lane = lane_, .trips = 1,		\
		.bytes = bytes_, .lead = stream_lead, .peer = stream_peer, \
	}

const struct task message_busy_8 = ROUND_TRIP("message of 8 B, polling", LANE_BUSY, 8, 0);
const struct task message_busy_40 = ROUND_TRIP("message of 40 B, polling", LANE_BUSY, 40, 0);
const struct task message_adaptive = ROUND_TRIP("message of 8 B", LANE_ADAPTIVE, 8, 0);
const struct task message_sleep =
	ROUND_TRIP("message of 8 B, sleeping", LANE_SLEEP, 8, SLEEP_HOLD_NS);
const struct task message_stream_busy = STREAM("messages of 8 B, polling", LANE_BUSY, 8);
const struct task message_stream_adaptive = STREAM("messages of 8 B", LANE_ADAPTIVE, 8);

const struct task message_receive = STREAM("received messages", LANE_BUSY, 8);
const struct task message_receive_asleep = STREAM("a message that was slept for", LANE_SLEEP, 8);
