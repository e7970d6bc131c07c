/* SPDX-License-Identifier: BSD-3-Clause */
/* report.h - the results as a table for people, and as JSON for programs */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "host.h"
#include "row.h"

void report_host(const struct host *host);
void report_head(void);
void report_row(const struct row *row, const struct result *result);

struct report_json {
	FILE *file;
	bool more;		/* a row was written */
};

void report_json_begin(struct report_json *json, const struct host *host, uint32_t version);
void report_json_row(struct report_json *json, const struct row *row,
		     const struct result *result);
void report_json_end(struct report_json *json);

#endif /* REPORT_H */
