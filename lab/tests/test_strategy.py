# SPDX-License-Identifier: BSD-3-Clause
"""The board's strategy, on drivers that only write down what is done to them."""

from __future__ import annotations

from typing import Any

import attr
import pytest
from labgrid import Target
from labgrid.driver import Driver
from labgrid.protocol import CommandProtocol, PowerProtocol
from labgrid.strategy import StrategyError
from pexpect import TIMEOUT

from lab.drivers import BoardError
from lab.strategies import BoardStrategy, Status


@attr.s(eq=False)
class FakePower(Driver, PowerProtocol):  # type: ignore[misc] # labgrid has no types
    calls: list[str] = attr.ib(factory=list, kw_only=True)

    def on(self) -> None:
        self.calls.append("on")

    def off(self) -> None:
        self.calls.append("off")

    def cycle(self) -> None:
        raise NotImplementedError


@attr.s(eq=False)
class FakeShell(Driver, CommandProtocol):  # type: ignore[misc] # labgrid has no types
    calls: list[str] = attr.ib(kw_only=True)
    boots: bool = attr.ib(default=True, kw_only=True)
    login_timeout = 7

    def on_activate(self) -> None:
        self.calls.append("log in")
        if not self.boots:
            raise TIMEOUT("silence")

    def on_deactivate(self) -> None:
        self.calls.append("log out")

    def run(self, command: str) -> Any:
        raise NotImplementedError

    def run_check(self, command: str) -> Any:
        raise NotImplementedError

    def get_status(self) -> Any:
        raise NotImplementedError

    def wait_for(self) -> Any:
        raise NotImplementedError

    def poll_until_success(self) -> Any:
        raise NotImplementedError


def new(kind: Any, target: Target, **given: Any) -> Any:
    """A driver; labgrid's part of its arguments has no types."""
    return kind(target, None, **given)


class Board:
    """A target with fake drivers and the real strategy."""

    def __init__(self, boots: bool = True) -> None:
        self.calls: list[str] = []
        self.target = Target("board-a")
        self.power = new(FakePower, self.target, calls=self.calls)
        self.shell = new(FakeShell, self.target, calls=self.calls, boots=boots)
        self.strategy = new(BoardStrategy, self.target)

    def calls_of(self, status: str) -> list[str]:
        """What a transition does."""
        self.calls.clear()
        self.strategy.transition(status)
        return list(self.calls)


def test_a_shell_starts_from_off() -> None:
    assert Board().calls_of("shell") == ["off", "on", "log in"]


def test_transitions_are_idempotent() -> None:
    board = Board()
    for status in ("off", "on", "shell"):
        assert board.calls_of(status)
        assert board.calls_of(status) == []


def test_a_board_that_is_on_is_not_started_again() -> None:
    board = Board()
    board.calls_of("on")
    assert board.calls_of("shell") == ["log in"]


def test_off_logs_out_first() -> None:
    board = Board()
    board.calls_of("shell")
    assert board.calls_of("off") == ["log out", "off"]


def test_on_starts_a_running_board_again() -> None:
    board = Board()
    board.calls_of("shell")
    assert board.calls_of("on") == ["log out", "off", "on"]


def test_a_board_that_does_not_boot_breaks_the_strategy_until_reset() -> None:
    board = Board(boots=False)
    with pytest.raises(StrategyError) as first:
        board.strategy.transition("shell")
    assert isinstance(first.value.__cause__, BoardError)
    assert "did not boot to a shell in 7 s" in str(first.value.__cause__)
    with pytest.raises(StrategyError) as second:
        board.calls_of("shell")
    assert board.calls == []
    assert second.value.__cause__ is first.value.__cause__

    board.shell.boots = True
    board.strategy.reset()
    assert board.calls_of("shell") == ["off", "on", "log in"]


def test_power_cut_says_nothing_to_the_board() -> None:
    board = Board()
    board.calls_of("shell")
    board.calls.clear()
    board.strategy.cut_power()
    assert board.calls == ["log out", "off"]
    assert board.strategy.status is Status.off


def test_nobody_can_go_to_unknown() -> None:
    with pytest.raises(StrategyError):
        Board().strategy.transition("unknown")


def test_force_takes_the_board_as_it_is() -> None:
    board = Board()
    board.strategy.force("shell")
    assert board.calls == ["log in"]
    assert board.calls_of("shell") == []
