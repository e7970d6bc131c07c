/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channel.pml - connect, open and close: src/control.c, src/channel.c, and the
 * table of control messages in docs/wire-format.md
 *
 * X0 and X1 own a send end each, Y owns the one receive end. Three programs ask for
 * connections to it: two of X0, one of X1. Whoever gets one opens, sends two packets and
 * closes; Y closes before or after. An X may die at any instant. Every program gets
 * an answer, no packet is lost or comes from another channel, and in the end all
 * ends that live are free.
 *
 * Variants that must fail: NO_BUSY (Y reserves an end that is taken), NO_DEATH (Y
 * does not hear of a death), EARLY_DONE (X frees its ring before Y has closed, too).
 */
#define PACKETS 2

mtype = { CONNECT, RESERVE, RESERVED, OPEN, CLOSE, DONE, DIED };

/* To each owner; the rings between nodes keep the order of each sender. */
chan to_x[2] = [6] of { mtype, bool };
chan to_y = [12] of { mtype, byte, byte };	/* what, from whom, value */
chan answers = [3] of { bool };

byte ring[2];			/* packets that are in each X's ring */
bool freed[2];			/* its memory was given away */
bool dead[2];
byte died;

#define NOBODY 2

proctype x(byte id)
{
	bool taken = false, asked = false, ok, mine, theirs;
	byte sent;

	{
end:	do
	:: atomic { to_x[id] ? CONNECT, _ -> asked = true };
		/* One at a time: all connects of an end go through its owner. */
		if
		:: taken -> atomic { answers ! false; asked = false }
		:: else ->
			taken = true;
			to_y ! RESERVE, id, 0;
			do
			:: to_x[id] ? RESERVED, ok -> break
			:: atomic { to_x[id] ? CONNECT, _ -> answers ! false }
			od;
			if
			:: !ok -> atomic { taken = false; answers ! false; asked = false }
			:: else ->
				atomic { answers ! true; asked = false };
				ring[id] = 0;
				sent = 0;
				mine = false;
				theirs = false;
				freed[id] = false;
				to_y ! OPEN, id, 0
			fi
		fi
	:: to_x[id] ? OPEN, _ -> skip
	:: to_x[id] ? CLOSE, _ -> theirs = true
	:: taken && !mine && !theirs && sent < PACKETS -> ring[id]++; sent++
	:: taken && !mine && (sent == PACKETS || theirs) ->
		mine = true;
		to_y ! CLOSE, id, sent
#ifdef EARLY_DONE
	:: taken && mine ->
#else
	:: taken && mine && theirs ->
#endif
		freed[id] = true;
		to_y ! DONE, id, 0;
		taken = false
	od
	} unless {
		dead[id]
	};
	/* Its section is in quarantine as long as Y reads it; what is on its way arrives. */
#ifndef NO_DEATH
	to_y ! DIED, id, 0;
#endif
	/* Whoever had asked is told by its own node that X is gone. */
	if
	:: asked -> answers ! false
	:: else -> skip
	fi;
	do
	:: to_x[id] ? CONNECT, _ -> answers ! false
	:: to_x[id] ? RESERVED, _
	:: to_x[id] ? OPEN, _
	:: to_x[id] ? CLOSE, _
	:: timeout -> break
	od
}

active proctype y()
{
	byte with = NOBODY, from, total, got;
	bool mine, theirs, open;

end:	do
	:: to_y ? RESERVE, from, _ ->
#ifdef NO_BUSY
		if
		:: true ->
#else
		if
		:: with != NOBODY -> to_x[from] ! RESERVED, false
		:: else ->
#endif
			with = from;
			got = 0;
			mine = false;
			theirs = false;
			open = false;
			to_x[from] ! RESERVED, true
		fi
	:: to_y ? OPEN, from, _ ->
		assert(from == with);
		open = true;
		to_x[from] ! OPEN, true
	:: open && !mine && with != NOBODY && ring[with] > 0 ->
		assert(!freed[with]);
		ring[with]--;
		got++
	/* The program closes when it likes, or when it has read all that there will be. */
	:: open && !mine && with != NOBODY ->
		mine = true;
		to_x[with] ! CLOSE, true
	:: to_y ? CLOSE, from, total ->
		assert(from == with);
		theirs = true;
		/* What was put into the ring before stays readable. */
		assert(mine || got + ring[from] == total)
	:: to_y ? DONE, from, _ ->
		assert(from == with && mine && theirs);
		with = NOBODY
	:: to_y ? DIED, from, _ ->
		if
		:: with == from -> with = NOBODY
		:: else -> skip
		fi
	:: timeout ->
		/* Nothing happens any more. */
		assert(with == NOBODY);
		assert(len(answers) == 3);
		break
	od
}

active proctype fate()
{
end:	do
	:: died == 0 -> dead[0] = true; died = 1
	:: died == 0 -> dead[1] = true; died = 1
	od
}

init {
	atomic {
		to_x[0] ! CONNECT, true;
		to_x[0] ! CONNECT, true;
		to_x[1] ! CONNECT, true;
		run x(0);
		run x(1)
	}
}
