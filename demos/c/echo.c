/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi-echo - send every message back to the client that said hello last
 *
 *     mcapi-echo --domain D --node N [--port P] [--count C]
 *
 * Prints "ready D:N:P" once it can be found; ends after C answers, 0 never.
 */
#include <stdio.h>

#include <mcapi.h>

#include "demo.h"

#define CLIENT_TIMEOUT_MS 1000

static uint8_t message[MCAPI_MAX_MESSAGE_SIZE];

int main(int argc, char **argv)
{
	struct options options = { .own.port = 1 };
	unsigned int answered = 0;
	mcapi_endpoint_t here, client = 0;
	bool have_client = false;
	mcapi_status_t status;
	mcapi_info_t info;
	size_t size;

	demo_options(argc, argv, "dnpc", &options);
	mcapi_initialize(options.own.domain, options.own.node, NULL, NULL, &info, &status);
	demo_check(status, "mcapi_initialize");
	here = mcapi_endpoint_create(options.own.port, &status);
	demo_check(status, "mcapi_endpoint_create");
	printf("ready %u:%u:%u\n", options.own.domain, options.own.node, options.own.port);
	fflush(stdout);

	while (!options.count || answered < options.count) {
		struct address from;
		bool hello;

		mcapi_msg_recv(here, message, sizeof(message), &size, &status);
		demo_check(status, "mcapi_msg_recv");
		hello = demo_hello_read(message, size, &from);
		if (hello) {
			client = mcapi_endpoint_get(from.domain, from.node, from.port,
						    CLIENT_TIMEOUT_MS, &status);
			have_client = status == MCAPI_SUCCESS;
		}
		if (!have_client)
			continue;	/* it said hello and went, or never said it */

		mcapi_msg_send(here, client, message, size, MCAPI_MAX_PRORITY, &status);
		if (status == MCAPI_ERR_TRANSMISSION) {
			have_client = false;	/* it died; another one may come */
			continue;
		}
		demo_check(status, "mcapi_msg_send");
		answered += !hello;
	}
	mcapi_finalize(&status);
	demo_check(status, "mcapi_finalize");
	return 0;
}
