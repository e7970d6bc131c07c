/* SPDX-License-Identifier: BSD-3-Clause */
#include "ext.h"

bool ext_arguments(const char *call, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
		   Py_ssize_t required, const char *name, PyObject **optional)
{
	Py_ssize_t named = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;

	if (nargs < required || nargs + named > required + 1) {
		PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments and an optional %s",
			     call, required, name);
		return false;
	}
	if (named && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, 0), name)) {
		PyErr_Format(PyExc_TypeError, "%s() has no argument %R, only %s",
			     call, PyTuple_GET_ITEM(kwnames, 0), name);
		return false;
	}
	*optional = nargs + named > required ? args[required] : NULL;
	return true;
}

bool ext_uint(const char *call, PyObject *number, unsigned int *value)
{
	int overflow;
	long long given = PyLong_AsLongLongAndOverflow(number, &overflow);

	if (given == -1 && PyErr_Occurred())
		return false;
	if (overflow || given < 0 || given >= UINT_MAX) {
		ext_refuse(call, "a number from 0 is needed, not", number);
		return false;
	}
	*value = given;
	return true;
}
