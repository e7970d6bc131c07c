/* SPDX-License-Identifier: BSD-3-Clause */
#include "packet.h"

#include <string.h>

#define STREAM_BYTES 65536u

static uint8_t program_data[STREAM_BYTES];
static volatile uint64_t sink;

/* ---- in place ---- */

/* The program writes the first eight bytes; the rest stays as it is. */
static void send_place(struct lane *lane, uint32_t bytes, uint64_t value)
{
	mcapi_status_t status;
	uint64_t *buffer;

	/* None is free until the partner's release has arrived. */
	do {
		buffer = mcapix_buffer_alloc(lane->packets_out, bytes, &status);
	} while (status == MCAPI_ERR_MEM_LIMIT);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapix_buffer_alloc", status);
	*buffer = value;
	mcapix_pktchan_send_buffer(lane->packets_out, buffer, bytes, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapix_pktchan_send_buffer", status);
}

/* The program reads the first eight bytes. */
static void receive_place(struct lane *lane, uint32_t bytes)
{
	mcapi_status_t status;
	void *packet;
	size_t size;

	mcapi_pktchan_recv(lane->packets_in, &packet, &size, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_pktchan_recv", status);
	if (size != bytes)
		die("a packet of %zu bytes arrived, not of %u", size, bytes);
	sink = *(const uint64_t *)packet;
	mcapi_pktchan_release(packet, &status);
	if (status != MCAPI_SUCCESS)
		lane_check("mcapi_pktchan_release", status);
}

static void place_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	uint64_t last = now_ns();

	while (count--) {
		send_place(lane, task->bytes, count);
		receive_place(lane, task->bytes);
		if (task_record) {
			uint64_t now = now_ns();

			histogram_add(task_record, now - last);
			last = now;
		}
	}
}

static void place_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	while (count--) {
		receive_place(lane, task->bytes);
		send_place(lane, task->bytes, count);
	}
}

const struct task packet_place_64 = {
	.name = "packet of 64 B in place, polling", .lane = LANE_BUSY, .trips = 2, .bytes = 64,
	.lead = place_lead, .peer = place_peer,
};

const struct task packet_place_1m = {
	.name = "packet of 1 MiB in place, polling", .lane = LANE_BUSY, .trips = 2,
	.bytes = 1u << 20, .lead = place_lead, .peer = place_peer,
};

/* ---- copied ---- */

static void stream_lead(const struct task *task, struct lane *lane, uint32_t count)
{
	mcapi_status_t status;

	while (count--) {
		mcapi_pktchan_send(lane->packets_out, program_data, task->bytes, &status);
		if (status != MCAPI_SUCCESS)
			lane_check("mcapi_pktchan_send", status);
	}
}

/* Copies it out as the raw ring does, so that both do the same work. */
static void stream_peer(const struct task *task, struct lane *lane, uint32_t count)
{
	mcapi_status_t status;
	void *packet;
	size_t size;

	while (count--) {
		mcapi_pktchan_recv(lane->packets_in, &packet, &size, &status);
		if (status != MCAPI_SUCCESS)
			lane_check("mcapi_pktchan_recv", status);
		if (size != task->bytes)
			die("a packet of %zu bytes arrived, not of %u", size, task->bytes);
		memcpy(program_data, packet, size);
		mcapi_pktchan_release(packet, &status);
		if (status != MCAPI_SUCCESS)
			lane_check("mcapi_pktchan_release", status);
	}
}

const struct task packet_stream = {
	.name = "packets of 64 KiB, polling", .lane = LANE_BUSY, .trips = 1, .bytes = STREAM_BYTES,
	.lead = stream_lead, .peer = stream_peer,
};
