# SPDX-License-Identifier: BSD-3-Clause
"""What a message between two emulated boards costs in interrupts: python -m lab.doorbells.

    python -m lab.doorbells [--record]

Runs mcapi-doorbells on both boards, with suppression and without. --record writes the
table into docs/doorbells.md.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lab import build, debian, session
from lab.paths import ROOT
from lab.programs import Board
from lab.steps import Notify

PAGE = ROOT / "docs/doorbells.md"
RUNS = 5
COUNTS = {"turns": 1000, "stream": 20000}
TIMEOUT = 120
_BEGIN, _END = "<!-- results: written by make doorbells -->", "<!-- end of results -->"


@dataclass(frozen=True)
class Count:
    """What both ends counted together, in one run."""

    messages: int
    notifications: int
    rings: int
    coalesced: int
    received: int
    sleeps: int


def measure(a: Board, b: Board, kind: str, count: int, *, always: bool) -> Count:
    """One run over the link of the two boards."""
    program = f"mcapi-doorbells{' --always' if always else ''}"
    log = "/tmp/doorbells"
    b.shell.run_check(
        f"rm -f {log}*; ({program} answer /dev/mcapi/by-name/board-a >{log} 2>&1; "
        f"mv {log} {log}.done) &"
    )
    here = json.loads(a.output(f"{program} {kind} {count} /dev/mcapi/by-name/board-b", TIMEOUT))
    assert b.wait_until(f"test -e {log}.done"), "the end that answers does not end"
    there = json.loads(b.shell.run_check(f"cat {log}.done")[0])
    return Count(**{name: here[name] + there[name] for name in Count.__dataclass_fields__})


def _lines(a: Board, b: Board) -> list[str]:
    lines = [
        "| messages | doorbells | interrupts per message | least to most | NOTIFY per message |",
        "|---|---|---|---|---|",
    ]
    for kind, count in COUNTS.items():
        for always in (True, False):
            counts = [measure(a, b, kind, count, always=always) for _ in range(RUNS)]
            costs = [one.received / one.messages for one in counts]
            asked = statistics.median(one.notifications / one.messages for one in counts)
            lines.append(
                f"| {kind} | {'always' if always else 'suppressed'} "
                f"| {statistics.median(costs):.3g} | {min(costs):.3g} to {max(costs):.3g} "
                f"| {asked:.3g} |"
            )
            print(lines[-1], flush=True)
    return lines


def run(notify: Notify) -> list[str]:
    build.build_host(notify)
    build.build_board(debian.ARM64, notify)
    with session.Session("doorbells") as lab:
        targets = {name: lab.board(name) for name in build.EMULATED_BOARDS}
        session.boot(*targets.values())
        a, b = (
            Board(name, domain, target.get_driver("CommandProtocol"))
            for domain, (name, target) in enumerate(targets.items(), 1)
        )
        kernel = a.shell.run_check("uname -r")[0]
        load = Path("/proc/loadavg").read_text().split()[0]
        return [
            f"Measured {time.strftime('%Y-%m-%d')}: two arm64 boards with one processor each, "
            f"Linux {kernel},",
            f"emulated by QEMU (TCG) on a machine whose load was {load} at the start; median of "
            f"{RUNS} runs of",
            " and ".join(f"{count} messages ({kind})" for kind, count in COUNTS.items()) + ".",
            "",
            *_lines(a, b),
        ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.doorbells", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"into {PAGE.name}, too")
    arguments = parser.parse_args()
    results = run(lambda name, seconds: print(name) if seconds is None else None)
    if arguments.record:
        between = re.compile(f"(?<={re.escape(_BEGIN)}\n).*?(?={re.escape(_END)})", re.DOTALL)
        text, changes = between.subn("\n".join(results) + "\n", PAGE.read_text())
        assert changes == 1, f"{PAGE} has not one place for results"
        PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
