/* SPDX-License-Identifier: BSD-3-Clause */
#include "histogram.h"

static uint64_t highest(uint32_t index)
{
	uint32_t shift;

	if (index < 2 * HISTOGRAM_STEPS)
		return index;
	shift = index / HISTOGRAM_STEPS - 1;
	return ((uint64_t)(index - shift * HISTOGRAM_STEPS + 1) << shift) - 1;
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t wanted = (uint64_t)((double)histogram->count * percent / 100), seen = 0;

	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->bucket[i];
		if (seen > wanted || seen == histogram->count)
			return highest(i) < histogram->max ? highest(i) : histogram->max;
	}
	return histogram->max;
}
