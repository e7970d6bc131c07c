/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi-ping - exchange messages with mcapi-echo, check every answer, measure
 *
 *     mcapi-ping --domain D --node N --peer D:N[:P] [--sizes 1,2,...|auto]
 *                [--count C] [--json] [--timeout S]
 *
 * Goes through the sizes up to what the link takes, then makes C round trips of
 * SMALL bytes.
 */
#include <string.h>

#include <mcapi.h>

#include "demo.h"
#include "report.h"

#define ROUNDS 4	/* of each size */
#define SMALL 8

static uint8_t sent[MCAPI_MAX_MESSAGE_SIZE], answer[MCAPI_MAX_MESSAGE_SIZE];
static mcapi_endpoint_t here, there;
static struct options options = { .own.port = 1, .count = 1000, .timeout = 10000 };
static struct report report;

/* Sends @sent and waits for the answer; false if the link takes no message of @size. */
static bool exchange(size_t size)
{
	mcapi_request_t request;
	mcapi_status_t status;
	size_t got;

	mcapi_msg_send(here, there, sent, size, MCAPI_MAX_PRORITY, &status);
	if (status == MCAPI_ERR_MSG_SIZE)
		return false;
	demo_check(status, "mcapi_msg_send");
	mcapi_msg_recv_i(here, answer, sizeof(answer), &request, &status);
	if (status != MCAPI_PENDING)
		demo_check(status, "mcapi_msg_recv_i");
	mcapi_wait(&request, &got, options.timeout, &status);
	demo_check(status, "waiting for the answer");
	report.messages++;
	report.bytes += size;
	report.errors += got != size || memcmp(sent, answer, size);
	return true;
}

static bool exchange_pattern(size_t size, unsigned int round)
{
	if (size > sizeof(sent))
		return false;
	demo_pattern(sent, size, round);
	return exchange(size);
}

int main(int argc, char **argv)
{
	mcapi_status_t status;
	mcapi_info_t info;

	demo_options(argc, argv, "dnPsctj", &options);
	mcapi_initialize(options.own.domain, options.own.node, NULL, NULL, &info, &status);
	demo_check(status, "mcapi_initialize");
	here = mcapi_endpoint_create(options.own.port, &status);
	demo_check(status, "mcapi_endpoint_create");
	there = mcapi_endpoint_get(options.peer.domain, options.peer.node, options.peer.port,
				   options.timeout, &status);
	demo_check(status, "mcapi_endpoint_get");
	demo_hello_write(sent, &options.own);
	exchange(DEMO_HELLO_SIZE);

	report_begin(&report, options.count);
	for (unsigned int i = 0; i < options.size_count; i++) {
		unsigned int round = 0;

		while (round < ROUNDS && exchange_pattern(options.sizes[i], round))
			round++;
		if (round < ROUNDS)
			break;
		if (options.sizes[i] > report.max_size)
			report.max_size = options.sizes[i];
		report.sizes_done++;
	}
	for (unsigned int i = 0; i < options.count; i++) {
		double begin;

		demo_pattern(sent, SMALL, i);
		begin = report_now_us();
		exchange(SMALL);
		report.rtt_us[i] = report_now_us() - begin;
	}
	report_end(&report);

	mcapi_finalize(&status);
	demo_check(status, "mcapi_finalize");
	report_print(&options, &report);
	return report.errors != 0;
}
