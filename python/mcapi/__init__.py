# SPDX-License-Identifier: BSD-3-Clause
"""Multicore Communications API: messages between processors.

with mcapi.Node(domain=1, node=1) as node:
    here = node.endpoint(port=1)
    there = node.find(domain=2, node=1, port=1, timeout=5.0)
    here.send(there, b"hello", priority=0)
    reply = here.recv(timeout=2.0)

Timeouts are seconds; None waits for ever, 0 only looks.
"""

from .endpoint import Endpoint
from .errors import (
    ArgumentError,
    EndpointError,
    Error,
    LimitError,
    NodeError,
    Timeout,
    TransmissionError,
)
from .node import Node
from .remote import RemoteEndpoint
from .stats import Stats
from .status import Status

__all__ = [
    "ArgumentError",
    "Endpoint",
    "EndpointError",
    "Error",
    "LimitError",
    "Node",
    "NodeError",
    "RemoteEndpoint",
    "Stats",
    "Status",
    "Timeout",
    "TransmissionError",
]
