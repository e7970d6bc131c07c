# SPDX-License-Identifier: BSD-3-Clause
"""Without the driver there is no /dev/mcapiN: programs say so, and still talk locally."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.programs import Address, Board, ProgramError

from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature(["link", "pair"])


@pytest.fixture
def bare(boards: tuple[Board, Board]) -> Iterator[Board]:
    board = boards[0]
    board.shell.run_check("rmmod mcapi")
    yield board
    board.shell.run_check("modprobe mcapi")
    assert board.wait_until(is_in_state("board-b", "up"))


def test_programs_say_what_is_missing(bare: Board) -> None:
    with pytest.raises(ProgramError, match=r"no /dev/mcapi.*load the mcapi driver"):
        bare.ping("C", 1, Address(2, 10), count=1, timeout=1)
    with pytest.raises(ProgramError, match=r"no /dev/mcapi.*load the mcapi driver"):
        bare.ping("Python", 1, Address(2, 10), count=1, timeout=1)


def test_local_link_still_works(bare: Board) -> None:
    echo = bare.start_echo("C", 10)
    assert bare.ping("Python", 1, echo, count=20)["errors"] == 0
    bare.stop_echoes()


def test_boards_meet_again_when_the_driver_is_back(
    boards: tuple[Board, Board], bare: Board
) -> None:
    a, b = boards
    bare.shell.run_check("modprobe mcapi")
    assert a.ping("C", 1, b.start_echo("C", 10), count=20)["errors"] == 0
