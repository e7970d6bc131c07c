/* SPDX-License-Identifier: BSD-3-Clause */
#include "ext.h"

PyObject *ext_fail(const char *call, mcapi_status_t status, const char *detail)
{
	PyObject *errors, *error;

	if (!detail)
		detail = mcapix_error_detail();
	errors = PyImport_ImportModule("mcapi.errors");
	if (!errors)
		return NULL;
	error = PyObject_CallMethod(errors, "from_status", "Iss", status, call, detail);
	Py_DECREF(errors);
	if (error) {
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
		Py_DECREF(error);
	}
	return NULL;
}

void ext_refuse(const char *call, const char *why, PyObject *argument)
{
	PyObject *text = PyUnicode_FromFormat("%s %R", why, argument);
	const char *detail = text ? PyUnicode_AsUTF8(text) : NULL;

	if (detail)
		ext_fail(call, MCAPI_ERR_PARAMETER, detail);
	Py_XDECREF(text);
}
