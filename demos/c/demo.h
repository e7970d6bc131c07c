/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * demo.h - what echo and ping share: options, the hello message, the payload
 *
 * A hello says where the answers go: 16 bytes of magic, then domain, node and
 * port as little-endian 32-bit words. It is answered like any other message.
 */
#ifndef DEMO_H
#define DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mcapi.h>

#define DEMO_HELLO_SIZE 28
#define DEMO_MAX_SIZES 64

struct address {
	unsigned int domain, node, port;
};

struct options {
	struct address own;			/* --domain --node --port */
	struct address peer;			/* --peer D:N[:P] */
	size_t sizes[DEMO_MAX_SIZES];		/* --sizes 1,2,... or auto */
	unsigned int size_count;
	unsigned int count;			/* --count */
	unsigned int timeout;			/* --timeout, milliseconds */
	bool json;				/* --json */
};

/* Reads the options that @accepted names; ends the program if one is wrong. */
void demo_options(int argc, char **argv, const char *accepted, struct options *options);

/* Ends the program with what libmcapi says, unless @status is MCAPI_SUCCESS. */
void demo_check(mcapi_status_t status, const char *call);

void demo_hello_write(uint8_t *message, const struct address *own);
bool demo_hello_read(const uint8_t *message, size_t size, struct address *from);

/* The payload of a size and a round; the period is prime, so no line repeats. */
void demo_pattern(uint8_t *payload, size_t size, unsigned int round);

#endif /* DEMO_H */
