# SPDX-License-Identifier: BSD-3-Clause
"""How long a round trip of two wake-ups takes: python -m lab.latency.

Two threads of an emulated board wake each other over a loopback pair, by themselves and,
as real-time threads, above a process that never sleeps. The board's clock counts its
instructions, so that the figures compare kernels, and say nothing of hardware.
"""

from __future__ import annotations

import re
import sys
import time

from lab import build, debian, session
from lab.programs import Board

RUNS = 3
TIMEOUT = 300
ENDS = [f"$(readlink -f /dev/mcapi/by-name/loopback-{side})" for side in (0, 1)]
TEST = "mcapi-uapi-test --long --only trip"
# Debian's BusyBox has no chrt.
FIFO = """\
import os, sys
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
os.execvp(sys.argv[1], sys.argv[1:])
"""
# The process that never sleeps ends with the test.
ABOVE = f"(while :; do :; done) & python3 /tmp/fifo.py {TEST}"
_TIMES = re.compile(
    r"# (\d+) round trips: p50 (\d+) us, p99 (\d+) us, p99.9 (\d+) us, longest (\d+) us"
)


def _run(board: Board, command: str) -> tuple[str, ...]:
    script = f'{command} {" ".join(ENDS)}; status=$?; [ -z "$!" ] || kill $!; exit $status'
    output = board.shell.run_check(f"sh -c '{script}'", timeout=TIMEOUT)
    found = [match.groups() for line in output if (match := _TIMES.match(line))]
    assert len(found) == 1, "\n".join(output)
    return found[0]


def main() -> int:
    build.build_board(debian.ARM64, lambda step, seconds: None)
    folder = session.new_run("latency")
    environment = session.environment(folder, "latency")
    try:
        target = environment.get_target("board-a")
        session.boot(target)
        board = Board("board-a", 1, target.get_driver("CommandProtocol"))
        board.put("/tmp/fifo.py", FIFO)
        board.shell.run_check("modprobe mailbox-loopback")
        for end in ENDS:
            assert board.wait_until(f"test -c {end}")
        kernel = board.shell.run_check("uname -r")[0]
        print(f"{time.strftime('%Y-%m-%d')}, {kernel}")
        print("| threads | round trips | p50 | p99 | p99.9 | longest, in us |")
        print("|---|---|---|---|---|---|")
        for name, command in (("ordinary", TEST), ("real-time, above a busy process", ABOVE)):
            for _ in range(RUNS):
                print(f"| {name} | {' | '.join(_run(board, command))} |", flush=True)
    finally:
        environment.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
