# SPDX-License-Identifier: BSD-3-Clause
"""Rings a link whose other end answers each doorbell with one, and counts the answers.

    ring.py DEVICE ROUND-TRIPS NOTIFICATIONS

First one after another, each after the answer to the last one; then from several
threads as fast as they can, when doorbells and answers may be put together; and once
more after that. Prints the counters; a doorbell without an answer is a TimeoutError.
"""

from __future__ import annotations

import fcntl
import json
import struct
import sys
import threading
import time

# struct mcapi_info, _notify and _wait of linux/mcapi.h
INFO = struct.Struct("8I5Q32s2I3Q")
NOTIFY = struct.Struct("4I")
WAIT = struct.Struct("4IqQ2I")

THREADS = 4
# QEMU's VideoCore has 32 places for answers. A request that comes when they are full it keeps
# for ever (bcm2835_mbox.c), so each thread has no more than these without one.
UNANSWERED = 7
PATIENCE = 5.0
QUIET = 0.1


def call(device: int, command: int, argument: bytes) -> bytes:
    """An ioctl by _IOWR(0xB9, command, argument)."""
    answer = bytearray(argument)
    fcntl.ioctl(device, 3 << 30 | len(answer) << 16 | 0xB9 << 8 | command, answer)
    return bytes(answer)


def counters(device: int) -> dict[str, int]:
    info = INFO.unpack(call(device, 0, struct.pack("I", INFO.size).ljust(INFO.size, b"\0")))
    names = ("rings", "coalesced", "received", "refused", "stalls", "throttled")
    return dict(zip(names, (*info[10:13], *info[16:19]), strict=True))


def notify(device: int) -> bool:
    """Whether it was put together with others."""
    return bool(NOTIFY.unpack(call(device, 3, NOTIFY.pack(NOTIFY.size, 0, 0, 0)))[2])


def wait(device: int, seq: int, seconds: float, *, ring: bool = False) -> int:
    """The sequence when it is another one; TimeoutError if it stays."""
    deadline = time.monotonic_ns() + int(seconds * 1e9)
    argument = WAIT.pack(WAIT.size, 0, seq, 0, deadline, 0, 0, 0)
    return int(WAIT.unpack(call(device, 5 if ring else 4, argument))[2])


def settled(device: int, seq: int) -> int:
    """The sequence when nothing has come for a while."""
    try:
        while True:
            seq = wait(device, seq, QUIET)
    except TimeoutError:
        return seq


def ring_in_turns(device: int, count: int) -> None:
    seq = settled(device, 0)
    for _ in range(count):
        seq = wait(device, seq, PATIENCE, ring=True)
    settled(device, seq)


def ring_at_once(device: int, count: int) -> int:
    """How many were put together with others."""
    merged = [0] * THREADS
    start = counters(device)
    unanswered = start["rings"] - start["received"]

    def answers_come() -> None:
        deadline = time.monotonic() + PATIENCE
        rung = counters(device)["rings"]
        while counters(device)["received"] + unanswered < rung:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to ring {rung}")
            time.sleep(0.001)

    def ring(thread: int) -> None:
        for number in range(count // THREADS):
            merged[thread] += notify(device)
            if number % UNANSWERED == 0:
                answers_come()

    threads = [threading.Thread(target=ring, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settled(device, 0)
    return sum(merged)


def main(path: str, round_trips: str, notifications: str) -> None:
    with open(path, "r+b", buffering=0) as file:
        device = file.fileno()
        start = counters(device)
        ring_in_turns(device, int(round_trips))
        turns = counters(device)
        merged = ring_at_once(device, int(notifications))
        burst = counters(device)
        ring_in_turns(device, 1)
    counted = {
        "turns": {name: turns[name] - start[name] for name in turns},
        "burst": {name: burst[name] - turns[name] for name in turns} | {"merged": merged},
    }
    print(json.dumps(counted))


if __name__ == "__main__":
    main(*sys.argv[1:])
