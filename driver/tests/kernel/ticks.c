// SPDX-License-Identifier: BSD-3-Clause
/*
 * ticks.c - how fast this machine's time stamp counter runs, in kHz
 *
 * QEMU passes it on to its guests. One without ACPI would have to find that out by the
 * old interval timer, and gets it wrong by a factor when the machine is busy.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int main(void)
{
	const int64_t start = now();
	const uint64_t ticks = __rdtsc();
	int64_t end;

	do
		end = now();
	while (end - start < 200000000);
	printf("%llu\n", (unsigned long long)((__rdtsc() - ticks) * 1000000 / (uint64_t)(end - start)));
	return 0;
}
