/* SPDX-License-Identifier: BSD-3-Clause */
/* channel.c - a stream of packets: one process fills them, the other reads them in place */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mcapix.h>

#define PACKETS 100
#define BYTES 65536

static void check(mcapi_status_t status, const char *what)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN];

	if (status == MCAPI_SUCCESS)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, mcapi_display_status(status, name, sizeof(name)),
		mcapix_error_detail());
	exit(1);
}

static void finish(mcapi_request_t *request, const char *what)
{
	mcapi_status_t status;
	size_t size;

	mcapi_wait(request, &size, 5000, &status);
	check(status, what);
}

static mcapi_endpoint_t become(mcapi_domain_t domain)
{
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	mcapi_info_t info;

	mcapi_initialize(domain, 1, NULL, NULL, &info, &status);
	check(status, "initialize");
	endpoint = mcapi_endpoint_create(10, &status);
	check(status, "create");
	return endpoint;
}

static void produce(void)
{
	mcapi_endpoint_t here = become(2), there;
	mcapi_pktchan_send_hndl_t channel;
	static char packet[BYTES];
	mcapi_request_t request;
	mcapi_status_t status;

	there = mcapi_endpoint_get(1, 1, 10, 5000, &status);
	check(status, "get");
	mcapi_pktchan_connect_i(here, there, &request, &status);
	finish(&request, "connect");
	mcapi_pktchan_send_open_i(&channel, here, &request, &status);
	finish(&request, "open");
	for (int i = 0; i < PACKETS; i++) {
		memset(packet, i, sizeof(packet));
		mcapi_pktchan_send(channel, packet, sizeof(packet), &status);
		check(status, "send");
	}
	/* What was sent stays readable. */
	mcapi_pktchan_send_close_i(channel, &request, &status);
	finish(&request, "close");
	mcapi_finalize(&status);
	check(status, "finalize");
}

int main(void)
{
	mcapi_pktchan_recv_hndl_t channel;
	mcapi_request_t request;
	mcapi_endpoint_t here;
	mcapi_status_t status;
	int wrong = 0, result = 0;

	if (!fork()) {
		produce();
		return 0;
	}
	here = become(1);
	/* It may be opened before anybody has connected it. */
	mcapi_pktchan_recv_open_i(&channel, here, &request, &status);
	finish(&request, "open");
	for (int i = 0; i < PACKETS; i++) {
		char *packet;
		size_t size;

		mcapi_pktchan_recv(channel, (void **)&packet, &size, &status);
		check(status, "receive");
		wrong += size != BYTES || packet[0] != (char)i || packet[BYTES - 1] != (char)i;
		mcapi_pktchan_release(packet, &status);
		check(status, "release");
	}
	printf("%d packets of %d bytes, %d of them wrong\n", PACKETS, BYTES, wrong);
	mcapi_pktchan_recv_close_i(channel, &request, &status);
	finish(&request, "close");
	mcapi_finalize(&status);
	check(status, "finalize");
	wait(&result);
	return wrong || result ? 1 : 0;
}
