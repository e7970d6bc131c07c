/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * freestanding.c - the rings as a peer without an operating system compiles them
 */
#include "../src/give.h"
#include "../src/ring.h"
#include "../src/scalars.h"
#include "../src/side.h"

bool relay(struct ring_in *in, struct ring_out *out, const struct own *own)
{
	struct mcapi_wire_slot slot;

	if (ring_full(out) || !ring_peek(in, &slot))
		return false;
	in->cons++;
	ring_publish(out, own, &slot, MCAPI_WIRE_INLINE);
	return true;
}

bool relay_scalar(struct scalars_in *in, struct scalars_out *out, const struct own *own)
{
	uint64_t value;
	uint32_t log2;

	if (scalars_full(out) || !scalars_ready(in))
		return false;
	log2 = scalars_size(in->head, in->taken);
	scalars_take(in, &value);
	scalars_put(out, own, value, log2);
	return true;
}

bool relay_return(struct give_in *in, struct give_out *out, const struct own *own)
{
	uint32_t line;

	if (!give_take(in, &line))
		return false;
	give_put(out, own, line);
	return true;
}
