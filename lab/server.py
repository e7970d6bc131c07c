# SPDX-License-Identifier: BSD-3-Clause
"""An ivshmem server with fixed peer ids, a topology page and presence.

QEMU speaks its ivshmem client-server protocol, version 0, to it. In place of one
socket and ids by order of arrival there is one socket for each id, iv.<id>.sock,
so that boards may start in any order and keep their ids when they start again.
Clients send nothing in this protocol, and none is trusted: whatever they send is
thrown away, and one that does not take its messages is disconnected.
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
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from lab import topology
from lab.paths import socket_path

PROTOCOL_VERSION = 0
SHARED_MEMORY = -1

# A running client takes its messages in well under a second. One that has not
# taken this many will not; each message holds a file descriptor of ours.
QUEUE_MAX = 1024

_log = logging.getLogger(__name__)


@dataclass
class _Client:
    """A connected peer: its connection, its doorbells and what it still has to be told."""

    peer: int
    connection: socket.socket
    doorbells: list[int]
    queue: deque[tuple[bytes, int | None]] = field(default_factory=deque)

    def tell(self, value: int, fd: int | None = None) -> None:
        self.queue.append((struct.pack("<q", value), fd))

    def flush(self) -> None:
        """Send what the socket takes now; OSError if the client is gone."""
        while self.queue:
            data, fd = self.queue[0]
            ancillary = (
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
                if fd is not None
                else []
            )
            try:
                sent = self.connection.sendmsg([data], ancillary)
            except BlockingIOError:
                return
            self.queue.popleft()
            if sent < len(data):
                # The descriptor went with the first byte.
                self.queue.appendleft((data[sent:], None))

    def close(self) -> None:
        self.connection.close()
        for fd in self.doorbells:
            os.close(fd)


class Server:
    """Serves one topology in one directory, from a thread of its own."""

    def __init__(self, plan: topology.Topology, directory: Path) -> None:
        self.plan = plan
        self.directory = directory
        self._clients: dict[int, _Client] = {}
        self._generation = [0] * len(plan.peers)
        self._selector = selectors.DefaultSelector()
        self._listeners: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, name="ivshmem-server", daemon=True)
        self._stop = os.eventfd(0, os.EFD_CLOEXEC)
        self._memory_fd = os.memfd_create("mcapi-ivshmem", os.MFD_CLOEXEC)
        os.ftruncate(self._memory_fd, plan.size)
        self.memory = mmap.mmap(self._memory_fd, plan.size)
        self.memory[: topology.PAGE_SIZE] = plan.page()

    def socket_of(self, peer: int) -> Path:
        return self.directory / f"iv.{peer}.sock"

    def start(self) -> None:
        """Listen, and serve until close()."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._selector.register(self._stop, selectors.EVENT_READ, None)
        for peer in range(len(self.plan.peers)):
            path = self.socket_of(peer)
            path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.setblocking(False)
            listener.bind(socket_path(path))
            listener.listen()
            self._listeners.append(listener)
            self._selector.register(listener, selectors.EVENT_READ, (listener, peer))
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
        os.close(self._stop)
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
            ready = self._selector.select()
            # Clients before listeners: a board that starts again connects after
            # its old connection has closed, and must find its id free.
            for key, events in ready:
                if isinstance(key.data, _Client):
                    self._attend(key.data, events)
            for key, _ in ready:
                if key.data is None:
                    return
                if isinstance(key.data, tuple):
                    self._accept(*key.data)

    def _accept(self, listener: socket.socket, peer: int) -> None:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            _log.warning("%s: accept: %s", self.plan.peers[peer], error)
            return
        if peer in self._clients:
            _log.warning("%s is connected already; the newcomer is refused", self.plan.peers[peer])
            connection.close()
            return
        connection.setblocking(False)
        flags = os.EFD_CLOEXEC | os.EFD_NONBLOCK
        client = _Client(peer, connection, [os.eventfd(0, flags) for _ in range(self.plan.vectors)])
        _log.info("%s joins", self.plan.peers[peer])

        # The others learn the newcomer's doorbells before it can ring theirs,
        # so that the answer to its first ring is not lost.
        others = list(self._clients.values())
        self._clients[peer] = client
        self._selector.register(connection, selectors.EVENT_READ, client)
        for other in others:
            for fd in client.doorbells:
                other.tell(peer, fd)
        client.tell(PROTOCOL_VERSION)
        client.tell(peer)
        client.tell(SHARED_MEMORY, self._memory_fd)
        for known in [*others, client]:
            for fd in known.doorbells:
                client.tell(known.peer, fd)
        self._generation[peer] += 1
        self._announce(peer, present=True)
        self._deliver([*others, client])
        self._ring(others)

    def _attend(self, client: _Client, events: int) -> None:
        if self._clients.get(client.peer) is not client:
            return
        if events & selectors.EVENT_READ:
            try:
                if not client.connection.recv(4096):
                    self._drop([client])
                    return
            except BlockingIOError:
                pass
            except OSError:
                self._drop([client])
                return
        self._deliver([client])

    def _deliver(self, clients: list[_Client]) -> None:
        """Flush queues, watch those that stay full, drop who is gone or takes nothing."""
        lost = []
        for client in clients:
            try:
                client.flush()
            except OSError:
                lost.append(client)
                continue
            if len(client.queue) > QUEUE_MAX:
                _log.warning("%s takes no messages", self.plan.peers[client.peer])
                lost.append(client)
                continue
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.queue else 0)
            self._selector.modify(client.connection, events, client)
        if lost:
            self._drop(lost)

    def _drop(self, lost: list[_Client]) -> None:
        for client in lost:
            _log.info("%s leaves", self.plan.peers[client.peer])
            del self._clients[client.peer]
            self._selector.unregister(client.connection)
            self._announce(client.peer, present=False)
        others = list(self._clients.values())
        for other in others:
            # A descriptor of a client that left must not be sent any more, but
            # its number has to be taken back from those who know it already.
            gone = {fd for client in lost for fd in client.doorbells}
            other.queue = deque(item for item in other.queue if item[1] not in gone)
            for client in lost:
                other.tell(client.peer)
        for client in lost:
            client.close()
        self._ring(others)
        self._deliver(others)

    def _announce(self, peer: int, *, present: bool) -> None:
        offset = topology.presence_offset(peer)
        line = topology.presence_line(present, self._generation[peer])
        self.memory[offset : offset + len(line)] = line

    def _ring(self, clients: list[_Client]) -> None:
        for client in clients:
            if self._clients.get(client.peer) is not client:
                continue
            # A full counter means that the doorbell is rung already.
            with contextlib.suppress(BlockingIOError):
                os.eventfd_write(client.doorbells[self.plan.presence_vector], 1)


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
