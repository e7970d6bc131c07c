# SPDX-License-Identifier: BSD-3-Clause
"""An ivshmem server with fixed peer ids, a topology page and presence.

QEMU speaks its ivshmem client-server protocol, version 0, to it, with two liberties
that the protocol leaves:

- In place of one socket and ids by order of arrival there is one socket for each
  id, iv.<id>.sock, so that boards may start in any order and keep their ids when
  they start again.
- All doorbells exist from the start and outlive their peers. A client is told all
  of them when it connects, and nothing afterwards: no ring can overtake the news of
  its receiver, and no id is ever taken back. (QEMU frees the table of a peer that
  left and writes to it again when that id comes back: seen in 7.2.) Who is present
  is told by the presence lines and their doorbell.

Clients send nothing in this protocol, and none is trusted: whatever they send is
thrown away.
"""

from __future__ import annotations

import argparse
import array
import contextlib
import logging
import mmap
import os
import selectors
import socket
import struct
import threading
from pathlib import Path
from types import TracebackType

from lab import topology
from lab.paths import socket_path

PROTOCOL_VERSION = 0
SHARED_MEMORY = -1

_log = logging.getLogger(__name__)


class Server:
    """Serves one topology in one directory, from a thread of its own."""

    def __init__(self, plan: topology.Topology, directory: Path) -> None:
        self.plan = plan
        self.directory = directory
        self._clients: dict[int, socket.socket] = {}
        self._generation = [0] * len(plan.peers)
        self._selector = selectors.DefaultSelector()
        self._listeners: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, name="ivshmem-server", daemon=True)
        self._stop = os.eventfd(0, os.EFD_CLOEXEC)
        flags = os.EFD_CLOEXEC | os.EFD_NONBLOCK
        self._doorbells = [[os.eventfd(0, flags) for _ in range(plan.vectors)] for _ in plan.peers]
        self._memory_fd = os.memfd_create("mcapi-ivshmem", os.MFD_CLOEXEC)
        os.ftruncate(self._memory_fd, plan.size)
        self.memory = mmap.mmap(self._memory_fd, plan.size)
        self.memory[: topology.PAGE_SIZE] = plan.page()

    def socket_of(self, peer: int) -> Path:
        return self.directory / f"iv.{peer}.sock"

    def start(self) -> None:
        """Listen, and serve until close()."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._selector.register(self._stop, selectors.EVENT_READ, (None,))
        for peer in range(len(self.plan.peers)):
            path = self.socket_of(peer)
            path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.setblocking(False)
            listener.bind(socket_path(path))
            listener.listen()
            self._listeners.append(listener)
            self._selector.register(listener, selectors.EVENT_READ, (self._accept, listener, peer))
        self._thread.start()

    def close(self) -> None:
        """Disconnect everybody and take the sockets away."""
        if self._thread.is_alive():
            os.eventfd_write(self._stop, 1)
            self._thread.join()
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        for peer, listener in enumerate(self._listeners):
            listener.close()
            self.socket_of(peer).unlink(missing_ok=True)
        self._selector.close()
        for fd in (self._stop, *(fd for doorbells in self._doorbells for fd in doorbells)):
            os.close(fd)
        self.memory.close()
        os.close(self._memory_fd)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            ready = [key.data for key, _ in self._selector.select()]
            # Clients before listeners: a board that starts again connects after
            # its old connection has closed, and must find its id free.
            for handle, *arguments in sorted(ready, key=lambda data: data[0] != self._attend):
                if handle is None:
                    return
                handle(*arguments)

    def _accept(self, listener: socket.socket, peer: int) -> None:
        name = self.plan.peers[peer]
        try:
            connection, _ = listener.accept()
        except OSError as error:
            _log.warning("%s: accept: %s", name, error)
            return
        if peer in self._clients:
            _log.warning("%s is connected already; the newcomer is refused", name)
            connection.close()
            return
        # What was rung while nobody was there is not for the newcomer.
        for fd in self._doorbells[peer]:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(fd)
        _log.info("%s joins", name)
        connection.setblocking(False)
        self._clients[peer] = connection
        self._selector.register(connection, selectors.EVENT_READ, (self._attend, peer))
        self._generation[peer] += 1
        self._announce(peer, present=True)
        try:
            self._set_up(connection, peer)
        except OSError:
            self._leave(peer)

    def _set_up(self, connection: socket.socket, peer: int) -> None:
        """Tell a client all it will ever be told; the socket's buffer takes it at once."""
        _tell(connection, PROTOCOL_VERSION)
        _tell(connection, peer)
        _tell(connection, SHARED_MEMORY, self._memory_fd)
        # Its own doorbells end the set-up.
        others = [other for other in range(len(self.plan.peers)) if other != peer]
        for known in [*others, peer]:
            for fd in self._doorbells[known]:
                _tell(connection, known, fd)

    def _attend(self, peer: int) -> None:
        """Throw away what a client sent; notice that it left."""
        with contextlib.suppress(ConnectionError):
            if self._clients[peer].recv(4096):
                return
        self._leave(peer)

    def _leave(self, peer: int) -> None:
        _log.info("%s leaves", self.plan.peers[peer])
        connection = self._clients.pop(peer)
        self._selector.unregister(connection)
        connection.close()
        self._announce(peer, present=False)

    def _announce(self, peer: int, *, present: bool) -> None:
        """Write a peer's presence line and ring the others."""
        offset = topology.presence_offset(peer)
        line = topology.presence_line(present, self._generation[peer])
        self.memory[offset : offset + len(line)] = line
        for other in self._clients:
            if other != peer:
                # A full counter means that the doorbell is rung already.
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_write(self._doorbells[other][self.plan.presence_vector], 1)


def _tell(connection: socket.socket, value: int, fd: int | None = None) -> None:
    """Send a message of the protocol: a number, with or without a descriptor."""
    fds = array.array("i", [] if fd is None else [fd])
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else []
    connection.sendmsg([struct.pack("<q", value)], rights)


def main() -> None:
    """Serve the boards' topology in a directory until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m lab.server", description=main.__doc__)
    parser.add_argument("directory", type=Path, help="where the sockets iv.<id>.sock are made")
    directory = parser.parse_args().directory
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with Server(topology.BOARDS, directory) as server:
        for peer, name in enumerate(server.plan.peers):
            print(f"{name}: {server.socket_of(peer)}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
