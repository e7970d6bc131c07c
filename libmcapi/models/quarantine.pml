/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * quarantine.pml - a dead section is not handed out while somebody reads it:
 * take_section() in src/local.c, driver/mcapi/section.c, open_ring() in src/receiver.c
 *
 * The owner is dead. The system may hand the section out, a receiver may claim it;
 * what each stores waits in its store buffer. Nobody may write where the receiver
 * reads, and a section that nobody claims is handed out in the end.
 *
 * Variants that must fail: NO_SYSTEM_BARRIER, NO_READER_BARRIER, NO_EPOCH (the receiver
 * does not compare the epoch, only whether the line is free).
 */
#define FREE 0
#define LIVE 1
#define DEAD 2

byte state = DEAD, epoch = 1, claim;
byte state_stored, claim_stored;
bool state_waits, claim_waits;

bool reading, overwritten;

active proctype memory()
{
end:	do
	:: atomic { state_waits -> state = state_stored; state_waits = false }
	:: atomic { claim_waits -> claim = claim_stored; claim_waits = false }
	od
}

active proctype system()
{
	do
	:: atomic { !state_waits; state_stored = FREE; state_waits = true }
#ifndef NO_SYSTEM_BARRIER
		!state_waits;
#endif
		if
		:: claim == 1 ->
			atomic { !state_waits; state_stored = DEAD; state_waits = true };
			!state_waits;
			/* Tries again when the next node comes. */
			claim != 1
		:: else -> break
		fi
	od;
	/* The new owner's line says so before it writes. */
	!state_waits;
	atomic { epoch = 2; state = LIVE };
	overwritten = true;
	assert(!reading)
}

active proctype receiver()
{
	byte tries = 0;

	do
	:: tries == 2 -> break
	:: else ->
		tries++;
		atomic { !claim_waits; claim_stored = 1; claim_waits = true }
#ifndef NO_READER_BARRIER
		!claim_waits;
#endif
		if
		:: state != FREE ->
#ifndef NO_EPOCH
			if
			:: epoch != 1 -> skip
			:: else ->
#endif
				reading = true;
				assert(!overwritten);
				reading = false
#ifndef NO_EPOCH
			fi
#endif
		:: else -> skip
		fi;
		atomic { !claim_waits; claim_stored = 0; claim_waits = true };
		!claim_waits
	od
}
