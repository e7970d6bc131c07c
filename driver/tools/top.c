// SPDX-License-Identifier: GPL-2.0-only
/*
 * top.c - mcapi-top: what goes over the links, each second
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "link.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void pause_for(double seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds };

	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	nanosleep(&time, NULL);
}

static void print_rates(const struct link *link, const struct mcapi_info *before, double seconds)
{
	const struct mcapi_info *info = &link->info;

	printf("%-8s %-16s %-8s %10.0f %10.0f %10.0f %8llu %8llu %8llu\n", link->name, info->name,
	       link_state_name(info->link_state), (double)(info->rings - before->rings) / seconds,
	       (double)(info->coalesced - before->coalesced) / seconds,
	       (double)(info->received - before->received) / seconds,
	       (unsigned long long)info->refused, (unsigned long long)info->stalls,
	       (unsigned long long)info->throttled);
}

static void show(struct link *links, size_t count, double interval)
{
	struct mcapi_info before;
	double since = now(), seconds;
	size_t i;

	pause_for(interval);
	seconds = now() - since;
	if (isatty(STDOUT_FILENO))
		printf("\033[H\033[J");
	printf("%-8s %-16s %-8s %10s %10s %10s %8s %8s %8s\n", "link", "peer", "state", "rings/s",
	       "merged/s", "rung/s", "refused", "stalls", "throttl");
	for (i = 0; i < count; i++) {
		before = links[i].info;
		if (!links[i].gone)
			link_refresh(&links[i]);
		print_rates(&links[i], &before, seconds);
	}
	fflush(stdout);
}

static double parse(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || end == text || !(value > 0 && value < 1e6))
		errx(2, "%s is not a number that can be used here; it must be above 0", text);
	return value;
}

int main(int argc, char **argv)
{
	double interval = 1, times = 0;
	struct link *links;
	size_t count;
	int option;

	while ((option = getopt(argc, argv, "d:n:h")) != -1) {
		switch (option) {
		case 'd':
			interval = parse(optarg);
			break;
		case 'n':
			times = parse(optarg);
			break;
		default:
			printf("usage: mcapi-top [-d SECONDS] [-n TIMES] [DEVICE...]\n"
			       "Shows rates of links, or of those that are named, until it is interrupted.\n");
			return option == 'h' ? 0 : 2;
		}
	}
	count = links_open(argv + optind, (size_t)(argc - optind), &links);
	if (!count)
		errx(1, "no /dev/mcapi*: is the module mcapi loaded, and a link described?");
	for (double shown = 0; !times || shown < times; shown++)
		show(links, count, interval);
	return 0;
}
