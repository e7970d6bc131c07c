/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * address.c - the type mcapi._ext.Address: the name of an endpoint anywhere
 */
#include "ext.h"

#include <structmember.h>

/* Takes the handle; what more there is, is for the __init__ of a subclass. */
static PyObject *address_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
	mcapi_endpoint_t handle;
	struct address *self;

	if (PyTuple_GET_SIZE(args) < 1) {
		PyErr_Format(PyExc_TypeError, "%s is made by Node.endpoint() or Node.find()",
			     type->tp_name);
		return NULL;
	}
	if (!ext_uint(type->tp_name, PyTuple_GET_ITEM(args, 0), &handle))
		return NULL;
	self = (struct address *)type->tp_alloc(type, 0);
	if (self)
		self->handle = handle;
	return (PyObject *)self;
}

static PyObject *address_get_domain(PyObject *self, void *Py_UNUSED(closure))
{
	return PyLong_FromUnsignedLong(mcapix_endpoint_domain(((struct address *)self)->handle));
}

static PyObject *address_get_node(PyObject *self, void *Py_UNUSED(closure))
{
	return PyLong_FromUnsignedLong(mcapix_endpoint_node(((struct address *)self)->handle));
}

static PyObject *address_get_port(PyObject *self, void *Py_UNUSED(closure))
{
	return PyLong_FromUnsignedLong(mcapix_endpoint_port(((struct address *)self)->handle));
}

static PyObject *address_repr(PyObject *self)
{
	mcapi_endpoint_t handle = ((struct address *)self)->handle;

	return PyUnicode_FromFormat("<%s %u:%u:%u>", Py_TYPE(self)->tp_name,
				    mcapix_endpoint_domain(handle),
				    mcapix_endpoint_node(handle), mcapix_endpoint_port(handle));
}

static Py_hash_t address_hash(PyObject *self)
{
	/* Never -1, which means an error: no handle has all bits set. */
	return (Py_hash_t)((struct address *)self)->handle;
}

/* Two names of the same endpoint are equal, whichever side uses them. */
static PyObject *address_compare(PyObject *self, PyObject *other, int op)
{
	if (!PyObject_TypeCheck(other, &ext_address_type) || (op != Py_EQ && op != Py_NE))
		Py_RETURN_NOTIMPLEMENTED;
	return PyBool_FromLong((((struct address *)self)->handle ==
				((struct address *)other)->handle) == (op == Py_EQ));
}

static PyMemberDef address_members[] = {
	{ "handle", T_UINT, offsetof(struct address, handle), READONLY,
	  "the 32-bit number of libmcapi" },
	{ 0 }
};

static PyGetSetDef address_getset[] = {
	{ "domain", address_get_domain, NULL, "domain of the endpoint's node", NULL },
	{ "node", address_get_node, NULL, "number of the endpoint's node in its domain", NULL },
	{ "port", address_get_port, NULL, "number of the endpoint in its node", NULL },
	{ 0 }
};

PyTypeObject ext_address_type = {
	PyVarObject_HEAD_INIT(NULL, 0)
	.tp_name = "mcapi._ext.Address",
	.tp_doc = "Name of an endpoint of any node.",
	.tp_basicsize = sizeof(struct address),
	.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
	.tp_new = address_new,
	.tp_repr = address_repr,
	.tp_hash = address_hash,
	.tp_richcompare = address_compare,
	.tp_members = address_members,
	.tp_getset = address_getset,
};
