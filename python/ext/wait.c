/* SPDX-License-Identifier: BSD-3-Clause */
#include "ext.h"

#include <math.h>
#include <time.h>

/*
 * libmcapi goes on sleeping after a signal, so a wait is cut into slices and
 * Python's handlers run between them: Ctrl-C takes at most this long.
 */
#define SLICE_MS 500

#define NS_PER_S 1000000000
#define NS_PER_MS 1000000

/* A hundred years; longer waits do not fit the clock and are for ever anyway. */
#define LONGEST_S 3155760000.0

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

bool ext_deadline(const char *call, PyObject *seconds, struct deadline *deadline)
{
	double value;

	*deadline = (struct deadline){ .forever = true };
	if (!seconds || seconds == Py_None)
		return true;
	value = PyFloat_AsDouble(seconds);
	if (value == -1 && PyErr_Occurred())
		return false;
	if (isnan(value) || value < 0) {
		ext_refuse(call, "a timeout is None or a number of seconds from 0, not", seconds);
		return false;
	}
	if (value <= LONGEST_S) {
		deadline->forever = false;
		deadline->at = value > 0 ? now() + (int64_t)ceil(value * NS_PER_S) : 0;
	}
	return true;
}

mcapi_timeout_t ext_slice(const struct deadline *deadline)
{
	int64_t left;

	if (deadline->forever)
		return SLICE_MS;
	if (!deadline->at)
		return 0;
	left = deadline->at - now();
	if (left <= 0)
		return 0;
	return left < (int64_t)SLICE_MS * NS_PER_MS ? (left + NS_PER_MS - 1) / NS_PER_MS : SLICE_MS;
}

bool ext_wait(mcapi_request_t *request, size_t *size, const struct deadline *deadline,
	      mcapi_status_t *status)
{
	mcapi_timeout_t ms;

	mcapi_test(request, size, status);
	if (*status != MCAPI_PENDING)
		return true;
	*status = MCAPI_TIMEOUT;
	while (*status == MCAPI_TIMEOUT && (ms = ext_slice(deadline))) {
		Py_BEGIN_ALLOW_THREADS
		mcapi_wait(request, size, ms, status);
		Py_END_ALLOW_THREADS
		if (*status == MCAPI_TIMEOUT && PyErr_CheckSignals() < 0)
			return false;
	}
	return true;
}
