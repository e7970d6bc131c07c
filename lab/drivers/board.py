# SPDX-License-Identifier: BSD-3-Clause
"""An emulated board: labgrid's QEMU driver, made to fail fast and to say why.

labgrid's own driver waits for ever when QEMU ends at start, and reads nothing
for ever when it ends later. This one watches the process, keeps QEMU's words and
the whole console in files, and names them in every error.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
from pathlib import Path
from typing import IO

import attr
from labgrid import target_factory
from labgrid.driver import QEMUDriver
from labgrid.step import step
from labgrid.util.qmp import QMPError, QMPMonitor
from pexpect import TIMEOUT

from lab.paths import socket_path

START_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0


class BoardError(Exception):
    """A board could not be started or has died; the text names the log to read."""


@target_factory.reg_driver
@attr.s(eq=False)
class EmulatedBoardDriver(QEMUDriver):  # type: ignore[misc] # labgrid has no types
    """A QEMU machine with an initrd, joined to the ivshmem server if it has one.

    Args:
        initrd (str): reference to the images key for the initramfs
        ivshmem (str): socket of the ivshmem server for this board's peer id; empty: none
        vectors (int): doorbell vectors, one for each peer and one for presence
        log_dir (str): folder for console-<target>.log and qemu-<target>.log
    """

    initrd: str = attr.ib(validator=attr.validators.instance_of(str), kw_only=True)
    ivshmem: str = attr.ib(default="", validator=attr.validators.instance_of(str), kw_only=True)
    vectors: int = attr.ib(default=0, validator=attr.validators.instance_of(int), kw_only=True)
    log_dir: str = attr.ib(validator=attr.validators.instance_of(str), kw_only=True)

    # Of labgrid's driver:
    status: int
    _child: subprocess.Popen[bytes] | None
    _socket: socket.socket | None
    _clientsocket: socket.socket | None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self._log: IO[bytes] | None = None

    @property
    def console_log(self) -> Path:
        return Path(self.log_dir) / f"console-{self.target.name}.log"

    @property
    def qemu_log(self) -> Path:
        return Path(self.log_dir) / f"qemu-{self.target.name}.log"

    def fileno(self) -> int:
        """The console, for select(2)."""
        return self._console.fileno()

    def get_qemu_base_args(self) -> list[str]:
        """The command line for a run by hand; see lab/README.md."""
        arguments = [
            *super().get_qemu_base_args(),
            "-initrd",
            self.target.env.config.get_image_path(self.initrd),
        ]
        if self.ivshmem:
            arguments += [
                "-chardev",
                f"socket,id=ivshmem,path={socket_path(Path(self.ivshmem))}",
                "-device",
                f"ivshmem-doorbell,chardev=ivshmem,vectors={self.vectors},addr=01.0",
            ]
        return arguments

    def on_activate(self) -> None:
        qemu = self.target.env.config.get_tool(self.qemu_bin)
        if shutil.which(qemu) is None:
            raise BoardError(
                f"{self.target.name}: no {qemu} on this machine; `make images` installs it"
            )
        if self.ivshmem and not Path(self.ivshmem).is_socket():
            raise BoardError(
                f"{self.target.name}: the ivshmem server's socket {self.ivshmem} is missing; "
                "start the server first (python -m lab.server)"
            )
        Path(self.log_dir).mkdir(parents=True, exist_ok=True)
        self._console_socket.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(socket_path(self._console_socket))
        self._socket.listen(1)
        self._log = self.qemu_log.open("ab")
        # The emulator dies with this process, however that ends. Its console goes
        # to the log whether or not somebody reads it.
        self._cmd = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            *self.get_qemu_base_args(),
            *("-S", "-qmp", "stdio", "-serial", "chardev:console", "-chardev"),
            f"socket,id=console,path={socket_path(self._console_socket)},"
            f"logfile={self.console_log},logappend=on",
        ]

    def on_deactivate(self) -> None:
        self.kill()
        if self._socket:
            self._socket.close()
            self._socket = None
        if self._log:
            self._log.close()
            self._log = None
        self._console_socket.unlink(missing_ok=True)

    @step()  # type: ignore[untyped-decorator]
    def on(self) -> None:
        """Start the emulator; BoardError within seconds if it does not come up."""
        if self.status:
            return
        self._child = subprocess.Popen(
            self._cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
        )
        try:
            self._clientsocket = self._accept(self._child)
            self._clientsocket.setblocking(False)
            self.qmp = QMPMonitor(self._child.stdout, self._child.stdin)
            self.status = 1
            self.monitor_command("cont")
        except (QMPError, OSError, BoardError) as error:
            reason = self._last_words() or str(error)
            self.kill()
            raise BoardError(
                f"{self.target.name}: QEMU did not start: {reason} (log: {self.qemu_log})"
            ) from error

    @step()  # type: ignore[untyped-decorator]
    def off(self) -> None:
        """Ask the emulator to end, and see that it does."""
        if self.status:
            with contextlib.suppress(QMPError, OSError):
                self.monitor_command("quit")
        self._end(STOP_TIMEOUT)

    @step()  # type: ignore[untyped-decorator]
    def kill(self) -> None:
        """End the emulator as a power cut ends a board."""
        if self._child:
            self._child.kill()
        self._end(STOP_TIMEOUT)

    def _end(self, timeout: float) -> None:
        if self._child:
            try:
                self._child.wait(timeout)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    pipe.close()
            self._child = None
        if self._clientsocket:
            self._clientsocket.close()
            self._clientsocket = None
        self.status = 0

    @property
    def _console_socket(self) -> Path:
        return Path(self.log_dir) / f"{self.target.name}.sock"

    def _accept(self, child: subprocess.Popen[bytes]) -> socket.socket:
        """QEMU's connection to our console socket, unless QEMU ends first."""
        assert self._socket
        process, console = os.pidfd_open(child.pid), self._socket.fileno()
        try:
            ready, _, _ = select.select([console, process], [], [], START_TIMEOUT)
        finally:
            os.close(process)
        if console in ready:
            return self._socket.accept()[0]
        if process in ready:
            raise BoardError(f"it ended with status {child.wait()}")
        raise BoardError(f"its console was not there after {START_TIMEOUT:.0f} s")

    def _last_words(self) -> str:
        """The last line that QEMU said."""
        lines = self.qemu_log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def _console(self) -> socket.socket:
        if not self._clientsocket:
            raise BoardError(f"{self.target.name} is off (console: {self.console_log})")
        return self._clientsocket

    def _read(self, size: int = 1, timeout: float = 10, max_size: int | None = None) -> bytes:
        ready, _, _ = select.select([self._console], [], [], timeout)
        if not ready:
            raise TIMEOUT(f"nothing on the console for {timeout:.1f} s")
        try:
            data = self._console.recv(max_size or 4096)
        except ConnectionError:
            data = b""
        if not data:
            self._end(STOP_TIMEOUT)
            raise BoardError(
                f"{self.target.name} died: {self._last_words() or 'its console closed'} "
                f"(console: {self.console_log}, QEMU: {self.qemu_log})"
            )
        return data

    def _write(self, data: bytes) -> int:
        try:
            return self._console.send(data)
        except OSError as error:
            raise BoardError(
                f"{self.target.name} takes no input: {error} (console: {self.console_log})"
            ) from error
