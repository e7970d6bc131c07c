/* SPDX-License-Identifier: BSD-3-Clause */
#include "channels.h"

mcapi_status_t finish(mcapi_request_t *request)
{
	mcapi_status_t status;
	size_t size;

	mcapi_wait(request, &size, 10000, &status);
	return status;
}

mcapi_status_t start_connect(enum type type, mcapi_endpoint_t send, mcapi_endpoint_t recv,
			     mcapi_request_t *request)
{
	mcapi_status_t status;

	if (type == PACKETS)
		mcapi_pktchan_connect_i(send, recv, request, &status);
	else
		mcapi_sclchan_connect_i(send, recv, request, &status);
	return status;
}

mcapi_status_t start_open(enum type type, bool sends, mcapi_endpoint_t endpoint,
			  uint32_t *handle, mcapi_request_t *request)
{
	mcapi_status_t status;

	if (type == PACKETS && sends)
		mcapi_pktchan_send_open_i(handle, endpoint, request, &status);
	else if (type == PACKETS)
		mcapi_pktchan_recv_open_i(handle, endpoint, request, &status);
	else if (sends)
		mcapi_sclchan_send_open_i(handle, endpoint, request, &status);
	else
		mcapi_sclchan_recv_open_i(handle, endpoint, request, &status);
	return status;
}

mcapi_status_t close_end(enum type type, bool sends, uint32_t handle)
{
	mcapi_request_t request;
	mcapi_status_t status;

	if (type == PACKETS && sends)
		mcapi_pktchan_send_close_i(handle, &request, &status);
	else if (type == PACKETS)
		mcapi_pktchan_recv_close_i(handle, &request, &status);
	else if (sends)
		mcapi_sclchan_send_close_i(handle, &request, &status);
	else
		mcapi_sclchan_recv_close_i(handle, &request, &status);
	return status == MCAPI_SUCCESS || status == MCAPI_PENDING ? finish(&request) : status;
}

mcapi_status_t connect_ends(enum type type, mcapi_endpoint_t send, mcapi_endpoint_t recv)
{
	mcapi_request_t request;
	mcapi_status_t status = start_connect(type, send, recv, &request);

	return status == MCAPI_PENDING ? finish(&request) : status;
}

uint32_t open_end(enum type type, bool sends, mcapi_endpoint_t endpoint)
{
	mcapi_request_t request;
	uint32_t handle = 0;

	assert_status(start_open(type, sends, endpoint, &handle, &request), MCAPI_PENDING);
	assert_success(finish(&request));
	return handle;
}

struct pair make_pair(enum type type, mcapi_port_t from, mcapi_port_t to)
{
	mcapi_request_t send, recv;
	mcapi_status_t status;
	struct pair pair;

	pair.from = mcapi_endpoint_create(from, &status);
	assert_success(status);
	pair.to = mcapi_endpoint_create(to, &status);
	assert_success(status);
	assert_success(connect_ends(type, pair.from, pair.to));
	assert_status(start_open(type, true, pair.from, &pair.send, &send), MCAPI_PENDING);
	assert_status(start_open(type, false, pair.to, &pair.recv, &recv), MCAPI_PENDING);
	assert_success(finish(&send));
	assert_success(finish(&recv));
	return pair;
}

mcapi_endpoint_t other(mcapi_domain_t domain, mcapi_node_t node, mcapi_port_t port)
{
	mcapi_status_t status;
	mcapi_endpoint_t found = mcapi_endpoint_get(domain, node, port, 10000, &status);

	assert_success(status);
	return found;
}

uint32_t channel_to(enum type type, mcapi_domain_t domain)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);

	assert_success(status);
	assert_success(connect_ends(type, here, other(domain, 1, 1)));
	return open_end(type, true, here);
}

uint32_t channel_from(enum type type)
{
	mcapi_status_t status;
	mcapi_endpoint_t here = mcapi_endpoint_create(1, &status);

	assert_success(status);
	return open_end(type, false, here);
}

const size_t packet_sizes[PACKET_SIZES] = {
	0, 1, 43, 44, 45, 64, 256, 257, 1000, 4096, 65536, 65537, 300000, 1 << 20,
};

void send_packet(uint32_t handle, size_t size, uint32_t seed)
{
	static uint8_t packet[MCAPI_MAX_PACKET_SIZE];
	mcapi_status_t status;

	fill(packet, size, seed);
	mcapi_pktchan_send(handle, packet, size, &status);
	assert_success(status);
}

void expect_packet(uint32_t handle, size_t size, uint32_t seed)
{
	mcapi_status_t status;
	void *packet = NULL;
	size_t got;

	mcapi_pktchan_recv(handle, &packet, &got, &status);
	assert_success(status);
	assert_int_equal(got, size);
	assert_true(filled(packet, size, seed));
	mcapi_pktchan_release(packet, &status);
	assert_success(status);
}

uint32_t attribute(mcapi_endpoint_t endpoint, mcapi_uint_t number)
{
	mcapi_status_t status;
	uint32_t value;

	mcapi_endpoint_get_attribute(endpoint, number, &value, sizeof(value), &status);
	assert_success(status);
	return value;
}

uint32_t state_of(mcapi_endpoint_t endpoint)
{
	return attribute(endpoint, MCAPI_ENDP_ATTR_ENDP_STATUS) & 0xf;
}
