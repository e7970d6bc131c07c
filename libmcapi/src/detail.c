/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * detail.c - the sentence behind a status code
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

static _Thread_local char text[sizeof(((struct said *)NULL)->text)];
static int debug_level;

void detail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	this_thread.detail = true;
	if (__atomic_load_n(&debug_level, __ATOMIC_RELAXED) > 0)
		fprintf(stderr, "libmcapi: %s\n", text);
}

static const char *const sentences[MCAPI_STATUS_END] = {
	[MCAPI_ERR_PARAMETER] = "a pointer is NULL, a structure too small or a count 0",
	[MCAPI_ERR_NODE_INITFAILED] = "no memory for a node",
	[MCAPI_ERR_ENDP_INVALID] = "the endpoint is not there (any more)",
	[MCAPI_ERR_ENDP_GET_LIMIT] = "the endpoint was got by somebody else: one for channels can "
				     "be got once, one for messages by nobody but the two ends",
	[MCAPI_ERR_ENDP_DELETED] = "the endpoint was deleted meanwhile",
	[MCAPI_ERR_ENDP_LIMIT] = "the node has as many endpoints as its links have room for",
	[MCAPI_ERR_ATTR_INCOMPATIBLE] = "type, payload size, buffer or memory type or priorities of "
					"the two endpoints differ",
	[MCAPI_ERR_MSG_TRUNCATED] = "the message is longer than the buffer, and was cut",
	[MCAPI_ERR_CHAN_OPEN] = "this end of the channel is open already",
	[MCAPI_ERR_CHAN_TYPE] = "the channel is of the other type",
	[MCAPI_ERR_CHAN_DIRECTION] = "this is the channel's other end",
	[MCAPI_ERR_CHAN_CONNECTED] = "one of the endpoints is connected already",
	[MCAPI_ERR_CHAN_OPENPENDING] = "this end is being opened, and not open yet",
	[MCAPI_ERR_CHAN_CLOSEPENDING] = "one of the endpoints is closed at one end only",
	[MCAPI_ERR_CHAN_INVALID] = "the channel was closed meanwhile",
	[MCAPI_ERR_PKT_SIZE] = "the packet is longer than the buffer, or than any block of memory",
	[MCAPI_ERR_TRANSMISSION] = "the node at the other end is gone",
	[MCAPI_ERR_BUF_INVALID] = "the buffer was allocated for another channel",
	[MCAPI_ERR_MEM_LIMIT] = "no memory is left, here or at the other end",
	[MCAPI_ERR_REQUEST_INVALID] = "the request has ended, or never was one of this node",
	[MCAPI_ERR_REQUEST_CANCELLED] = "another thread cancelled the request",
	[MCAPI_ERR_GENERAL] = "an endpoint is an end of a channel, or the peer's answer makes no sense",
};

mcapi_status_t failed(mcapi_status_t status)
{
	if (!this_thread.detail && status < MCAPI_STATUS_END && sentences[status])
		detail("%s", sentences[status]);
	return status;
}

void mcapi_set_debug_level(int level)
{
	__atomic_store_n(&debug_level, level, __ATOMIC_RELAXED);
}

void detail_keep(struct said *said)
{
	said->any = this_thread.detail;
	if (said->any)
		memcpy(said->text, text, sizeof(text));
}

void detail_restore(const struct said *said)
{
	this_thread.detail = said->any;
	if (said->any)
		memcpy(text, said->text, sizeof(text));
}

const char *mcapix_error_detail(void)
{
	return this_thread.detail ? text : "";
}

void own_violation(const struct own *own, const void *p, size_t len)
{
	fprintf(stderr, "libmcapi: store of %zu bytes at %p outside the own section %p+%u\n",
		len, p, (void *)own->base, own->size);
	abort();
}
