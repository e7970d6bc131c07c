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
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mcapi.h>
#include <mcapix.h>

#include "demo.h"
#include "report.h"

#define ROUNDS 4	/* of each size */
#define SMALL 8

static uint8_t sent[MCAPI_MAX_MESSAGE_SIZE], answer[MCAPI_MAX_MESSAGE_SIZE];
static mcapi_endpoint_t here, there;
static struct options options = { .own.port = 1, .count = 1000, .timeout = 10000 };
static struct report report;

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

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
	struct mcapix_stats before = { .size = sizeof(before) }, after = before;
	mcapi_status_t status;
	mcapi_info_t info;
	double start;

	demo_options(argc, argv, "dnPsctj", &options);
	report.rtt_us = calloc(options.count + 1, sizeof(*report.rtt_us));
	mcapi_initialize(options.own.domain, options.own.node, NULL, NULL, &info, &status);
	demo_check(status, "mcapi_initialize");
	here = mcapi_endpoint_create(options.own.port, &status);
	demo_check(status, "mcapi_endpoint_create");
	there = mcapi_endpoint_get(options.peer.domain, options.peer.node, options.peer.port,
				   options.timeout, &status);
	demo_check(status, "mcapi_endpoint_get");
	demo_hello_write(sent, &options.own);
	exchange(DEMO_HELLO_SIZE);

	mcapix_stats_get(&before, &status);
	report.messages = report.bytes = 0;
	start = now_us();
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
		begin = now_us();
		exchange(SMALL);
		report.rtt_us[i] = now_us() - begin;
	}
	report.seconds = (now_us() - start) / 1e6;
	mcapix_stats_get(&after, &status);
	report.doorbells = after.doorbells - before.doorbells;
	report.sleeps = after.sleeps - before.sleeps;

	mcapi_finalize(&status);
	demo_check(status, "mcapi_finalize");
	report_print(&options, &report);
	return report.errors != 0;
}
