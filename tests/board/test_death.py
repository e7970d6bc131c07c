# SPDX-License-Identifier: BSD-3-Clause
"""A process or a whole board dies in mid-exchange.

Sends to it end with TRANSMISSION; a receive goes on waiting, because it names no
sender; who starts again can be reached again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from lab import session
from lab.programs import Board

from .conftest import PROGRAMS

pytestmark = pytest.mark.lg_feature(["link", "pair"])

LOG = "/tmp/survivor.log"
VICTIM_NODE = 7

# The promise is one second; this only keeps a hang from lasting for ever.
PATIENCE = 20.0


def put_programs(board: Board) -> None:
    for name in ("survivor", "victim"):
        board.put(f"/tmp/{name}.py", (PROGRAMS / f"{name}.py").read_text())


def start_victim(board: Board, survivor: Board, what: str) -> None:
    board.shell.run_check(
        f"python3 /tmp/victim.py {board.domain}:{VICTIM_NODE} {survivor.domain} {what} "
        ">/tmp/victim.log 2>&1 & echo $! >/tmp/victim.pid"
    )


def await_lines(board: Board, word: str, count: int) -> None:
    """Wait until the survivor has said a word so many times."""
    told = f"test $(grep -c '^{word}' {LOG}) -ge {count}"
    if not board.wait_until(told, PATIENCE):
        log = "\n".join(board.shell.run(f"cat {LOG}")[0])
        pytest.fail(f"no {word} for the {count}. time:\n{log}")


@pytest.fixture
def survivor(boards: tuple[Board, Board]) -> Iterator[Board]:
    a, b = boards
    put_programs(a)
    put_programs(b)
    a.shell.run_check(
        f"python3 /tmp/survivor.py {a.domain} {b.domain}:{VICTIM_NODE} "
        f">{LOG} 2>&1 & echo $! >/tmp/survivor.pid"
    )
    yield a
    a.shell.run("kill $(cat /tmp/survivor.pid)")


def print_delay(board: Board, since: float) -> None:
    """Say how long the news took (pytest -rP shows it); nothing asserts it."""
    print(f"known to the lab after {time.monotonic() - since:.3f} s; on the board:")
    print("\n".join(board.shell.run_check(f"grep ^lost {LOG}")))


@pytest.mark.parametrize("what", ["takes", "stuck"])
def test_process_is_killed(boards: tuple[Board, Board], survivor: Board, what: str) -> None:
    victim = boards[1]
    for life in (1, 2):
        start_victim(victim, survivor, what)
        await_lines(survivor, "received greetings", life)
        await_lines(survivor, "sending", life)
        since = time.monotonic()
        victim.shell.run_check("kill -9 $(cat /tmp/victim.pid)")
        await_lines(survivor, "lost", life)
    print_delay(survivor, since)


@pytest.mark.parametrize("what", ["takes", "stuck"])
def test_board_is_killed(env: Any, boards: tuple[Board, Board], survivor: Board, what: str) -> None:
    victim = boards[1]
    start_victim(victim, survivor, what)
    await_lines(survivor, "received greetings", 1)
    await_lines(survivor, "sending", 1)

    target = env.get_target(victim.name)
    since = time.monotonic()
    target.get_strategy().cut_power()
    await_lines(survivor, "lost", 1)
    print_delay(survivor, since)

    session.boot(target)
    victim.shell = target.get_driver("CommandProtocol")
    put_programs(victim)
    start_victim(victim, survivor, "takes")
    await_lines(survivor, "received greetings", 2)
    await_lines(survivor, "sending", 2)
    victim.shell.run_check("kill -9 $(cat /tmp/victim.pid)")
    await_lines(survivor, "lost", 2)
