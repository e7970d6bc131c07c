# SPDX-License-Identifier: BSD-3-Clause
"""The demo programs echo and ping, run on a board or on the host in the same way."""

from __future__ import annotations

import base64
import gzip
import json
import os
import select
import shlex
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import build, components
from lab.paths import socket_path

LANGUAGES = ("C", "Python")
START_TIMEOUT = 15.0
PING_TIMEOUT = 60.0

_LINE = 600  # characters that a board's shell takes in one command


class ProgramError(Exception):
    """A program ended in another way than it should; the text has its own words."""


@dataclass(frozen=True)
class Address:
    domain: int
    node: int

    def __str__(self) -> str:
        return f"{self.domain}:{self.node}"


class Processor(ABC):
    """Where programs run. A name, and the domain of all its nodes."""

    def __init__(self, name: str, domain: int) -> None:
        self.name = name
        self.domain = domain

    @abstractmethod
    def start_echo(self, language: str, node: int) -> Address:
        """Start an echo, and return when it can be found."""

    @abstractmethod
    def stop_echoes(self) -> None:
        """End all echoes of this processor."""

    @abstractmethod
    def output(self, command: str, timeout: float) -> str:
        """The standard output of a command; ProgramError if it fails."""

    @abstractmethod
    def program(self, language: str, name: str) -> str:
        """The command that starts a demo program."""

    def ping(
        self,
        language: str,
        node: int,
        peer: Address,
        *,
        count: int,
        timeout: int = 10,
        sizes: str = "auto",
    ) -> dict[str, Any]:
        """What ping reports about its exchanges with an echo.

        First of each size, which for "auto" are all up to what the link takes; then of
        count round trips.
        """
        command = (
            f"{self.program(language, 'ping')} --domain {self.domain} --node {node} "
            f"--peer {peer} --count {count} --timeout {timeout} --sizes {sizes} --json"
        )
        text = self.output(command, PING_TIMEOUT)
        try:
            report: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise ProgramError(f"{self.name}: {command}: no JSON in: {text[-300:]}") from error
        return report


class Board(Processor):
    """A board, through the shell on its console."""

    _SCRIPTS = "/usr/share/mcapi-demos"

    def __init__(self, name: str, domain: int, shell: Any) -> None:
        super().__init__(name, domain)
        self.shell = shell

    def program(self, language: str, name: str) -> str:
        if language == "C":
            return f"mcapi-{name}"
        return f"python3 {self._SCRIPTS}/mcapi_{name}.py"

    def start_echo(self, language: str, node: int) -> Address:
        log = f"/tmp/echo-{node}.log"
        program = self.program(language, "echo")
        self.shell.run_check(f"rm -f {log}")
        self.shell.run_check(
            f"{program} --domain {self.domain} --node {node} >{log} 2>&1 & echo $! >>/tmp/echoes"
        )
        if not self.wait_until(f"grep -q ^ready {log}", START_TIMEOUT):
            words = " ".join(self.shell.run(f"cat {log}")[0])
            raise ProgramError(f"{self.name}: {program} did not get ready: {words or 'silent'}")
        return Address(self.domain, node)

    def link_state(self, label: str) -> str:
        """What the driver says of the link with this label."""
        device = f"$(readlink -f /dev/mcapi/by-name/{label})"
        lines: list[str] = self.shell.run_check(
            f'cat "/sys/class/mcapi/$(basename "{device}")/link_state"'
        )
        return lines[0]

    def wait_until(self, condition: str, timeout: float = 15.0) -> bool:
        """Whether a shell command succeeds within the time, tried again and again."""
        late = "[ $(date +%s) -ge $end ] && exit 1"
        wait = f"until {condition}; do {late}; sleep 0.05; done"
        _, _, status = self.shell.run(
            f"(end=$(($(date +%s) + {timeout:.0f})); {wait})", timeout=timeout + 10
        )
        return bool(status == 0)

    def put(self, path: str, text: str) -> None:
        """Write a file on the board, in pieces that fit a line of its shell."""
        data = base64.b64encode(gzip.compress(text.encode())).decode()
        self.shell.run_check(f": >{path}.b64")
        for start in range(0, len(data), _LINE):
            self.shell.run_check(f"echo {data[start : start + _LINE]} >>{path}.b64")
        # OE-Core's python3-core has no module base64, nor has its BusyBox the command.
        decode = "from sys import *; from binascii import *; "
        decode += "stdout.buffer.write(a2b_base64(stdin.buffer.read()))"
        self.shell.run_check(f"python3 -c '{decode}' <{path}.b64 | gunzip >{path}")
        self.shell.run_check(f"rm {path}.b64")

    def stop_echoes(self) -> None:
        self.shell.run("[ ! -e /tmp/echoes ] || kill $(cat /tmp/echoes); rm -f /tmp/echoes")

    def output(self, command: str, timeout: float) -> str:
        lines, _, status = self.shell.run(f"{command} 2>/tmp/stderr", timeout=timeout)
        if status:
            words = " ".join(self.shell.run("cat /tmp/stderr")[0])
            raise ProgramError(f"{self.name}: {command}: status {status}: {words}")
        return "\n".join(lines)


class Host(Processor):
    """This machine, as a peer of the boards' shared memory; one program at a time."""

    def __init__(self, name: str, domain: int, ivshmem: Path, folder: Path) -> None:
        super().__init__(name, domain)
        self._echo: subprocess.Popen[str] | None = None
        self._stage = components.stage("demos", build.host())
        self.environment = host_environment(folder) | {"MCAPI_IVSHMEM": socket_path(ivshmem)}

    def program(self, language: str, name: str) -> str:
        if language == "C":
            return shlex.quote(str(self._stage / f"usr/bin/mcapi-{name}"))
        script = self._stage / f"usr/share/mcapi-demos/mcapi_{name}.py"
        return f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"

    def start_echo(self, language: str, node: int) -> Address:
        command = f"{self.program(language, 'echo')} --domain {self.domain} --node {node}"
        self._echo = subprocess.Popen(
            # It ends with this process, however that ends.
            ["setpriv", "--pdeathsig", "KILL", *shlex.split(command)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._echo.stdout
        words = ""
        if select.select([self._echo.stdout], [], [], START_TIMEOUT)[0]:
            words = self._echo.stdout.readline().strip()
        if not words.startswith("ready"):
            self.stop_echoes()
            raise ProgramError(f"{self.name}: {command} did not get ready: {words or 'silent'}")
        return Address(self.domain, node)

    def stop_echoes(self) -> None:
        if self._echo:
            self._echo.terminate()
            self._echo.communicate()
            self._echo = None

    def output(self, command: str, timeout: float) -> str:
        try:
            done = subprocess.run(
                ["setpriv", "--pdeathsig", "KILL", *shlex.split(command)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ProgramError(f"{self.name}: {command}: no end after {timeout:.0f} s") from error
        if done.returncode:
            raise ProgramError(
                f"{self.name}: {command}: status {done.returncode}: {done.stderr.strip()}"
            )
        return done.stdout


def host_environment(folder: Path) -> dict[str, str]:
    """What a program on this machine needs to find the library and the Python package.

    The file of its local link goes into the folder; it sees no devices.
    """
    architecture = build.host()
    return os.environ | {
        "LD_LIBRARY_PATH": str(components.library_folder(architecture)),
        "PYTHONPATH": str(components.site_packages(architecture)),
        "MCAPI_LOCAL_DIR": str(folder / "local"),
        "MCAPI_DEVICES": "",
    }
