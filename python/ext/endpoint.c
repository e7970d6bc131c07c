/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * endpoint.c - the type mcapi._ext.Endpoint: an endpoint of an own node
 *
 * A request cannot be taken back, and the memory that it names must stay as it
 * is until the request has completed. So that memory belongs to the endpoint:
 * a receive that timed out stays posted and the next recv() goes on with it,
 * which is why no message is lost; a send that a signal interrupted leaves its
 * buffer here until the library is done with it.
 */
#include "ext.h"

#include <structmember.h>

/* The data of one send. */
struct parcel {
	struct parcel *next;
	Py_buffer view;
	mcapi_request_t request;
};

enum receive_state { RECEIVE_IDLE, RECEIVE_POSTED, RECEIVE_ARRIVED };

struct endpoint {
	struct address address;
	char closed;			/* bool for Python */
	unsigned int inside;		/* threads in send() and recv() */
	struct parcel *parcels;		/* of interrupted sends */
	PyThread_type_lock receiving;	/* protects what follows; held while a thread waits */
	enum receive_state state;
	mcapi_request_t request;
	size_t arrived;			/* bytes in buffer */
	void *buffer;			/* for the longest message, made at the first receive */
};

static PyObject *endpoint_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	struct endpoint *self = (struct endpoint *)ext_address_type.tp_new(type, args, kwargs);

	if (!self)
		return NULL;
	self->receiving = PyThread_allocate_lock();
	if (!self->receiving) {
		Py_DECREF(self);
		return PyErr_NoMemory();
	}
	return (PyObject *)self;
}

static void endpoint_dealloc(struct endpoint *self)
{
	PyTypeObject *type = Py_TYPE(self);

	/* Only at exit, with the node still open: the library may yet write there. */
	if (self->state != RECEIVE_POSTED)
		PyMem_RawFree(self->buffer);
	if (self->receiving)
		PyThread_free_lock(self->receiving);
	type->tp_free((PyObject *)self);
}

static bool endpoint_usable(struct endpoint *self, const char *call)
{
	if (self->closed)
		ext_fail(call, MCAPI_ERR_ENDP_INVALID,
			 "this endpoint was deleted, or its node closed: create another one");
	return !self->closed;
}

/* ---- send ---- */

static void parcel_free(struct parcel *parcel)
{
	PyBuffer_Release(&parcel->view);
	PyMem_Free(parcel);
}

/* Lets go of what the library is done with; of everything once the node is gone. */
static void endpoint_free_parcels(struct endpoint *self, bool node_gone)
{
	struct parcel **link = &self->parcels;

	while (*link) {
		struct parcel *parcel = *link;
		mcapi_status_t status = MCAPI_SUCCESS;
		size_t size;

		if (!node_gone)
			mcapi_test(&parcel->request, &size, &status);
		if (status == MCAPI_PENDING) {
			link = &parcel->next;
		} else {
			*link = parcel->next;
			parcel_free(parcel);
		}
	}
}

static PyObject *endpoint_send(struct endpoint *self, PyObject *const *args, Py_ssize_t nargs,
			       PyObject *kwnames)
{
	static const struct deadline never = { .forever = true };
	mcapi_priority_t priority = MCAPI_MAX_PRORITY;
	mcapi_status_t status;
	struct parcel *parcel;
	PyObject *optional;
	bool finished = true;
	size_t size;

	if (!ext_arguments("send", args, nargs, kwnames, 2, "priority", &optional))
		return NULL;
	if (!PyObject_TypeCheck(args[0], &ext_address_type))
		return PyErr_Format(PyExc_TypeError,
				    "send() needs an endpoint to send to, not %R", args[0]);
	if ((optional && !ext_uint("send", optional, &priority)) || !endpoint_usable(self, "send"))
		return NULL;
	if (self->parcels)
		endpoint_free_parcels(self, false);

	parcel = PyMem_Malloc(sizeof(*parcel));
	if (!parcel)
		return PyErr_NoMemory();
	if (PyObject_GetBuffer(args[1], &parcel->view, PyBUF_SIMPLE) < 0) {
		PyMem_Free(parcel);
		return NULL;
	}
	mcapi_msg_send_i(self->address.handle, ((struct address *)args[0])->handle,
			 parcel->view.buf, parcel->view.len, priority, &parcel->request, &status);
	if (status == MCAPI_SUCCESS || status == MCAPI_PENDING) {
		self->inside++;
		finished = ext_wait(&parcel->request, &size, &never, &status);
		self->inside--;
	}
	if (!finished) {
		parcel->next = self->parcels;
		self->parcels = parcel;
		return NULL;
	}
	parcel_free(parcel);
	if (status != MCAPI_SUCCESS)
		return ext_fail("send", status, NULL);
	Py_RETURN_NONE;
}

