/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sleep_device.pml - how a node sleeps on a link that crosses processors: link_arm(),
 * link_disarm() and link_asleep() in src/link.c, sleep_until_poked() in src/sleep.c
 *
 * Two senders, on the other processor, publish and look at wake_seq; each rings
 * once for a value of it. A doorbell stays until it is taken. As in
 * sleep_local.pml: the sleeper must get everything, and stores wait in store buffers.
 *
 * Variants that must fail: NO_SENDER_BARRIER, NO_OWN_BARRIER, SAME_SEQ (wake_seq goes
 * back to the same values, so that a sleep looks like the one before).
 */
#define MESSAGES 2

byte wake_seq, wake_stored;
bool wake_waits;
byte slots[2];
bool slot_waits[2];
bool doorbell;
byte taken[2];

active proctype memory()
{
end:	do
	:: atomic { wake_waits -> wake_seq = wake_stored; wake_waits = false }
	:: atomic { slot_waits[0] -> slots[0]++; slot_waits[0] = false }
	:: atomic { slot_waits[1] -> slots[1]++; slot_waits[1] = false }
	od
}

active [2] proctype sender()
{
	byte id = _pid - 1, sent = 0, seen, rung = 0;

	do
	:: sent == MESSAGES -> break
	:: else ->
		!slot_waits[id];
		slot_waits[id] = true;
		sent++;
#ifndef NO_SENDER_BARRIER
		!slot_waits[id];
#endif
		seen = wake_seq;
		if
		:: (seen & 1) && seen != rung -> doorbell = true; rung = seen
		:: else -> skip
		fi
	od
}

inline look()
{
	d_step {
		found = (slots[0] != taken[0]) || (slots[1] != taken[1]);
		taken[0] = slots[0];
		taken[1] = slots[1]
	}
}

#define ALL (taken[0] == MESSAGES && taken[1] == MESSAGES)

inline set_wake_seq()
{
#ifdef SAME_SEQ
	seq = 1 - seq;
#else
	seq++;
#endif
	atomic { !wake_waits; wake_stored = seq; wake_waits = true }
}

active proctype sleeper()
{
	byte seq = 0;
	bool found;

	do
	:: ALL -> break
	:: else ->
		look();
		if
		:: found -> skip
		:: else ->
			set_wake_seq();
#ifndef NO_OWN_BARRIER
			!wake_waits;
#endif
			look();
			if
			:: found -> skip
			:: else -> doorbell; doorbell = false
			fi;
			set_wake_seq();
			!wake_waits
		fi
	od
}
