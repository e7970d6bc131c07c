# SPDX-License-Identifier: BSD-3-Clause
"""How a board gets from off to a shell, the same for emulated and real boards."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

import attr
from labgrid import target_factory
from labgrid.protocol import CommandProtocol, PowerProtocol
from labgrid.step import step
from labgrid.strategy import Strategy, StrategyError, never_retry
from pexpect import EOF, TIMEOUT

from lab.drivers.board import BoardError


class Status(enum.Enum):
    unknown = 0
    off = 1
    on = 2
    shell = 3


@target_factory.reg_driver
@attr.s(eq=False)
class BoardStrategy(Strategy):  # type: ignore[misc] # labgrid has no types
    """off, on (it boots), shell (it has booted and takes commands).

    Transitions are idempotent. The first one that fails breaks the strategy:
    every later one gives the same error at once, until reset().
    """

    bindings: ClassVar[dict[str, type]] = {"power": PowerProtocol, "shell": CommandProtocol}

    status: Status = attr.ib(default=Status.unknown)

    @never_retry  # type: ignore[untyped-decorator]
    @step(args=["status"])  # type: ignore[untyped-decorator]
    def transition(self, status: Status | str, *, step: Any) -> None:
        if not isinstance(status, Status):
            status = Status[status]
        if status is Status.unknown:
            raise StrategyError(f"{self.target.name}: nobody can go to {status.name}")
        if status is self.status:
            step.skip("nothing to do")
            return
        if status is Status.off:
            self._off()
        elif status is Status.on:
            self._on()
        elif status is Status.shell:
            if self.status is not Status.on:
                self._on()
            self._boot()
        self.status = status

    def force(self, status: Status | str) -> None:
        """Take the board as being in a state (during development)."""
        status = status if isinstance(status, Status) else Status[status]
        self.target.activate(self.power)
        if status is Status.shell:
            self.target.activate(self.shell)
        self.status = status

    def cut_power(self) -> None:
        """End the board without a word to it, as a power cut does."""
        self.target.deactivate(self.shell)
        self.target.activate(self.power)
        getattr(self.power, "kill", self.power.off)()
        self.status = Status.off

    def reset(self) -> None:
        """Forget what went wrong and what was known: the next transition starts from off."""
        self.broken = None
        self.status = Status.unknown

    def _off(self) -> None:
        self.target.deactivate(self.shell)
        self.target.activate(self.power)
        self.power.off()

    def _on(self) -> None:
        self._off()
        self.power.on()

    def _boot(self) -> None:
        try:
            self.target.activate(self.shell)
        except (TIMEOUT, EOF) as error:
            log = getattr(self.power, "console_log", "the console of the board")
            raise BoardError(
                f"{self.target.name} did not boot to a shell in "
                f"{self.shell.login_timeout} s; read {log}"
            ) from error
