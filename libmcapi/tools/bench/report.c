/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#define LOAD_LIMIT 1.5

void report_host(const struct host *host)
{
	printf("%s, %s, %d processors, numbers %d and %d used, %s, load %.2f\n",
	       host->model, host->virtual ? "virtual" : "not virtual", host->cpu_count,
	       host->cpus[0], host->cpus[1], host->kernel, host->load);
	if (host->load > LOAD_LIMIT)
		printf("warning: the load is above %.1f; what others do is measured, too\n",
		       LOAD_LIMIT);
}

void report_head(void)
{
	printf("%-3s  %-44s %6s %6s  %8s  %17s  %-7s %4s  %10s %10s %7s\n", "row", "what", "goal",
	       "floor", "measured", "p10 .. p90", "", "mode", "ns", "reference", "groups");
}

void report_row(const struct row *row, const struct result *result)
{
	printf("%-3s  %-44s %6g %6g  %8.4f  %8.4f %8.4f  %-7s %4s  %10.1f %10.1f %4u-%u-%u\n",
	       row->id, row->what, row->goal, row->floor, result->value.p50, result->value.p10,
	       result->value.p90, row_verdict_name(row_verdict(row, result)),
	       row_mode_name(result), result->subject_ns.p50, result->reference_ns.p50,
	       result->groups, result->moved, result->disturbed);
	if (result->invalid)
		printf("     %s\n", result->invalid);
	if (result->crowd)
		printf("     %u idle senders\n", result->crowd);
	if (row->kind == ROW_IDLE)
		printf("     %g wake-ups in two seconds\n", result->wakeups);
	if (result->doorbells + result->sleeps > 0)
		printf("     %.4f doorbells and %.4f sleeps a message\n", result->doorbells,
		       result->sleeps);
	if (result->trips)
		printf("     round trips, ns: p50 %llu, p90 %llu, p99 %llu, p99.9 %llu, max %llu\n",
		       (unsigned long long)histogram_percentile(result->trips, 50),
		       (unsigned long long)histogram_percentile(result->trips, 90),
		       (unsigned long long)histogram_percentile(result->trips, 99),
		       (unsigned long long)histogram_percentile(result->trips, 99.9),
		       (unsigned long long)result->trips->max);
	fflush(stdout);
}

/* ---- JSON: no text of ours needs more than quotes around it, but names of others might ---- */

static void put_text(FILE *file, const char *name, const char *text)
{
	fprintf(file, "\"%s\": \"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		if ((unsigned char)*text >= ' ')
			fputc(*text, file);
	}
	fputs("\", ", file);
}

static void put_range(FILE *file, const char *name, const struct range *range)
{
	fprintf(file, "\"%s\": {\"p10\": %.6g, \"p50\": %.6g, \"p90\": %.6g}, ", name, range->p10,
		range->p50, range->p90);
}

void report_json_begin(struct report_json *json, const struct host *host, uint32_t version)
{
	FILE *file = json->file;

	fputs("{\n\"host\": {", file);
	put_text(file, "when", host->when);
	put_text(file, "model", host->model);
	put_text(file, "kernel", host->kernel);
	fprintf(file, "\"virtual\": %s, \"cpu_count\": %d, \"cpus\": [%d, %d], \"load\": %.2f},\n",
		host->virtual ? "true" : "false", host->cpu_count, host->cpus[0], host->cpus[1],
		host->load);
	fprintf(file, "\"version\": \"%u.%u.%u\",\n\"rows\": [", version >> 16,
		version >> 8 & 0xff, version & 0xff);
}

static void put_trips(FILE *file, const struct histogram *trips)
{
	static const double percents[] = { 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99 };

	fprintf(file, "\"round_trips_ns\": {\"count\": %llu, ", (unsigned long long)trips->count);
	for (unsigned int i = 0; i < sizeof(percents) / sizeof(*percents); i++)
		fprintf(file, "\"p%g\": %llu, ", percents[i],
			(unsigned long long)histogram_percentile(trips, percents[i]));
	fprintf(file, "\"max\": %llu}, ", (unsigned long long)trips->max);
}

void report_json_row(struct report_json *json, const struct row *row, const struct result *result)
{
	FILE *file = json->file;

	fputs(json->more ? ",\n{" : "\n{", file);
	json->more = true;
	put_text(file, "id", row->id);
	put_text(file, "what", row->what);
	put_text(file, "subject", row->subject->name);
	if (row->reference)
		put_text(file, "reference", row->reference->name);
	put_text(file, "verdict", row_verdict_name(row_verdict(row, result)));
	put_text(file, "mode", row_mode_name(result));
	if (result->invalid)
		put_text(file, "invalid", result->invalid);
	put_range(file, "value", &result->value);
	put_range(file, "subject_ns", &result->subject_ns);
	put_range(file, "reference_ns", &result->reference_ns);
	put_range(file, "pingpong_ns", &result->pingpong_ns);
	if (result->trips)
		put_trips(file, result->trips);
	if (result->crowd)
		fprintf(file, "\"idle_senders\": %u, ", result->crowd);
	if (row->kind == ROW_IDLE)
		fprintf(file, "\"wakeups\": %g, ", result->wakeups);
	fprintf(file, "\"doorbells_per_message\": %.6g, \"sleeps_per_message\": %.6g, ",
		result->doorbells, result->sleeps);
	fprintf(file, "\"higher_is_better\": %s, \"goal\": %g, \"floor\": %g, ",
		row->kind == ROW_RATE ? "true" : "false", row->goal, row->floor);
	fprintf(file, "\"groups\": %u, \"moved\": %u, \"disturbed\": %u, \"other_modes\": %u}",
		result->groups, result->moved, result->disturbed, result->other_modes);
}

void report_json_end(struct report_json *json)
{
	fputs("\n]\n}\n", json->file);
}
