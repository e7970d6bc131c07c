/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi-bench - how fast libmcapi is, compared with what this machine can do
 *
 * docs/benchmarks.md explains the method.
 */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "floor.h"
#include "host.h"
#include "pair.h"
#include "report.h"
#include "row.h"

#define GROUPS 400u

struct options {
	const char *rows;	/* ids separated by commas; NULL: all */
	const char *json;
	uint32_t groups;
	bool check;
};

/* A local link of its own, and no other links. */
static char directory[] = "/dev/shm/mcapi-bench-XXXXXX";

static void make_directory(void)
{
	if (!mkdtemp(directory))
		die("cannot make %s: %m", directory);
	setenv("MCAPI_LOCAL_DIR", directory, 1);
	setenv("MCAPI_DEVICES", "", 1);
	unsetenv("MCAPI_IVSHMEM");
	unsetenv("MCAPI_SPIN");
}

static void remove_directory(void)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		unlinkat(dirfd(entries), entry->d_name, 0);
	if (entries)
		closedir(entries);
	rmdir(directory);
}

static void usage(FILE *file)
{
	fprintf(file,
		"usage: mcapi-bench [--rows ID,...] [--groups N] [--json FILE] [--check]\n"
		"  --rows    measure these only; ids are in the first column\n"
		"  --groups  groups of batches for each row (default %u)\n"
		"  --json    write the results there, too\n"
		"  --check   fail if a row is below its floor of acceptance\n",
		GROUPS);
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "rows", required_argument, NULL, 'r' },
		{ "groups", required_argument, NULL, 'g' },
		{ "json", required_argument, NULL, 'j' },
		{ "check", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'r':
			options->rows = optarg;
			break;
		case 'g':
			options->groups = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'j':
			options->json = optarg;
			break;
		case 'c':
			options->check = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind != argc || options->groups < 10 || options->groups > 100000) {
		fputs("mcapi-bench: no arguments but options, and 10 to 100000 groups\n", stderr);
		usage(stderr);
		exit(2);
	}
}

static bool wanted(const struct options *options, const struct row *row)
{
	const size_t length = strlen(row->id);
	const char *at = options->rows;

	if (!at)
		return true;
	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, row->id, length) && (!at[length] || at[length] == ','))
			return true;
	}
	return false;
}

/* In the leading process; its exit status. */
static int measure(const struct options *options, const struct host *host)
{
	struct report_json json = { 0 };
	unsigned int measured = 0;
	bool missed = false;

	if (options->json && !(json.file = fopen(options->json, "w")))
		die("cannot write %s: %m", options->json);
	floor_setup();
	floor_stream_setup();
	crowd_start();
	pair_start(host->cpus);

	report_host(host);
	report_head();
	if (json.file)
		report_json_begin(&json, host, lane_version());
	for (unsigned int i = 0; i < row_count; i++) {
		struct result result;

		if (!wanted(options, &rows[i]))
			continue;
		row_measure(&rows[i], options->groups, &result);
		report_row(&rows[i], &result);
		if (json.file)
			report_json_row(&json, &rows[i], &result);
		missed |= row_verdict(&rows[i], &result) >= VERDICT_MISSED;
		free(result.trips);
		measured++;
	}
	pair_end();
	crowd_end();
	if (!measured)
		die("no row has one of the ids %s", options->rows);
	if (json.file) {
		report_json_end(&json);
		if (fclose(json.file))
			die("cannot write %s: %m", options->json);
	}
	return options->check && missed;
}

int main(int argc, char **argv)
{
	struct options options = { .groups = GROUPS };
	struct host host;
	pid_t leader;
	int status;

	parse(argc, argv, &options);
	host_read(&host);
	make_directory();
	/* However the processes that measure end, this one tidies up. */
	signal(SIGINT, SIG_IGN);
	leader = fork();
	if (!leader) {
		signal(SIGINT, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exit(measure(&options, &host));
	}
	if (leader < 0 || waitpid(leader, &status, 0) != leader)
		status = 1;
	remove_directory();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
