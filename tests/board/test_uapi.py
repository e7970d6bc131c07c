# SPDX-License-Identifier: BSD-3-Clause
"""The user-space interface of /dev/mcapiN on a board."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lab.programs import Board

from .conftest import PROGRAMS
from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature("link")

DRIVER = "/sys/bus/platform/drivers/mcapi-link"


@pytest.fixture
def loopback(boards: tuple[Board, Board]) -> Iterator[Board]:
    board = boards[0]
    board.shell.run_check("modprobe mailbox-loopback")
    yield board
    # A controller stays as long as the core is its client.
    board.shell.run_check("rmmod mcapi && rmmod mailbox-loopback && modprobe mcapi")


def run_passes(board: Board, command: str, timeout: int = 90) -> None:
    output, _, status = board.shell.run(command, timeout=timeout)
    print("\n".join(output))
    assert status == 0, "\n".join(output)
    assert not [line for line in output if line.startswith("not ok") or "# SKIP" in line]


def run_uapi_test(board: Board, program: str = "mcapi-uapi-test", timeout: int = 90) -> None:
    ends = [f"$(readlink -f /dev/mcapi/by-name/loopback-{side})" for side in (0, 1)]
    for end in ends:
        assert board.wait_until(f"test -c {end}")
    run_passes(board, f"{program} --driver {DRIVER} {' '.join(ends)}", timeout)


@pytest.mark.lg_feature("loopback")
def test_calls_on_loopback(loopback: Board) -> None:
    run_uapi_test(loopback)


@pytest.mark.lg_feature(["loopback", "word32"])
def test_calls_of_a_32_bit_program(loopback: Board) -> None:
    run_uapi_test(loopback, "mcapi-uapi-test32")


@pytest.mark.lg_feature("loopback")
@pytest.mark.skipif(not os.environ.get("MCAPI_STRESS"), reason="takes minutes: make stress")
@pytest.mark.timeout(900)
def test_calls_at_length(loopback: Board) -> None:
    """100,000 doorbells from several threads, 1,000,000 random calls, 100,000 mappings."""
    run_uapi_test(loopback, "mcapi-uapi-test --long", timeout=800)


@pytest.mark.lg_feature("loopback")
@pytest.mark.parametrize("variant", ["late-thread", "poll", "ack", "drop"])
def test_calls_on_other_controllers(loopback: Board, variant: str) -> None:
    """The loopback behaves as the mailboxes of real boards do."""
    run_passes(
        loopback,
        f"VARIANTS={variant} mcapi-loopback-test mcapi-uapi-test --driver {DRIVER}",
    )


def test_driver_in_use_cannot_be_unloaded(boards: tuple[Board, Board]) -> None:
    """Whoever has a device open keeps the module, and nothing is torn down under them."""
    board = boards[0]
    hold = "exec 3<>/dev/mcapi0; echo $$ >/tmp/holder; exec sleep 1000"
    board.shell.run_check(f"sh -c '{hold}' >/dev/null 2>&1 &")
    assert board.wait_until("test -s /tmp/holder")
    assert board.shell.run("rmmod mcapi")[2] != 0
    assert board.shell.run_check("cat /sys/module/mcapi/initstate") == ["live"]
    board.shell.run_check("kill $(cat /tmp/holder); rm /tmp/holder")
    assert board.wait_until("rmmod mcapi")
    board.shell.run_check("modprobe mcapi")
    assert board.wait_until(is_in_state("board-b", "up")), board.link_state("board-b")


def test_wrong_calls_from_python(boards: tuple[Board, Board]) -> None:
    """Unknown commands and wrong sizes are refused by number, and nothing crashes."""
    board = boards[0]
    board.put("/tmp/wrong_calls.py", (PROGRAMS / "wrong_calls.py").read_text())
    output, _, status = board.shell.run("python3 /tmp/wrong_calls.py /dev/mcapi0 2>&1")
    assert status == 0, "\n".join(output)
