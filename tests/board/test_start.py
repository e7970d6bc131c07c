# SPDX-License-Identifier: BSD-3-Clause
"""A board that cannot start says so within seconds, and names the log to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from labgrid import Environment
from labgrid.strategy import StrategyError

from lab.server import Server
from lab.session import TARGETS
from lab.topology import BOARDS

pytestmark = [pytest.mark.lg_feature("emulated"), pytest.mark.timeout(60)]

Make = Callable[..., Any]


@pytest.fixture
def make_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Board A with some of its words replaced, and files of its own."""
    environments: list[Environment] = []

    def make(*replacements: tuple[str, str]) -> Any:
        text = (TARGETS / "boards.yaml").read_text()
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "boards.yaml"
        file.write_text(text)
        monkeypatch.setenv("LG_RUN", str(tmp_path))
        environments.append(Environment(str(file)))
        return environments[-1].get_target("board-a")

    yield make
    for environment in environments:
        environment.cleanup()


def failure(board: Any) -> str:
    """What the first attempt to boot says; the second must say the same at once."""
    strategy = board.get_strategy()
    with pytest.raises(StrategyError) as first:
        strategy.transition("shell")
    with pytest.raises(StrategyError) as second:
        strategy.transition("shell")
    assert second.value.__cause__ is first.value.__cause__
    return str(first.value.__cause__)


def test_no_emulator(make_board: Make) -> None:
    board = make_board(("qemu: qemu-system-aarch64", "qemu: qemu-system-none"))
    assert "no qemu-system-none on this machine" in failure(board)


def test_no_server(make_board: Make, tmp_path: Path) -> None:
    text = failure(make_board())
    assert f"socket {tmp_path}/iv.0.sock is missing; start the server" in text


def test_emulator_dies_at_start(make_board: Make, tmp_path: Path) -> None:
    with Server(BOARDS, tmp_path):
        text = failure(make_board(("-smp 1", "-smp 1 -device no-such-device")))
    log = tmp_path / "qemu-board-a.log"
    assert "QEMU did not start" in text
    assert "no-such-device" in text
    assert str(log) in text
    assert "no-such-device" in log.read_text()


def test_kernel_panics(make_board: Make, tmp_path: Path) -> None:
    with Server(BOARDS, tmp_path):
        text = failure(make_board(("rdinit=/init", "rdinit=/no-such-init")))
    log = tmp_path / "console-board-a.log"
    assert "board-a died" in text
    assert str(log) in text
    assert "Kernel panic" in log.read_text()


def test_board_hangs(make_board: Make, tmp_path: Path) -> None:
    hang = ("lab.board=board-a", "lab.board=board-a -- sleep 1000")
    soon = ("login_timeout: ", "login_timeout: 5  # ")
    with Server(BOARDS, tmp_path):
        text = failure(make_board(("rdinit=/init", "rdinit=/bin/busybox"), hang, soon))
    assert "did not boot to a shell in 5 s" in text
    assert str(tmp_path / "console-board-a.log") in text


def test_emulator_dies_later(make_board: Make, tmp_path: Path) -> None:
    with Server(BOARDS, tmp_path):
        board = make_board()
        board.get_strategy().transition("shell")
        shell = board.get_driver("CommandProtocol")
        with pytest.raises(Exception, match="board-a died"):
            shell.run("poweroff -f")
