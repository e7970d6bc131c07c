/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
