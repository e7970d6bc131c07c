/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <mcapix.h>

double report_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

static struct mcapix_stats stats(void)
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_status_t status;

	mcapix_stats_get(&stats, &status);
	demo_check(status, "mcapix_stats_get");
	return stats;
}

void report_begin(struct report *report, unsigned int samples)
{
	const struct mcapix_stats before = stats();

	*report = (struct report){
		.rtt_us = calloc(samples + 1, sizeof(*report->rtt_us)),
		.doorbells = before.doorbells,
		.sleeps = before.sleeps,
	};
	if (!report->rtt_us) {
		fprintf(stderr, "mcapi-ping: no memory for %u samples\n", samples);
		exit(1);
	}
	report->seconds = report_now_us() / 1e6;
}

void report_end(struct report *report)
{
	const struct mcapix_stats after = stats();

	report->seconds = report_now_us() / 1e6 - report->seconds;
	report->doorbells = after.doorbells - report->doorbells;
	report->sleeps = after.sleeps - report->sleeps;
}

static void print_json(const struct options *options, const struct report *report)
{
	printf("{\"language\": \"C\", \"peer\": \"%u:%u:%u\", \"sizes\": [",
	       options->peer.domain, options->peer.node, options->peer.port);
	for (unsigned int i = 0; i < report->sizes_done; i++)
		printf("%s%zu", i ? ", " : "", options->sizes[i]);
	printf("], \"max_size\": %zu, \"count\": %u, \"rtt_us\": [", report->max_size,
	       options->count);
	for (unsigned int i = 0; i < options->count; i++)
		printf("%s%.3f", i ? ", " : "", report->rtt_us[i]);
	printf("], \"messages\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"seconds\": %.6f, "
	       "\"doorbells\": %" PRIu64 ", \"sleeps\": %" PRIu64 ", \"errors\": %" PRIu64 "}\n",
	       report->messages, report->bytes, report->seconds, report->doorbells,
	       report->sleeps, report->errors);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void print_text(const struct options *options, struct report *report)
{
	printf("%u:%u:%u answered %" PRIu64 " messages, %u sizes up to %zu bytes, %" PRIu64
	       " wrong\n", options->peer.domain, options->peer.node, options->peer.port,
	       report->messages, report->sizes_done, report->max_size, report->errors);
	if (options->count) {
		qsort(report->rtt_us, options->count, sizeof(*report->rtt_us), by_value);
		printf("round trip: min %.1f us, median %.1f us, max %.1f us\n",
		       report->rtt_us[0], report->rtt_us[options->count / 2],
		       report->rtt_us[options->count - 1]);
	}
	printf("%" PRIu64 " bytes in %.3f s, %" PRIu64 " doorbells, %" PRIu64 " sleeps\n",
	       report->bytes, report->seconds, report->doorbells, report->sleeps);
}

void report_print(const struct options *options, struct report *report)
{
	if (options->json)
		print_json(options, report);
	else
		print_text(options, report);
}