/* ---- receive ---- */

/* Takes the receive lock: one thread receives, the others queue for it here. */
static bool endpoint_claim(struct endpoint *self, const struct deadline *deadline)
{
	mcapi_timeout_t ms;

	if (PyThread_acquire_lock(self->receiving, NOWAIT_LOCK))
		return true;
	while ((ms = ext_slice(deadline))) {
		PyLockStatus got;

		Py_BEGIN_ALLOW_THREADS
		got = PyThread_acquire_lock_timed(self->receiving, (PY_TIMEOUT_T)ms * 1000, 1);
		Py_END_ALLOW_THREADS
		if (got == PY_LOCK_ACQUIRED)
			return true;
		if (PyErr_CheckSignals() < 0)
			return false;
	}
	ext_fail("recv", MCAPI_TIMEOUT, "another thread is receiving at this endpoint");
	return false;
}

/* Brings a message into the buffer; the receive lock is held. */
static bool endpoint_fetch(struct endpoint *self, const struct deadline *deadline)
{
	mcapi_status_t status;

	if (self->state == RECEIVE_IDLE) {
		if (!self->buffer)
			self->buffer = PyMem_RawMalloc(MCAPI_MAX_MESSAGE_SIZE);
		if (!self->buffer) {
			PyErr_NoMemory();
			return false;
		}
		mcapi_msg_recv_i(self->address.handle, self->buffer, MCAPI_MAX_MESSAGE_SIZE,
				 &self->request, &status);
		if (status != MCAPI_SUCCESS && status != MCAPI_PENDING) {
			ext_fail("recv", status, NULL);
			return false;
		}
		self->state = RECEIVE_POSTED;
	}
	if (self->state == RECEIVE_POSTED) {
		if (!ext_wait(&self->request, &self->arrived, deadline, &status))
			return false;
		if (status != MCAPI_TIMEOUT)
			self->state = status == MCAPI_SUCCESS ? RECEIVE_ARRIVED : RECEIVE_IDLE;
		if (status == MCAPI_TIMEOUT)
			ext_fail("recv", status, "no message came in time");
		else if (status != MCAPI_SUCCESS)
			ext_fail("recv", status, NULL);
	}
	return self->state == RECEIVE_ARRIVED;
}

static PyObject *endpoint_recv(struct endpoint *self, PyObject *const *args, Py_ssize_t nargs,
			       PyObject *kwnames)
{
	struct deadline deadline;
	PyObject *message = NULL, *optional;

	if (!ext_arguments("recv", args, nargs, kwnames, 0, "timeout", &optional) ||
	    !ext_deadline("recv", optional, &deadline))
		return NULL;
	self->inside++;
	if (endpoint_claim(self, &deadline)) {
		if (endpoint_usable(self, "recv") && endpoint_fetch(self, &deadline))
			message = PyBytes_FromStringAndSize(self->buffer, self->arrived);
		if (message)
			self->state = RECEIVE_IDLE;
		PyThread_release_lock(self->receiving);
	}
	self->inside--;
	return message;
}

