/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

#define MEET_MS 10000u

/* Ports: one of each kind to send from, one to receive at. */
enum { PACKETS_OUT = 2, PACKETS_IN, SCALARS_OUT, SCALARS_IN };

static mcapi_endpoint_t create(mcapi_port_t port)
{
	mcapi_status_t status;
	mcapi_endpoint_t endpoint = mcapi_endpoint_create(port, &status);

	lane_check("mcapi_endpoint_create", status);
	return endpoint;
}

static mcapi_endpoint_t find(const struct lane *lane, mcapi_port_t port)
{
	mcapi_status_t status;
	mcapi_endpoint_t endpoint;

	endpoint = mcapi_endpoint_get(mcapix_endpoint_domain(lane->there),
				      mcapix_endpoint_node(lane->there), port, MEET_MS, &status);
	lane_check("mcapi_endpoint_get", status);
	return endpoint;
}

static void finish(const char *call, mcapi_request_t *request, mcapi_status_t status)
{
	size_t size;

	if (status == MCAPI_PENDING)
		mcapi_wait(request, &size, MEET_MS, &status);
	lane_check(call, status);
}

void channels_open(struct lane *lane)
{
	mcapi_endpoint_t ends[SCALARS_IN + 1];
	mcapi_request_t requests[4];
	mcapi_status_t status[4];

	for (mcapi_port_t port = PACKETS_OUT; port <= SCALARS_IN; port++)
		ends[port] = create(port);
	/* Who sends connects. */
	mcapi_pktchan_connect_i(ends[PACKETS_OUT], find(lane, PACKETS_IN), &requests[0],
				&status[0]);
	finish("mcapi_pktchan_connect_i", &requests[0], status[0]);
	mcapi_sclchan_connect_i(ends[SCALARS_OUT], find(lane, SCALARS_IN), &requests[0],
				&status[0]);
	finish("mcapi_sclchan_connect_i", &requests[0], status[0]);

	mcapi_pktchan_send_open_i(&lane->packets_out, ends[PACKETS_OUT], &requests[0], &status[0]);
	mcapi_pktchan_recv_open_i(&lane->packets_in, ends[PACKETS_IN], &requests[1], &status[1]);
	mcapi_sclchan_send_open_i(&lane->scalars_out, ends[SCALARS_OUT], &requests[2], &status[2]);
	mcapi_sclchan_recv_open_i(&lane->scalars_in, ends[SCALARS_IN], &requests[3], &status[3]);
	for (unsigned int i = 0; i < 4; i++)
		finish("open", &requests[i], status[i]);
}
