/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ext.h - what the files of mcapi._ext share
 *
 * The extension is a thin layer over libmcapi. Names, defaults and exception
 * classes are the business of the Python modules above it.
 */
#ifndef EXT_H
#define EXT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

#include <mcapi.h>
#include <mcapix.h>

/* ---- address.c ---- */

struct address {
	PyObject_HEAD
	mcapi_endpoint_t handle;
};

extern PyTypeObject ext_address_type;

/* ---- endpoint.c ---- */

extern PyTypeObject ext_endpoint_type;

/* ---- arguments.c ---- */

/*
 * Arguments of METH_FASTCALL | METH_KEYWORDS: @required by position, then one
 * that may come by position or as @name; *@optional is NULL without it.
 */
bool ext_arguments(const char *call, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
		   Py_ssize_t required, const char *name, PyObject **optional);

/* An argument of libmcapi, which judges the range; ~0 has other meanings there. */
bool ext_uint(const char *call, PyObject *number, unsigned int *value);

/* ---- fail.c ---- */

/* Raises the exception of a status; @detail NULL: what the library says. Returns NULL. */
PyObject *ext_fail(const char *call, mcapi_status_t status, const char *detail);

/* Raises ArgumentError: @why and the argument. */
void ext_refuse(const char *call, const char *why, PyObject *argument);

/* ---- wait.c ---- */

struct deadline {
	bool forever;
	int64_t at;		/* ns of CLOCK_MONOTONIC; 0: do not wait */
};

/* From seconds; NULL and None wait for ever. */
bool ext_deadline(const char *call, PyObject *seconds, struct deadline *deadline);

/* Milliseconds to wait before signals must be looked at; 0 at the deadline. */
mcapi_timeout_t ext_slice(const struct deadline *deadline);

/*
 * Waits for a request, at first without giving up the GIL. False with an
 * exception if a signal handler raised one: the request goes on then, as it
 * does after *@status == MCAPI_TIMEOUT.
 */
bool ext_wait(mcapi_request_t *request, size_t *size, const struct deadline *deadline,
	      mcapi_status_t *status);

#endif /* EXT_H */
