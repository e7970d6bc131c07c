# SPDX-License-Identifier: BSD-3-Clause
"""What echo and ping share: the hello message and the payload.

A hello says where the answers go: 16 bytes of magic, then domain, node and port
as little-endian 32-bit words. It is answered like any other message.
"""

import struct

MAGIC = b"mcapi-echo hello"
HELLO = struct.Struct("<16s3I")

# The period is prime, so no line of memory looks like its neighbour.
PERIOD = 251


def hello(domain: int, node: int, port: int) -> bytes:
    return HELLO.pack(MAGIC, domain, node, port)


def read_hello(message: bytes) -> tuple[int, int, int] | None:
    if len(message) != HELLO.size or not message.startswith(MAGIC):
        return None
    _, domain, node, port = HELLO.unpack(message)
    return domain, node, port


def pattern(size: int, turn: int) -> bytes:
    """Return the payload of a size and a round."""
    start = (size * 31 + turn) % PERIOD
    return (bytes(range(PERIOD)) * (size // PERIOD + 2))[start : start + size]
