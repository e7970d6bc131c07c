# SPDX-License-Identifier: BSD-3-Clause
"""The peer is a processor that the board starts and stops: its life is the link's.

The host plays it. Its header stays in the window whatever happens to the processor, so
that what takes the link down is the board's remoteproc alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labgrid import Environment

from lab.peer import Peer
from lab.programs import Board
from lab.server import Server
from lab.session import TARGETS
from lab.topology import BOARDS, HOST
from lab.wire import MAJOR

from .test_hostile import EPOCHS, write_head
from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature(["emulated", "loopback"])

LINK = BOARDS.link("host", "board-a")
PARAMETERS = "/sys/module/mcapi_test_rproc/parameters"
PROCESSOR = "/sys/class/remoteproc/remoteproc0"
CRASH = "/sys/kernel/debug/remoteproc/remoteproc0/crash"


@pytest.fixture(scope="module")
def folder(run_folder: Path) -> Path:
    return run_folder / "remoteproc"


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[Peer]:
    with Server(BOARDS, folder) as server:
        peer = Peer(server.socket_of(HOST), BOARDS.vectors)
        yield peer
        peer.close()


@pytest.fixture(scope="module")
def board(folder: Path, host: Peer) -> Iterator[Board]:
    targets = (TARGETS / "boards.yaml").read_text()
    assert "devicetree/board-a.dtb" in targets
    file = folder / "boards.yaml"
    file.write_text(targets.replace("devicetree/board-a.dtb", "devicetree/rproc.dtb"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LG_RUN", str(folder))
        environment = Environment(str(file))
    target = environment.get_target("board-a")
    target.get_strategy().transition("shell")
    board = Board("board-a", 1, target.get_driver("CommandProtocol"))
    # What the kernel has to say comes at any time, and must not come into the shell's answers.
    board.shell.run_check("dmesg -n 1")
    board.shell.run_check("mount -t debugfs debugfs /sys/kernel/debug")
    board.shell.run_check("mkdir -p /lib/firmware; echo nothing >/lib/firmware/mcapi-test-rproc")
    yield board
    environment.cleanup()


def ring(board: Board, host: Peer) -> None:
    """Returns when the doorbell has come."""
    device = "$(basename $(readlink -f /dev/mcapi/by-name/host))"
    received = f"/sys/class/mcapi/{device}/statistics/received"
    before = board.shell.run_check(f"cat {received}")[0]
    host.ring(LINK.a)
    assert board.wait_until(f"[ $(cat {received}) != {before} ]")


def live(board: Board, host: Peer) -> None:
    """The firmware writes the header of a new life, as it does whenever it starts."""
    write_head(host, LINK, MAJOR)
    assert board.wait_until(is_in_state("host", "up")), board.link_state("host")


def test_link_waits_for_its_processor(board: Board) -> None:
    links = "cat /sys/class/mcapi/mcapi*/label"
    assert board.shell.run_check(links) == ["board-b"]
    board.shell.run_check("modprobe mcapi-test-rproc")
    assert board.wait_until("test -c /dev/mcapi/by-name/host")


def test_stopped_processor_is_not_there(board: Board, host: Peer) -> None:
    write_head(host, LINK, MAJOR)
    ring(board, host)
    assert board.link_state("host") == "down"
    board.shell.run_check(f"echo start >{PROCESSOR}/state")
    live(board, host)
    board.shell.run_check(f"echo stop >{PROCESSOR}/state")
    assert board.wait_until(is_in_state("host", "down"))


def test_what_a_stopped_processor_left_is_not_believed(board: Board, host: Peer) -> None:
    board.shell.run_check(f"echo start >{PROCESSOR}/state")
    assert board.shell.run_check(f"cat {PROCESSOR}/state") == ["running"]
    ring(board, host)
    assert board.link_state("host") == "down"
    live(board, host)


def test_crash_takes_the_link_down(board: Board, host: Peer) -> None:
    board.shell.run_check(f"echo 1 >{CRASH}")
    assert board.wait_until(is_in_state("host", "down"))
    assert board.wait_until(f"grep -qx running {PROCESSOR}/state")
    live(board, host)
    assert not board.shell.run("dmesg | grep -E 'BUG|WARNING|Oops|Call trace'")[0]


def test_firmware_may_be_quicker_than_its_driver(board: Board, host: Peer) -> None:
    """Its header is there, and is looked at, before it is said to have started."""
    board.shell.run_check(f"echo stop >{PROCESSOR}/state; echo 1 >{PARAMETERS}/hold")
    board.shell.run_check(f"echo start >{PROCESSOR}/state &")
    assert board.wait_until(f"grep -qx Y {PARAMETERS}/starting")
    write_head(host, LINK, MAJOR)
    ring(board, host)
    board.shell.run_check(f"echo 0 >{PARAMETERS}/hold")
    assert board.wait_until(f"grep -qx running {PROCESSOR}/state")
    assert board.wait_until(is_in_state("host", "up")), board.link_state("host")


def test_link_ends_before_its_processor(board: Board) -> None:
    """A processor that a link refers to cannot be unloaded under it; unbound, it takes it along."""
    driver = "/sys/bus/platform/drivers/mcapi-test-rproc"
    node = "$(basename $(readlink -f /dev/mcapi/by-name/host))"
    device = board.shell.run_check(f"basename $(readlink /sys/class/mcapi/{node}/device)")[0]
    board.shell.run_check(f"echo remoteproc >{driver}/unbind")
    assert board.wait_until("! test -L /dev/mcapi/by-name/host")
    board.shell.run_check(f"echo remoteproc >{driver}/bind")
    board.shell.run_check(f"echo {device} >/sys/bus/platform/drivers/mcapi-link/bind")
    assert board.wait_until("test -c /dev/mcapi/by-name/host")
    assert board.shell.run("rmmod mcapi-test-rproc")[2] != 0
    board.shell.run_check("rmmod mcapi && rmmod mcapi-test-rproc")


def test_processor_that_runs_already(board: Board, host: Peer) -> None:
    """Somebody else has started it; its life goes on while this system comes and goes."""
    epoch = next(EPOCHS)
    write_head(host, LINK, MAJOR, epoch)
    board.shell.run_check("modprobe mcapi-test-rproc attached=1 && modprobe mcapi")
    assert board.wait_until("test -c /dev/mcapi/by-name/host")
    assert board.shell.run_check(f"cat {PROCESSOR}/state") == ["detached"]
    write_head(host, LINK, MAJOR, epoch)
    assert board.wait_until(is_in_state("host", "up")), board.link_state("host")
    for _ in range(2):
        board.shell.run_check(f"echo start >{PROCESSOR}/state")
        assert board.shell.run_check(f"cat {PROCESSOR}/state") == ["attached"]
        assert board.wait_until(is_in_state("host", "up")), board.link_state("host")
        board.shell.run_check(f"echo detach >{PROCESSOR}/state")
        assert board.wait_until(is_in_state("host", "down"))


def test_crashed_processor_restarts_itself(board: Board, host: Peer) -> None:
    """The core detaches and attaches, which leaves a life as it is; but this is a new one."""
    board.shell.run_check(f"echo start >{PROCESSOR}/state")
    assert board.wait_until(is_in_state("host", "up")), board.link_state("host")
    board.shell.run_check(f"echo 1 >{CRASH}")
    assert board.wait_until(is_in_state("host", "down"))
    assert board.wait_until(f"grep -qx attached {PROCESSOR}/state")
    ring(board, host)
    assert board.link_state("host") == "down"
    live(board, host)
    board.shell.run_check("rmmod mcapi && rmmod mcapi-test-rproc")


def test_unknown_controller_is_refused(board: Board) -> None:
    """What a mailbox does with a message, nobody knows but its driver: ask, do not guess."""
    found = "dmesg | grep -o 'mailbox controller metamcapi,test-rproc .*'"
    board.shell.run_check("dmesg -c >/dev/null; modprobe -a mcapi-test-rproc mcapi")
    assert "load mcapi with allow_unknown_controller=1" in board.shell.run_check(found)[0]
    board.shell.run_check("rmmod mcapi; dmesg -c >/dev/null")
    board.shell.run_check("modprobe mcapi allow_unknown_controller=1")
    assert "was never looked at" in board.shell.run_check(found)[0]
