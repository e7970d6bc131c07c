/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * histogram.h - how long things took, to within 3 %: buckets that double
 * in width every 32, as in HdrHistogram
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 32u			/* buckets of one width */
#define HISTOGRAM_BUCKETS (60u * HISTOGRAM_STEPS)	/* 64 bits */

struct histogram {
	uint64_t count;
	uint64_t max;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

static inline uint32_t histogram_index(uint64_t value)
{
	uint32_t shift;

	if (value < 2 * HISTOGRAM_STEPS)
		return (uint32_t)value;
	/* The six highest bits count; the first of them is always set. */
	shift = 58 - (uint32_t)__builtin_clzll(value);
	return shift * HISTOGRAM_STEPS + (uint32_t)(value >> shift);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
	histogram->bucket[histogram_index(value)]++;
	histogram->count++;
	if (value > histogram->max)
		histogram->max = value;
}

/* The highest value that falls into the bucket where @percent of all are reached. */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);

#endif /* HISTOGRAM_H */
