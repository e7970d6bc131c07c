# SPDX-License-Identifier: BSD-3-Clause
"""What a person sees of a link: mcapi-info, mcapi-top and the files in sysfs."""

from __future__ import annotations

import re

import pytest

from lab.paths import ROOT
from lab.programs import Board

from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature("link")

ABI = ROOT / "driver/Documentation/ABI/testing/sysfs-class-mcapi"


@pytest.mark.lg_feature("pair")
def test_info_shows_nodes_of_both_sides(boards: tuple[Board, Board]) -> None:
    a, b = boards
    assert a.wait_until(is_in_state("board-b", "up"))
    a.start_echo("C", 21)
    b.start_echo("Python", 22)
    text = "\n".join(a.shell.run_check("mcapi-info /dev/mcapi/by-name/board-b"))
    assert re.search(r"^mcapi\d+  board-b  up  side 0 ", text)
    assert re.search(r"^  here   node 1:21  .* endpoints [1-9]", text, re.MULTILINE)
    assert re.search(r"^  there  node 2:22  .* endpoints [1-9]", text, re.MULTILINE)


@pytest.mark.lg_feature("pair")
def test_info_shows_what_waits_between_nodes(boards: tuple[Board, Board]) -> None:
    """A message to a node that is stopped takes a slot of the ring to it."""
    a, b = boards
    assert a.wait_until(is_in_state("board-b", "up"))
    peer = b.start_echo("C", 22)
    ping = f"{a.program('C', 'ping')} --domain 1 --node 23 --peer {peer}"
    ping += " --sizes 8 --count 1 --timeout 60"
    b.shell.run_check("kill -STOP $(cat /tmp/echoes)")
    try:
        a.shell.run_check(f"{ping} >/tmp/ping.log 2>&1 & echo $! >/tmp/ping.pid")
        waits = r"^    to 2:22  [1-9][0-9]* of [1-9][0-9]* slots wait\$"
        info = "mcapi-info /dev/mcapi/by-name/board-b"
        found = a.wait_until(f'{info} | grep -A9 "^  here   node 1:23 " | grep -q "{waits}"')
        shown = "\n".join(a.shell.run_check(f"{info}; cat /tmp/ping.log"))
    finally:
        b.shell.run_check("kill -CONT $(cat /tmp/echoes)")
    assert a.wait_until("! kill -0 $(cat /tmp/ping.pid) 2>/dev/null")
    assert found, shown


def test_top_shows_rates(boards: tuple[Board, Board]) -> None:
    lines = boards[0].shell.run_check("mcapi-top -n 2 -d 0.2 </dev/null | cat")
    assert len([line for line in lines if line.startswith("link ")]) == 2
    assert any(re.match(r"mcapi0 +board-b +\w+ +\d+ ", line) for line in lines)


def test_sysfs_is_as_documented(boards: tuple[Board, Board]) -> None:
    board, folder = boards[0], "/sys/class/mcapi/mcapi0"
    words = ABI.read_text()
    known = set(re.findall(r"^What:\t\t/sys/class/mcapi/mcapiN/(\w+)$", words, re.MULTILINE))
    counters = re.search(r"mcapiN/statistics/\{(.*)\}$", words, re.MULTILINE)
    assert known
    assert counters
    # what every device has
    others = {"dev", "device", "power", "subsystem", "uevent", "statistics"}
    assert set(" ".join(board.shell.run_check(f"ls {folder}")).split()) - others == known
    found = set(" ".join(board.shell.run_check(f"ls {folder}/statistics")).split())
    assert found == set(counters[1].split(","))
    assert int(board.shell.run_check(f"cat {folder}/statistics/rings")[0]) > 0
