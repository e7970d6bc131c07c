/* SPDX-License-Identifier: BSD-3-Clause */
#include "scalar.h"

static void send(struct lane *lane, uint64_t value)
{
	mcapi_status_t status;

	mcapi_sclchan_send_uint64(lane->scalars_out, value, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_sclchan_send_uint64", status);
}

static uint64_t receive(struct lane *lane)
{
	mcapi_status_t status;
	uint64_t value = mcapi_sclchan_recv_uint64(lane->scalars_in, &status);

	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_sclchan_recv_uint64", status);
	return value;
}

static void trips_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t last = now_ns();

	(void)task;
	while (count--) {
		send(lane, count);
		if (receive(lane) != count)
			die("another scalar came back than was sent");
		if (task_record) {
			uint64_t now = now_ns();

			histogram_add(task_record, now - last);
			last = now;
		}
	}
}

static void trips_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	while (count--)
		send(lane, receive(lane));
}

static void stream_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	while (count--)
		send(lane, count);
}

static void stream_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	(void)task;
	while (count--)
		if (receive(lane) != count)
			die("scalars arrived in another order than they were sent");
}

#define BATCH 64u

static void batches_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t values[BATCH];
	mcapi_status_t status;

	(void)task;
	while (count) {
		const uint32_t some = count < BATCH ? count : BATCH;

		for (uint32_t i = 0; i < some; i++)
			values[i] = count - i;
		mcapix_sclchan_send_many(lane->scalars_out, values, sizeof(*values), some, &status);
		if (status != MCAPI_SUCCESS)
			lane_check("mcapix_sclchan_send_many", status);
		count -= some;
	}
}

static void batches_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t values[BATCH];
	mcapi_status_t status;

	(void)task;
	while (count) {
		const size_t got = mcapix_sclchan_recv_many(lane->scalars_in, values,
							    sizeof(*values),
							    count < BATCH ? count : BATCH, &status);

		if (status != MCAPI_SUCCESS)
			lane_check("mcapix_sclchan_recv_many", status);
		for (size_t i = 0; i < got; i++)
			if (values[i] != count--)
				die("scalars arrived in another order than they were sent");
	}
}

const struct task scalar_trips = {
	.name = "scalar of 64 bits, polling", .lane = LANE_BUSY, .trips = 2, .bytes = 8,
	.lead = trips_lead, .peer = trips_peer,
};

const struct task scalar_stream = {
	.name = "scalars of 64 bits, polling", .lane = LANE_BUSY, .trips = 1, .bytes = 8,
	.lead = stream_lead, .peer = stream_peer,
};

const struct task scalar_batches = {
	.name = "scalars of 64 bits, 64 in a call, polling", .lane = LANE_BUSY, .trips = 1,
	.bytes = 8, .lead = batches_lead, .peer = batches_peer,
};
