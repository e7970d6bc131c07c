/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * version1.c - a program as it was written for MCAPI 1.x: it compiles with
 * mcapi_v1.h and nothing else changed, and runs
 */
#include <stdio.h>
#include <string.h>

#include "mcapi_v1.h"

#define CHECK(condition) do {							\
		if (!(condition)) {						\
			fprintf(stderr, "line %d: %s (status %u)\n", __LINE__,	\
				#condition, status);				\
			return 1;						\
		}								\
	} while (0)

int main(void)
{
	mcapi_status_t status;
	mcapi_version_t version;
	mcapi_endpoint_t here, there, got = 0;
	mcapi_request_t request, second, *requests[1] = { &request };
	mcapi_pktchan_send_hndl_t packets_out;
	mcapi_pktchan_recv_hndl_t packets_in;
	mcapi_sclchan_send_hndl_t scalars_out;
	mcapi_sclchan_recv_hndl_t scalars_in;
	void *packet;
	mcapi_uint_t priorities = 0;
	char buffer[16];
	size_t size;

	mcapi_initialize(5, &version, &status);
	CHECK(status == MCAPI_SUCCESS);
	CHECK(!strcmp(version, "2.015"));
	mcapi_initialize(5, &version, &status);
	CHECK(status == MCAPI_INITIALIZED);
	CHECK(mcapi_get_node_id(&status) == 5);

	here = mcapi_create_endpoint(1, &status);
	CHECK(status == MCAPI_SUCCESS);
	mcapi_create_endpoint(1, &status);
	CHECK(status == MCAPI_EENDP_ISCREATED);
	there = mcapi_create_anonymous_endpoint(&status);
	CHECK(status == MCAPI_SUCCESS);
	mcapi_get_endpoint_i(5, 1, &got, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	CHECK(got == here);
	CHECK(mcapi_get_endpoint(5, 1, &status) == here);
	mcapi_get_endpoint_attribute(here, MCAPI_ENDP_ATTR_NUM_PRIORITIES, &priorities,
				     sizeof(priorities), &status);
	CHECK(status == MCAPI_SUCCESS && priorities >= 2);
	mcapi_set_endpoint_attribute(here, MCAPI_ENDP_ATTR_GET_COUNT, &priorities,
				     sizeof(priorities), &status);
	CHECK(status == MCAPI_EREAD_ONLY);

	mcapi_msg_recv_i(there, buffer, sizeof(buffer), &request, &status);
	CHECK(status == MCAPI_PENDING);
	CHECK(!mcapi_wait(&request, &size, &status, 0));
	CHECK(status == MCAPI_EREQ_TIMEOUT);
	mcapi_msg_send(here, there, buffer, 3, 0, &status);
	CHECK(status == MCAPI_SUCCESS);
	CHECK(mcapi_wait_any(1, requests, &size, &status, 1000) == 0);
	CHECK(status == MCAPI_SUCCESS && size == 3);
	mcapi_cancel(&request, &status);
	CHECK(status == MCAPI_ENOTREQ_HANDLE);

	/* Channels: packets one way, scalars the other. */
	mcapi_connect_pktchan_i(here, there, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	mcapi_open_pktchan_send_i(&packets_out, here, &request, &status);
	mcapi_open_pktchan_recv_i(&packets_in, there, &second, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	CHECK(mcapi_wait(&second, &size, &status, 1000));
	mcapi_pktchan_send(packets_out, buffer, 5, &status);
	CHECK(status == MCAPI_SUCCESS);
	mcapi_pktchan_recv(packets_in, &packet, &size, &status);
	CHECK(status == MCAPI_SUCCESS && size == 5);
	mcapi_pktchan_free(packet, &status);
	CHECK(status == MCAPI_SUCCESS);
	mcapi_pktchan_free(packet, &status);
	CHECK(status == MCAPI_ENOT_VALID_BUF);
	mcapi_packetchan_send_close_i(packets_out, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	mcapi_packetchan_recv_close_i(packets_in, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));

	mcapi_connect_sclchan_i(there, here, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	mcapi_open_sclchan_send_i(&scalars_out, there, &request, &status);
	mcapi_open_sclchan_recv_i(&scalars_in, here, &second, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	CHECK(mcapi_wait(&second, &size, &status, 1000));
	mcapi_sclchan_send_uint32(scalars_out, 42, &status);
	CHECK(mcapi_sclchan_recv_uint32(scalars_in, &status) == 42);
	mcapi_delete_endpoint(here, &status);
	CHECK(status == MCAPI_ECONNECTED);
	mcapi_sclchan_send_close_i(scalars_out, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));
	mcapi_sclchan_recv_close_i(scalars_in, &request, &status);
	CHECK(mcapi_wait(&request, &size, &status, 1000));

	mcapi_delete_endpoint(there, &status);
	CHECK(status == MCAPI_SUCCESS);
	mcapi_finalize(&status);
	CHECK(status == MCAPI_SUCCESS);
	return 0;
}
