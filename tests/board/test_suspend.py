# SPDX-License-Identifier: BSD-3-Clause
"""A board sleeps in mid-exchange, and goes on where it was."""

from __future__ import annotations

import json

import pytest

from lab.programs import Board

from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature(["link", "pair"])

NODE = 5
PM_TEST = "/sys/power/pm_test"
# All devices are suspended; five seconds later the kernel resumes by itself.
SUSPEND = f"echo devices >{PM_TEST} && echo freeze >/sys/power/state && echo none >{PM_TEST}"
REPORT, STOP = "/tmp/pings", "/tmp/stop"


def test_sleeping_board_goes_on(boards: tuple[Board, Board]) -> None:
    a, b = boards
    if a.shell.run(f"test -e {PM_TEST}")[2] != 0:
        pytest.skip("the kernel cannot try to suspend (CONFIG_PM_DEBUG)")
    assert a.wait_until(is_in_state("board-b", "up"))
    echo = a.start_echo("C", NODE)
    ping = f"{b.program('C', 'ping')} --domain {b.domain} --node {NODE} --peer {echo}"
    again = f"{ping} --sizes 8,4096 --count 100 --timeout 30 --json || echo failed"
    b.shell.run_check(f"rm -f {STOP}")
    b.shell.run_check(f"(until [ -e {STOP} ]; do {again}; done; echo end) >{REPORT} 2>&1 &")
    assert b.wait_until(f"grep -q errors {REPORT}")
    a.shell.run_check(SUSPEND, timeout=30)
    before = len(b.shell.run_check(f"cat {REPORT}"))
    assert b.wait_until(f"[ $(wc -l <{REPORT}) -gt {before + 1} ]"), "it is deaf"
    b.shell.run_check(f"touch {STOP}")
    assert b.wait_until(f"grep -q end {REPORT}", 40.0)
    *reports, _ = b.shell.run_check(f"cat {REPORT}")
    assert not [line for line in reports if json.loads(line)["errors"]]
    assert a.link_state("board-b") == b.link_state("board-a") == "up"
