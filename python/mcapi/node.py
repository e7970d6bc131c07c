# SPDX-License-Identifier: BSD-3-Clause
"""Nodes: a process, or one of its threads, as a party of the exchange."""

from types import TracebackType
from typing import Self

from . import _ext
from .endpoint import Endpoint
from .errors import NodeError
from .remote import RemoteEndpoint
from .stats import Stats
from .status import Status

# An open node belongs to its thread, not to the object: dropping the last
# reference must not pull its endpoints from under the library.
_open: set["Node"] = set()


class Node:
    """A node of a domain, open from its making to `close()`.

    It belongs to the thread that opened it; the other threads of a process with
    a single node use that one. As a context manager it is closed at the end of
    the block.
    """

    def __init__(self, *, domain: int, node: int) -> None:
        _ext.initialize(domain, node)
        self._id = _ext.current()
        self._endpoints: set[Endpoint] = set()
        _open.add(self)

    @property
    def domain(self) -> int:
        """The node's domain."""
        return self._id[0]

    @property
    def node(self) -> int:
        """The node's number in its domain."""
        return self._id[1]

    @property
    def closed(self) -> bool:
        """Whether the node was closed."""
        return self not in _open

    def endpoint(self, port: int | None = None) -> Endpoint:
        """Create an endpoint; without a port at any free one."""
        self._check("endpoint")
        endpoint = Endpoint(_ext.create(port), self)
        self._endpoints.add(endpoint)
        return endpoint

    def find(
        self, *, domain: int, node: int, port: int, timeout: float | None = None
    ) -> RemoteEndpoint:
        """Wait until an endpoint of any node exists; timeout in seconds, None waits for ever."""
        self._check("find")
        return RemoteEndpoint(_ext.find(domain, node, port, timeout))

    def stats(self) -> Stats:
        """Read the node's counters."""
        self._check("stats")
        return Stats(*_ext.stats())

    def close(self) -> None:
        """End the node with its endpoints; closing it again does nothing."""
        if self.closed:
            return
        self._check("close")
        for endpoint in self._endpoints:
            if endpoint._inside:
                raise NodeError(
                    Status.ERR_NODE_FINALFAILED,
                    f"close: a thread is still in send() or recv() of {endpoint!r}: "
                    "let it end first, or delete the endpoint (ERR_NODE_FINALFAILED)",
                )
        _ext.finalize()
        _open.discard(self)
        for endpoint in self._endpoints:
            endpoint._node_closed()
        self._endpoints.clear()

    def _check(self, call: str) -> None:
        if self.closed:
            raise NodeError(
                Status.ERR_NODE_NOTINIT, f"{call}: {self!r} was closed (ERR_NODE_NOTINIT)"
            )
        current = _ext.current()
        if current != self._id:
            raise NodeError(
                Status.ERR_NODE_NOTINIT,
                f"{call}: this thread is node {current[0]}:{current[1]}: "
                f"use {self!r} in the thread that opened it (ERR_NODE_NOTINIT)",
            )

    def _forget(self, endpoint: Endpoint) -> None:
        self._endpoints.discard(endpoint)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.domain}:{self.node}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
