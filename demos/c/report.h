/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * report.h - what ping found out, for people or as one JSON object
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

#include "demo.h"

struct report {
	unsigned int sizes_done;	/* of options->sizes, from the first one */
	size_t max_size;
	double *rtt_us;			/* options->count samples */
	uint64_t messages, bytes;	/* sent; as many came back */
	double seconds;
	uint64_t doorbells, sleeps;		/* of this node, in the meantime */
	uint64_t errors;		/* answers that differed */
};

double report_now_us(void);

/* What was counted before does not count; @samples are to come. */
void report_begin(struct report *report, unsigned int samples);
void report_end(struct report *report);

void report_print(const struct options *options, struct report *report);

#endif /* REPORT_H */
