/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epochs.pml - whether the other side is there, and in which life: driver/mcapi/handshake.c,
 * src/link_ivshmem.c
 *
 * Two sides write a head each and look at the other's, word by word. Each may be
 * reset at any instant, twice in all; memory stays as it is then. A link may come up
 * only with a life that has acknowledged this life of ours; and when nothing
 * happens any more, both links are up with the life that runs.
 *
 * Variants that must fail: NO_ACK (the acknowledgement is not looked at), STALE_ACK
 * (it is not cleared at a start), NO_RING (who acknowledges does not ring), NO_RECHECK
 * (the epoch is not compared again after the acknowledgement was read).
 */
#define RESETS 2

bool magic[2], up[2], bell[2];
byte epoch[2], ack[2];

bool reset[2];
byte resets;

/* What is true, whoever knows it. */
byte acked[12];			/* by side and epoch: the epoch that this life has seen */
byte peer[2];			/* the epoch that a side's link is up with, or 0 */

#define ACKED(side, e) acked[(side) * 6 + (e)]

inline start()
{
	d_step { peer[id] = 0; known = 0; mine = epoch[id] + 1 }
	magic[id] = false;
	up[id] = false;
	epoch[id] = mine;
#ifndef STALE_ACK
	ack[id] = 0;
#endif
	up[id] = true;
	magic[id] = true
}

inline look()
{
	bell[id] = false;
	m = magic[1 - id];
	e = epoch[1 - id];
	u = up[1 - id];
	a = ack[1 - id];
	again = e;
#ifndef NO_RECHECK
	again = epoch[1 - id];
#endif
	if
	:: m && u && again == e ->
		if
		:: e != known ->
			known = e;
			d_step { ack[id] = e; ACKED(id, mine) = e }
#ifndef NO_RING
			bell[1 - id] = true
#endif
		:: else -> skip
		fi;
#ifdef NO_ACK
		a = mine;
#endif
		if
		:: a == mine ->
			assert(ACKED(1 - id, e) == mine);
			peer[id] = e
		:: else -> peer[id] = 0
		fi
	:: m && u && again != e -> bell[id] = true	/* it is being written: look again */
	:: !m || !u -> peer[id] = 0
	fi
}

active [2] proctype side()
{
	byte id = _pid, mine, known, e, a, again;
	bool m, u;

life:	{
		start();
		do
		:: look();
end:			bell[id]
		od
	} unless {
		reset[id] -> reset[id] = false
	};
	goto life
}

active proctype fate()
{
end:	do
	:: resets < RESETS -> reset[0] = true; resets++
	:: resets < RESETS -> reset[1] = true; resets++
	:: atomic {
		timeout ->
		assert(peer[0] == epoch[1] && peer[1] == epoch[0] && peer[0] && peer[1]);
		break
	   }
	od
}
