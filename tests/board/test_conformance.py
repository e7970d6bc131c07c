# SPDX-License-Identifier: BSD-3-Clause
"""The library's own tests, with their nodes on two boards, and which status each function gave.

The programs run on board A. An agent on board B starts there what would be a
child process on one system; libmcapi/tests/remote.h has the protocol.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from lab.paths import BUILD, ROOT
from lab.programs import Board

# The programs are beside the driver's in the lab's own image.
pytestmark = [pytest.mark.lg_feature("pair"), pytest.mark.lg_feature("loopback")]

FOLDER = "/usr/libexec/libmcapi-tests"
RECORD = "/tmp/conformance.txt"
COLLECTED = BUILD / "check/conformance-boards.txt"

# Those whose nodes speak the API; the others look at one system's memory or processes.
PROGRAMS = (
    *("attribute", "chanstatus", "connect", "death", "endpoint", "files", "flow", "get"),
    *("long", "message", "node", "notinit", "pktchan", "pktpeer", "request", "sclchan"),
    *("watch", "zerocopy"),
)


def environment(label: str) -> str:
    device = f"$(readlink -f /dev/mcapi/by-name/{label})"
    return f"MCAPI_CONFORMANCE={RECORD} MCAPI_TEST_DEVICE={device}"


@pytest.fixture(scope="module")
def recorded() -> dict[str, set[str]]:
    """By program, the lines that its processes on both boards wrote."""
    return {}


@pytest.fixture
def pair(boards: tuple[Board, Board]) -> Iterator[tuple[Board, Board]]:
    """Both boards, with an agent on the second one."""
    a, b = boards
    for board in boards:
        board.shell.run_check(f"rm -f {RECORD}")
    b.shell.run_check(
        f"{environment('board-a')} {FOLDER}/agent >/tmp/agent.log 2>&1 & echo $! >/tmp/agent.pid"
    )
    assert b.wait_until("grep -q ready /tmp/agent.log")
    yield a, b
    b.shell.run_check("kill $(cat /tmp/agent.pid)")


@pytest.mark.parametrize("program", PROGRAMS)
def test_program(pair: tuple[Board, Board], recorded: dict[str, set[str]], program: str) -> None:
    output, _, status = pair[0].shell.run(
        f"{environment('board-b')} {FOLDER}/test_{program} 2>&1", timeout=115
    )
    assert status == 0, "\n".join(output)
    recorded[program] = {
        line for board in pair for line in board.shell.run_check(f"touch {RECORD}; cat {RECORD}")
    }
    COLLECTED.parent.mkdir(parents=True, exist_ok=True)
    COLLECTED.write_text("".join(f"{line}\n" for line in sorted(set().union(*recorded.values()))))


def test_statuses(recorded: dict[str, set[str]]) -> None:
    """What docs/conformance.md says of the boards is so."""
    if len(recorded) < len(PROGRAMS):
        pytest.skip("not all programs have run")
    report = ROOT / "libmcapi/conformance/report.py"
    done = subprocess.run(
        [sys.executable, report, "--check", "--boards", COLLECTED],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
