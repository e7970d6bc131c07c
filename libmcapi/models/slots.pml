/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * slots.pml - publication by a sequence in the slot: ring_publish(), ring_peek() and
 * ring_ack() in src/ring.h
 *
 * A ring of two slots, payloads 1, 2, 3, ... The receiver must get them in order
 * and whole.
 *
 * Weak memory, as weak as ARM's for this: stores of a process reach memory in any
 * order unless one of them is a release, which comes after all that went before; a
 * load may be done early, before the load that the program does before it, unless
 * that one is an acquire.
 *
 * Variants that must fail: NO_RELEASE (the sequence may overtake the payload),
 * NO_ACQUIRE (the payload may be read before the sequence), EARLY_ACK (a slot is given
 * back before it was read), NO_FULL_CHECK (the producer does not wait for acks).
 */
#define SLOTS 2
#define MESSAGES 5

byte seq[SLOTS], data[SLOTS], ack;

/* Stores under way: data and seq of a slot, and the ack. */
bool data_waits[SLOTS], seq_waits[SLOTS], ack_waits;
byte data_stored[SLOTS], seq_stored[SLOTS], ack_stored;

active proctype memory()
{
	byte i;

end:	do
	:: atomic { data_waits[0] -> data[0] = data_stored[0]; data_waits[0] = false }
	:: atomic { data_waits[1] -> data[1] = data_stored[1]; data_waits[1] = false }
	:: atomic { seq_waits[0] -> seq[0] = seq_stored[0]; seq_waits[0] = false }
	:: atomic { seq_waits[1] -> seq[1] = seq_stored[1]; seq_waits[1] = false }
	:: atomic { ack_waits -> ack = ack_stored; ack_waits = false }
	od
}

active proctype producer()
{
	byte prod = 0, at;

	do
	:: prod == MESSAGES -> break
	:: else ->
#ifndef NO_FULL_CHECK
		prod - ack < SLOTS;
#endif
		at = prod % SLOTS;
		/* Two stores to one place reach it in order. */
		atomic { !data_waits[at]; data_stored[at] = prod + 1; data_waits[at] = true }
#ifdef NO_RELEASE
		atomic { !seq_waits[at]; seq_stored[at] = prod + 1; seq_waits[at] = true };
#else
		atomic {
			!data_waits[0] && !data_waits[1] && !seq_waits[0] && !seq_waits[1];
			seq_stored[at] = prod + 1;
			seq_waits[at] = true
		}
#endif
		prod++
	od
}

active proctype consumer()
{
	byte cons = 0, at, value;

	do
	:: cons == MESSAGES -> break
	:: else ->
		at = cons % SLOTS;
#ifdef EARLY_ACK
		atomic { !ack_waits; ack_stored = cons + 1; ack_waits = true }
#endif
#ifdef NO_ACQUIRE
		value = data[at];
		seq[at] == cons + 1;
#else
		seq[at] == cons + 1;
		value = data[at];
#endif
		assert(value == cons + 1);
		cons++;
#ifndef EARLY_ACK
		atomic { !ack_waits; ack_stored = cons; ack_waits = true }
#endif
	od
}
