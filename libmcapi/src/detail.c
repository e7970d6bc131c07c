/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * detail.c - the sentence behind a status code
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "node.h"

static _Thread_local char text[512];
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

void mcapi_set_debug_level(int level)
{
	__atomic_store_n(&debug_level, level, __ATOMIC_RELAXED);
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
