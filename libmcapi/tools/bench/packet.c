/* SPDX-License-Identifier: BSD-3-Clause */
#include "packet.h"

#include <string.h>

#define STREAM_BYTES 65536u

static uint8_t program_data[STREAM_BYTES];

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
