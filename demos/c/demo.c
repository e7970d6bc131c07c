/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "demo.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mcapix.h>

static const char magic[16] = "mcapi-echo hello";

static void fail(const char *what, const char *given)
{
	fprintf(stderr, "%s: %s: '%s'\n", program_invocation_short_name, what, given);
	exit(2);
}

/* A decimal number at *@text, which moves behind it. */
static unsigned int number(const char **text, const char *what, const char *given)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(*text, &end, 10);
	if (**text < '0' || **text > '9' || errno || value > UINT32_MAX)
		fail(what, given);
	*text = end;
	return value;
}

static unsigned int whole_number(const char *given)
{
	const char *text = given;
	unsigned int value = number(&text, "this is not a number from 0", given);

	if (*text)
		fail("this is not a number from 0", given);
	return value;
}

static struct address address(const char *given)
{
	static const char what[] = "--peer needs DOMAIN:NODE or DOMAIN:NODE:PORT";
	struct address peer = { .port = 1 };
	const char *text = given;

	peer.domain = number(&text, what, given);
	if (*text++ != ':')
		fail(what, given);
	peer.node = number(&text, what, given);
	if (*text == ':') {
		text++;
		peer.port = number(&text, what, given);
	}
	if (*text)
		fail(what, given);
	return peer;
}

static void sizes(const char *given, struct options *options)
{
	static const char what[] = "--sizes needs auto or up to 64 numbers with commas";
	const char *text = given;

	options->size_count = 0;
	if (!strcmp(given, "auto")) {
		options->sizes[options->size_count++] = 0;
		for (size_t size = 1; size <= MCAPI_MAX_MESSAGE_SIZE; size *= 2)
			options->sizes[options->size_count++] = size;
		return;
	}
	do {
		if (options->size_count == DEMO_MAX_SIZES)
			fail(what, given);
		options->sizes[options->size_count++] = number(&text, what, given);
	} while (*text++ == ',');
	if (text[-1])
		fail(what, given);
}

static unsigned int milliseconds(const char *given)
{
	char *end;
	double seconds = strtod(given, &end);

	if (end == given || *end || !(seconds >= 0 && seconds <= 1e6))
		fail("--timeout needs seconds", given);
	return seconds * 1000;
}

void demo_options(int argc, char **argv, const char *accepted, struct options *options)
{
	static const struct option all[] = {
		{ "domain", required_argument, NULL, 'd' },
		{ "node", required_argument, NULL, 'n' },
		{ "port", required_argument, NULL, 'p' },
		{ "peer", required_argument, NULL, 'P' },
		{ "sizes", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "timeout", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 }
	};
	const char *needed = strchr(accepted, 'P') ? "dnP" : "dn";
	char given[128] = "";
	int option;

	sizes("auto", options);
	while ((option = getopt_long(argc, argv, "", all, NULL)) != -1) {
		if (option == '?')
			exit(2);
		if (!strchr(accepted, option))
			fail("this program has no such option", argv[optind - 1]);
		given[option] = 1;
		switch (option) {
		case 'd': options->own.domain = whole_number(optarg); break;
		case 'n': options->own.node = whole_number(optarg); break;
		case 'p': options->own.port = whole_number(optarg); break;
		case 'P': options->peer = address(optarg); break;
		case 's': sizes(optarg, options); break;
		case 'c': options->count = whole_number(optarg); break;
		case 't': options->timeout = milliseconds(optarg); break;
		case 'j': options->json = true; break;
		}
	}
	if (optind < argc)
		fail("nothing is expected after the options", argv[optind]);
	for (; *needed; needed++)
		if (!given[(int)*needed])
			fail("an option is missing, needed are",
			     strchr(accepted, 'P') ? "--domain --node --peer" : "--domain --node");
}

void demo_check(mcapi_status_t status, const char *call)
{
	char name[MCAPI_MAX_STATUS_MSG_LEN] = "unknown status";
	const char *detail;

	if (status == MCAPI_SUCCESS)
		return;
	detail = mcapix_error_detail();
	mcapi_display_status(status, name, sizeof(name));
	fprintf(stderr, "%s: %s: %s%s%s\n", program_invocation_short_name, call, name,
		*detail ? ": " : "", detail);
	exit(1);
}

static void put32(uint8_t *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = value >> (8 * i);
}

static uint32_t get32(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void demo_hello_write(uint8_t *message, const struct address *own)
{
	memcpy(message, magic, sizeof(magic));
	put32(message + 16, own->domain);
	put32(message + 20, own->node);
	put32(message + 24, own->port);
}

bool demo_hello_read(const uint8_t *message, size_t size, struct address *from)
{
	if (size != DEMO_HELLO_SIZE || memcmp(message, magic, sizeof(magic)))
		return false;
	*from = (struct address){ get32(message + 16), get32(message + 20), get32(message + 24) };
	return true;
}

void demo_pattern(uint8_t *payload, size_t size, unsigned int round)
{
	size_t start = (size * 31 + round) % 251;

	for (size_t i = 0; i < size; i++)
		payload[i] = (start + i) % 251;
}
