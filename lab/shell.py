# SPDX-License-Identifier: BSD-3-Clause
"""The boards' consoles on this terminal, one at a time.

Ctrl-] is the escape key: followed by n it goes to the next board, by q it leaves,
by itself it is sent.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from lab import build, debian, session
from lab.drivers import BoardError, EmulatedBoardDriver
from lab.steps import Notify

ESCAPE = 0x1D  # Ctrl-]
_KEEP = 4096  # bytes of a board's output that are shown when it comes to the front


class Multiplexer:
    """Copies between one of several consoles and a terminal."""

    def __init__(self, consoles: dict[str, EmulatedBoardDriver], keys: int, screen: int) -> None:
        self._consoles = dict(consoles)
        self._unseen = dict.fromkeys(consoles, b"")
        self._keys = keys
        self._screen = screen
        self._front = next(iter(consoles))
        self._escaped = False

    def run(self) -> None:
        """Until the user leaves or the last board ends."""
        self._show(self._front)
        while self._consoles:
            fds = {console.fileno(): name for name, console in self._consoles.items()}
            ready, _, _ = select.select([self._keys, *fds], [], [])
            for fd in ready:
                if fd in fds:
                    self._output(fds[fd])
            if self._keys in ready and not self._input(os.read(self._keys, 1024)):
                return

    def _output(self, name: str) -> None:
        try:
            data: bytes = self._consoles[name].read(timeout=0)
        except BoardError:
            del self._consoles[name]
            self._say(f"{name} has ended")
            if name == self._front and self._consoles:
                self._show(next(iter(self._consoles)))
            return
        if name == self._front:
            os.write(self._screen, data)
        else:
            self._unseen[name] = (self._unseen[name] + data)[-_KEEP:]

    def _input(self, data: bytes) -> bool:
        """False when the user leaves."""
        if not data:
            return False
        plain = bytearray()
        for key in data:
            if not self._escaped:
                self._escaped = key == ESCAPE
                if not self._escaped:
                    plain.append(key)
                continue
            self._escaped = False
            if key == ESCAPE:
                plain.append(key)
            elif key in b"qQ":
                return False
            elif key in b"nN":
                self._send(plain)
                plain.clear()
                names = list(self._consoles)
                self._show(names[(names.index(self._front) + 1) % len(names)])
        self._send(plain)
        return True

    def _send(self, data: bytearray) -> None:
        if data:
            self._consoles[self._front].write(bytes(data))

    def _show(self, name: str) -> None:
        self._front = name
        self._say(f"{name}  (Ctrl-] n: next board, Ctrl-] q: leave)")
        os.write(self._screen, self._unseen[name])
        self._unseen[name] = b""
        # The shell prints its prompt again.
        self._consoles[name].write(b"\n")

    def _say(self, text: str) -> None:
        os.write(self._screen, f"\r\n[{text}]\r\n".encode())


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Every key goes to the board, Ctrl-C too."""
    before = termios.tcgetattr(terminal)
    try:
        tty.setraw(terminal)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def run(out: Console, notify: Notify) -> None:
    """Boot both boards and hand over their consoles; all ends when the user leaves."""
    build.build_board(debian.ARM64, notify)
    with session.Session("shell") as lab:
        boards: dict[str, Any] = {name: lab.board(name) for name in build.EMULATED_BOARDS}
        with out.status("booting the boards"):
            session.boot(*boards.values())
        columns, rows = shutil.get_terminal_size()
        for board in boards.values():
            board.get_driver("CommandProtocol").run_check(f"stty cols {columns} rows {rows}")
        consoles = {name: board.get_driver("ConsoleProtocol") for name, board in boards.items()}
        for name, console in consoles.items():
            # The board's name in the prompt of any image, set in the shell that the user gets.
            # The quotes keep the echo from being taken for the prompt.
            console.sendline(f"PS1='{name}''# '")
            console.expect(f"{name}# ")
        multiplexer = Multiplexer(consoles, sys.stdin.fileno(), sys.stdout.fileno())
        if sys.stdin.isatty():
            with _raw(sys.stdin.fileno()):
                multiplexer.run()
        else:
            multiplexer.run()
    out.print(f"The consoles' logs are in {lab.run}.")
