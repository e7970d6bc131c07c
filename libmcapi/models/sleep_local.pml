/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sleep_local.pml - how a node of the local link sleeps and is woken: local_arm(),
 * local_ring() and local_sleep() in src/link_local.c, peer_poke() in src/peer.h
 *
 * Two senders publish messages and look whether the receiver sleeps. Sender 0 may
 * be killed between any two of its steps. The receiver must get all messages of
 * sender 1: if it sleeps for ever although one of them is there, spin reports an
 * invalid end state.
 *
 * Weak memory: a store waits in its processor's store buffer (one for each process
 * is enough, as each has one store before the load that matters) and reaches memory
 * at any later time. Barriers wait until it has.
 *
 * Variants that must fail: NO_BARRIER (nobody pays for the order), NO_OWN_BARRIER
 * (the sleeper does not execute its own), TAKE_FIRST (whoever sees the sleeper takes
 * its state and then wakes it), CLEAR_ALL (the futex's wake-up clears the FIFO's bit,
 * too), CLEAR_BLINDLY (the FIFO's bit is cleared whatever sleep it belongs to),
 * ASK_ONLY (who begins to ask the others to fence does not fence itself that time).
 */
#define MESSAGES(id) (1 + (id))

/* The wake word: bit 0 asleep, 1 to be woken in futex, 2 by FIFO, 3; the rest counts sleeps. */
#define ASLEEP 1
#define FUTEX 2
#define FIFO 4
#define ASKS 8			/* all execute their own barriers */
#define SLEEP 16

short word;			/* in memory */
short word_stored;		/* by the sleeper, in its store buffer */
bool word_waits;

byte slots[2];			/* published by each sender, in memory */
bool slot_waits[2];		/* one more is in its store buffer */

bool in_futex;			/* the sleeper is in the kernel, in futex(2) */
bool fifo;			/* there is a byte in it */
byte taken[2];

/* Store buffers reach memory whenever they like. */
active proctype memory()
{
end:	do
	:: atomic { word_waits -> word = word_stored; word_waits = false }
	:: atomic { slot_waits[0] -> slots[0]++; slot_waits[0] = false }
	:: atomic { slot_waits[1] -> slots[1]++; slot_waits[1] = false }
	od
}

#define KILLED :: id == 0 -> goto dead

proctype sender(byte id)
{
	byte sent = 0;
	short seen;

	do
	:: sent == MESSAGES(id) -> break
	:: else ->
		!slot_waits[id];	/* one line each: the next store waits its turn */
		slot_waits[id] = true;
		sent++;
#ifdef FENCED
		!slot_waits[id];
#endif
		if
		:: seen = word
		KILLED
		fi;
		if
		:: seen & (ASLEEP | ASKS) ->
			!slot_waits[id];
			if
			:: seen = word
			KILLED
			fi
		:: else -> skip
		fi;
		if
		:: !(seen & ASLEEP) -> skip
		:: (seen & ASLEEP) && (seen & FUTEX) ->
#ifdef TAKE_FIRST
			/* An atomic exchange, then a system call. */
			atomic {
				!slot_waits[id];
				seen = word;
				word = word & ~(ASLEEP | FUTEX | FIFO)
			}
			if
			:: seen & FUTEX -> in_futex = false
			:: !(seen & FUTEX) && (seen & FIFO) -> fifo = true
			:: else -> skip
			KILLED
			fi
#else
			/* FUTEX_WAKE_OP */
			if
			:: atomic {
				!slot_waits[id];
#ifdef CLEAR_ALL
				word = word & ~(FUTEX | FIFO);
#else
				word = word & ~FUTEX;
#endif
				in_futex = false
			   }
			KILLED
			fi
#endif
		:: (seen & ASLEEP) && !(seen & FUTEX) && (seen & FIFO) ->
#ifdef TAKE_FIRST
			atomic {
				!slot_waits[id];
				seen = word;
				word = word & ~(ASLEEP | FUTEX | FIFO)
			}
			if
			:: seen & FUTEX -> in_futex = false
			:: !(seen & FUTEX) && (seen & FIFO) -> fifo = true
			:: else -> skip
			KILLED
			fi
#else
			if
			:: fifo = true
			KILLED
			fi;
			if
			:: atomic {
				!slot_waits[id];
				if
#ifndef CLEAR_BLINDLY
				:: word != seen -> skip
#endif
				:: else -> word = word & ~FIFO
				fi
			   }
			KILLED
			fi
#endif
		:: else -> skip		/* woken already, not up yet */
		fi
	od;
dead:	skip
}

inline look()
{
	d_step {
		found = (slots[0] != taken[0]) || (slots[1] != taken[1]);
		taken[0] = slots[0];
		taken[1] = slots[1]
	}
}

/* Registered senders execute a barrier on the processor where they run. */
inline fence_for_all()
{
	!slot_waits[0];
	!slot_waits[1]
}

active proctype sleeper()
{
	short sleeps = 0, asks = 0, asked, asleep;
	bool found;

	do
	:: taken[1] == MESSAGES(1) -> break
	:: else ->
		look();
		if
		:: found || taken[1] == MESSAGES(1) -> skip
		:: else ->
			/* Each way of sleeping may follow each other. */
			sleeps = sleeps + SLEEP;
			if
			:: asleep = ASLEEP | FUTEX
			:: asleep = ASLEEP | FIFO
			fi;
			/* It may change its mind each time. */
			asked = asks;
			if
			:: asks = 0
			:: asks = ASKS
			fi;
			atomic { word_stored = sleeps | asks | asleep; word_waits = true }
#ifndef NO_OWN_BARRIER
			!word_waits;
#endif
#if !defined(FENCED) && !defined(NO_BARRIER)
			if
#ifdef ASK_ONLY
			:: asks -> skip
#else
			:: asks && asked -> skip
#endif
			:: else -> fence_for_all()
			fi;
#endif
			look();
			if
			:: found -> skip
			:: !found && (asleep & FUTEX) ->
				/* futex(2) compares and goes to sleep as one step, and is a barrier. */
				atomic {
					!word_waits;
					if
					:: word == (sleeps | asks | asleep) -> in_futex = true
					:: else -> skip
					fi
				}
				!in_futex
			:: !found && (asleep & FIFO) ->
				fifo;
			fi;
			atomic { !word_waits; word_stored = sleeps | asks; word_waits = true }
			!word_waits;
			if
			:: (asleep & FIFO) && fifo -> fifo = false
			:: else -> skip
			fi
		fi
	od
}

init {
	atomic {
		run sender(0);
		run sender(1)
	}
}
