# SPDX-License-Identifier: BSD-3-Clause
"""Each board has its links under stable names, with the right owner, and up."""

from __future__ import annotations

import pytest

from lab.programs import Board, Host

pytestmark = pytest.mark.lg_feature(["link", "pair"])

Boards = tuple[Board, Board]


def is_in_state(label: str, state: str) -> str:
    """A shell command that succeeds while a link is in a state."""
    device = f"$(basename $(readlink -f /dev/mcapi/by-name/{label}))"
    return f"grep -qx {state} /sys/class/mcapi/{device}/link_state"


def test_link_between_the_boards_is_up_on_both(boards: Boards) -> None:
    a, b = boards
    assert a.wait_until(is_in_state("board-b", "up")), a.link_state("board-b")
    assert b.wait_until(is_in_state("board-a", "up")), b.link_state("board-a")


def test_devices_belong_to_the_group(boards: Boards) -> None:
    for board in boards:
        modes = board.shell.run_check("stat -L -c '%a %U:%G' /dev/mcapi[0-9]*")
        assert set(modes) == {"660 root:mcapi"}


def test_first_device_leads_to_the_other_board(boards: Boards) -> None:
    a, b = boards
    assert a.shell.run_check("cat /sys/class/mcapi/mcapi0/label") == ["board-b"]
    assert b.shell.run_check("cat /sys/class/mcapi/mcapi0/label") == ["board-a"]


@pytest.mark.lg_feature("emulated")
def test_link_to_the_host_follows_the_host(boards: Boards, host: Host) -> None:
    for board in boards:
        assert board.wait_until(is_in_state("host", "down")), board.link_state("host")
    host.start_echo("C", 10)
    for board in boards:
        assert board.wait_until(is_in_state("host", "up")), board.link_state("host")
    host.stop_echoes()
    for board in boards:
        assert board.wait_until(is_in_state("host", "down")), board.link_state("host")
