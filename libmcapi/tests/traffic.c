/* SPDX-License-Identifier: BSD-3-Clause */
#include "traffic.h"

#include <stdio.h>
#include <unistd.h>

int self;
uint32_t life;

static uint32_t next_out[NODES][PRIORITIES];
static struct stream {
	uint32_t life, seq;
	bool known;
} streams_in[NODES][PRIORITIES][LIVES];

size_t traffic_compose(struct payload *payload, int to, unsigned int *seed)
{
	const uint32_t prio = (uint32_t)rand_r(seed) % PRIORITIES;
	const uint32_t most = rand_r(seed) % 8 ? 44 - HEAD : LARGEST;

	payload->from = (uint32_t)self;
	payload->life = life;
	payload->prio = prio;
	payload->seq = next_out[to][prio]++;
	payload->len = (uint32_t)rand_r(seed) % (most + 1);
	fill(payload->rest, payload->len, payload->seq);
	return HEAD + payload->len;
}

static void wrong(const char *what, const struct payload *got, size_t size)
{
	fprintf(stderr, "wrong %s at node %d: %zu bytes, from %u, life %u, prio %u, seq %u, "
		"len %u\n", what, self, size, got->from, got->life, got->prio, got->seq, got->len);
	_exit(1);
}

void traffic_check(const struct payload *got, size_t size, bool joined_late)
{
	struct stream *next;

	if (size < HEAD || got->from >= NODES || got->prio >= PRIORITIES ||
	    size != HEAD + got->len)
		wrong("frame", got, size);
	if (!filled(got->rest, got->len, got->seq))
		wrong("payload", got, size);

	next = &streams_in[got->from][got->prio][got->life % LIVES];
	if (got->life < next->life)
		wrong("life", got, size);
	if (!next->known || next->life != got->life)
		next->seq = joined_late ? got->seq : 0;
	if (got->seq != next->seq)
		wrong("order", got, size);
	next->known = true;
	next->life = got->life;
	next->seq++;
}
