/* SPDX-License-Identifier: BSD-3-Clause */
#include "host.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "task.h"

static void read_processor(struct host *host)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[4096];

	snprintf(host->model, sizeof(host->model), "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');

		if (!value)
			continue;
		if (!strncmp(line, "model name", 10))
			snprintf(host->model, sizeof(host->model), "%.*s",
				 (int)strcspn(value + 2, "\n"), value + 2);
		if (!strncmp(line, "flags", 5) && strstr(value, " hypervisor"))
			host->virtual = true;
	}
	if (file)
		fclose(file);
}

void host_read(struct host *host)
{
	time_t now = time(NULL);
	struct utsname name;
	cpu_set_t allowed;
	struct tm utc;

	memset(host, 0, sizeof(*host));
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		die("cannot tell which processors may be used: %m");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed)) {
			if (host->cpu_count < 2)
				host->cpus[host->cpu_count] = cpu;
			host->cpu_count++;
		}
	if (host->cpu_count < 2)
		die("this process may use one processor only; two are needed, or nothing that is "
		    "compared here means anything");
	read_processor(host);
	if (!uname(&name))
		snprintf(host->kernel, sizeof(host->kernel), "%s %s %s", name.sysname,
			 name.release, name.machine);
	if (getloadavg(&host->load, 1) != 1)
		host->load = 0;
	strftime(host->when, sizeof(host->when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}
