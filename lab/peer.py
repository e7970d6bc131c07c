# SPDX-License-Identifier: BSD-3-Clause
"""A peer of the ivshmem server in plain Python, as QEMU would behave, and worse."""

from __future__ import annotations

import mmap
import os
import select
import socket
import struct
from pathlib import Path

from lab.paths import socket_path

TIMEOUT = 5.0


class Peer:
    """Connects and takes the set-up messages, up to its own doorbells."""

    def __init__(self, path: Path, vectors: int = 4) -> None:
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.connection.settimeout(TIMEOUT)
        self.connection.connect(socket_path(path))
        self.doorbells: dict[int, list[int]] = {}
        self.version = self.message()[0]
        self.id = self.message()[0]
        memory, fd = self.message()
        assert (memory, fd is not None) == (-1, True)
        assert fd is not None
        self.memory = mmap.mmap(fd, os.fstat(fd).st_size)
        os.close(fd)
        while len(self.doorbells.get(self.id, [])) < vectors:
            peer, fd = self.message()
            assert fd is not None
            self.doorbells.setdefault(peer, []).append(fd)

    def message(self) -> tuple[int, int | None]:
        """The next message and the descriptor that came with it."""
        data, fds, _, _ = socket.recv_fds(self.connection, 8, 1)
        if len(data) < 8:
            raise ConnectionError("the server closed the connection")
        return struct.unpack("<q", data)[0], fds[0] if fds else None

    def ring(self, peer: int, vector: int | None = None) -> None:
        """Ring a peer, with the vector that says who it was unless told otherwise."""
        os.eventfd_write(self.doorbells[peer][self.id if vector is None else vector], 1)

    def rung(self, vector: int, timeout: float = TIMEOUT) -> bool:
        """Wait for one's own doorbell, and silence it."""
        doorbell = self.doorbells[self.id][vector]
        if not select.select([doorbell], [], [], timeout)[0]:
            return False
        os.eventfd_read(doorbell)
        return True

    def close(self) -> None:
        """Leave; closing again does nothing."""
        self.connection.close()
        self.memory.close()
        for doorbells in self.doorbells.values():
            for fd in doorbells:
                os.close(fd)
        self.doorbells.clear()
