/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * freestanding.c - the ring as a peer without an operating system compiles it
 */
#include "../src/ring.h"
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