static PyObject *endpoint_available(struct endpoint *self, PyObject *Py_UNUSED(args))
{
	mcapi_status_t status;
	unsigned int mine = 0, count;

	if (!endpoint_usable(self, "available"))
		return NULL;
	/* The posted receive may have a message already, unless a thread waits for it. */
	if (PyThread_acquire_lock(self->receiving, NOWAIT_LOCK)) {
		if (self->state == RECEIVE_POSTED) {
			mcapi_test(&self->request, &self->arrived, &status);
			if (status != MCAPI_PENDING)
				self->state = status == MCAPI_SUCCESS ? RECEIVE_ARRIVED :
									RECEIVE_IDLE;
		}
		mine = self->state == RECEIVE_ARRIVED;
		PyThread_release_lock(self->receiving);
	}
	count = mcapi_msg_available(self->address.handle, &status);
	if (status != MCAPI_SUCCESS)
		return ext_fail("available", status, NULL);
	return PyLong_FromUnsignedLong((unsigned long)mine + count);
}

/* ---- end ---- */

/* Nothing is posted any more; a thread that still waits learns it from the library. */
static void endpoint_close(struct endpoint *self, bool node_gone)
{
	mcapi_status_t status;

	self->closed = true;
	endpoint_free_parcels(self, node_gone);
	if (PyThread_acquire_lock(self->receiving, NOWAIT_LOCK)) {
		if (self->state == RECEIVE_POSTED && !node_gone)
			mcapi_test(&self->request, &self->arrived, &status);
		self->state = RECEIVE_IDLE;
		PyThread_release_lock(self->receiving);
	}
}

static PyObject *endpoint_delete(struct endpoint *self, PyObject *Py_UNUSED(args))
{
	mcapi_status_t status;

	if (!endpoint_usable(self, "delete"))
		return NULL;
	mcapi_endpoint_delete(self->address.handle, &status);
	if (status != MCAPI_SUCCESS)
		return ext_fail("delete", status, NULL);
	endpoint_close(self, false);
	Py_RETURN_NONE;
}

static PyObject *endpoint_node_closed(struct endpoint *self, PyObject *Py_UNUSED(args))
{
	endpoint_close(self, true);
	Py_RETURN_NONE;
}

static PyMethodDef endpoint_methods[] = {
	{ "send", (PyCFunction)(void (*)(void))endpoint_send, METH_FASTCALL | METH_KEYWORDS,
	  "send($self, there, data, /, priority=0)\n--\n\n"
	  "Send a message to any endpoint; wait while there is no room for it.\n\n"
	  "data is any object with the buffer protocol; priority 0 is the highest." },
	{ "recv", (PyCFunction)(void (*)(void))endpoint_recv, METH_FASTCALL | METH_KEYWORDS,
	  "recv($self, timeout=None)\n--\n\n"
	  "Receive the next message as bytes.\n\n"
	  "timeout is in seconds; None waits for ever, 0 only looks. Raises Timeout." },
	{ "available", (PyCFunction)endpoint_available, METH_NOARGS,
	  "available($self)\n--\n\nNumber of messages that can be received without waiting." },
	{ "delete", (PyCFunction)endpoint_delete, METH_NOARGS,
	  "delete($self)\n--\n\nDelete the endpoint; messages that wait there are dropped." },
	{ "_node_closed", (PyCFunction)endpoint_node_closed, METH_NOARGS,
	  "_node_closed($self)\n--\n\nThe library has ended the node: hold nothing for it." },
	{ 0 }
};

static PyMemberDef endpoint_members[] = {
	{ "closed", T_BOOL, offsetof(struct endpoint, closed), READONLY,
	  "whether the endpoint was deleted or its node closed" },
	{ "_inside", T_UINT, offsetof(struct endpoint, inside), READONLY,
	  "number of threads that are in send() or recv()" },
	{ 0 }
};

PyTypeObject ext_endpoint_type = {
	PyVarObject_HEAD_INIT(NULL, 0)
	.tp_name = "mcapi._ext.Endpoint",
	.tp_doc = "An endpoint of an own node.",
	.tp_base = &ext_address_type,
	.tp_basicsize = sizeof(struct endpoint),
	.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
	.tp_new = endpoint_new,
	.tp_dealloc = (destructor)endpoint_dealloc,
	.tp_methods = endpoint_methods,
	.tp_members = endpoint_members,
};
