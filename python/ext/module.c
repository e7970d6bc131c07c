/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * module.c - the module mcapi._ext: what belongs to a node
 */
#include "ext.h"

static PyObject *ext_initialize(PyObject *Py_UNUSED(module), PyObject *args)
{
	PyObject *domain_arg, *node_arg;
	mcapi_domain_t domain;
	mcapi_node_t node;
	mcapi_info_t info;
	mcapi_status_t status;

	if (!PyArg_ParseTuple(args, "OO:initialize", &domain_arg, &node_arg) ||
	    !ext_uint("initialize", domain_arg, &domain) || !ext_uint("initialize", node_arg, &node))
		return NULL;
	Py_BEGIN_ALLOW_THREADS
	mcapi_initialize(domain, node, NULL, NULL, &info, &status);
	Py_END_ALLOW_THREADS
	if (status != MCAPI_SUCCESS)
		return ext_fail("initialize", status, NULL);
	Py_RETURN_NONE;
}

static PyObject *ext_finalize(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
	mcapi_status_t status;

	Py_BEGIN_ALLOW_THREADS
	mcapi_finalize(&status);
	Py_END_ALLOW_THREADS
	if (status != MCAPI_SUCCESS)
		return ext_fail("close", status, NULL);
	Py_RETURN_NONE;
}

static PyObject *ext_current(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
	mcapi_status_t status;
	mcapi_domain_t domain = mcapi_domain_id_get(&status);
	mcapi_node_t node;

	if (status == MCAPI_SUCCESS)
		node = mcapi_node_id_get(&status);
	if (status != MCAPI_SUCCESS)
		return ext_fail("node", status, NULL);
	return Py_BuildValue("II", domain, node);
}

static PyObject *ext_create(PyObject *Py_UNUSED(module), PyObject *port_arg)
{
	mcapi_port_t port = MCAPI_PORT_ANY;
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;

	if (port_arg != Py_None && !ext_uint("endpoint", port_arg, &port))
		return NULL;
	endpoint = mcapi_endpoint_create(port, &status);
	if (status != MCAPI_SUCCESS)
		return ext_fail("endpoint", status, NULL);
	return PyLong_FromUnsignedLong(endpoint);
}

static PyObject *ext_find(PyObject *Py_UNUSED(module), PyObject *args)
{
	PyObject *domain_arg, *node_arg, *port_arg, *timeout_arg;
	mcapi_domain_t domain;
	mcapi_node_t node;
	mcapi_port_t port;
	mcapi_endpoint_t endpoint;
	mcapi_status_t status;
	mcapi_timeout_t ms;
	struct deadline deadline;

	if (!PyArg_ParseTuple(args, "OOOO:find", &domain_arg, &node_arg, &port_arg, &timeout_arg) ||
	    !ext_uint("find", domain_arg, &domain) || !ext_uint("find", node_arg, &node) ||
	    !ext_uint("find", port_arg, &port) || !ext_deadline("find", timeout_arg, &deadline))
		return NULL;
	endpoint = mcapi_endpoint_get(domain, node, port, MCAPI_TIMEOUT_IMMEDIATE, &status);
	while (status == MCAPI_TIMEOUT && (ms = ext_slice(&deadline))) {
		Py_BEGIN_ALLOW_THREADS
		endpoint = mcapi_endpoint_get(domain, node, port, ms, &status);
		Py_END_ALLOW_THREADS
		if (status == MCAPI_TIMEOUT && PyErr_CheckSignals() < 0)
			return NULL;
	}
	if (status != MCAPI_SUCCESS)
		return ext_fail("find", status, NULL);
	return PyLong_FromUnsignedLong(endpoint);
}

static PyObject *ext_stats(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
	struct mcapix_stats stats = { .size = sizeof(stats) };
	mcapi_status_t status;

	mcapix_stats_get(&stats, &status);
	if (status != MCAPI_SUCCESS)
		return ext_fail("stats", status, NULL);
	return Py_BuildValue("IKKKKK", stats.links, stats.sent, stats.received, stats.doorbells,
			     stats.sleeps, stats.faults);
}

static PyMethodDef methods[] = {
	{ "initialize", ext_initialize, METH_VARARGS,
	  "initialize($module, domain, node, /)\n--\n\nMake the calling thread a node." },
	{ "finalize", ext_finalize, METH_NOARGS,
	  "finalize($module)\n--\n\nEnd the calling thread's node." },
	{ "current", ext_current, METH_NOARGS,
	  "current($module)\n--\n\nDomain and number of the calling thread's node." },
	{ "create", ext_create, METH_O,
	  "create($module, port, /)\n--\n\nCreate an endpoint, return its handle." },
	{ "find", ext_find, METH_VARARGS,
	  "find($module, domain, node, port, timeout, /)\n--\n\n"
	  "Wait for an endpoint, return its handle." },
	{ "stats", ext_stats, METH_NOARGS,
	  "stats($module)\n--\n\nCounters of the calling thread's node." },
	{ 0 }
};

static struct PyModuleDef module_def = {
	PyModuleDef_HEAD_INIT,
	.m_name = "mcapi._ext",
	.m_doc = "libmcapi for the modules of the package mcapi",
	.m_size = -1,
	.m_methods = methods,
};

PyMODINIT_FUNC PyInit__ext(void)
{
	PyObject *module = PyModule_Create(&module_def);

	if (!module)
		return NULL;
	if (PyModule_AddType(module, &ext_address_type) < 0 ||
	    PyModule_AddType(module, &ext_endpoint_type) < 0) {
		Py_DECREF(module);
		return NULL;
	}
	return module;
}
