/* SPDX-License-Identifier: BSD-3-Clause */
/* host.h - the machine that is measured on */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

struct host {
	int cpus[2];		/* that are used */
	int cpu_count;		/* that may be used */
	char model[128];	/* of the processor */
	char kernel[200];
	bool virtual;
	double load;		/* of the minute before */
	char when[32];		/* UTC, ISO 8601 */
};

/* Ends the program if there are fewer than two processors. */
void host_read(struct host *host);

#endif /* HOST_H */
