# SPDX-License-Identifier: BSD-3-Clause
"""The head of a side of a window, as mcapi_wire.h has it, for tests that write it by hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = 0x3153434D
MAJOR = 1
DOWN, UP = 0, 1
LINE = 64
GRANULE = 65536
MAX_SECTION = 2 << 20
MAX_SECTIONS = 64
SIZE = 2 * LINE

_FIRST = struct.Struct("<IHHIIIIII")
_SECOND = struct.Struct("<IIII")


@dataclass(frozen=True)
class SideHead:
    """What a side says of itself."""

    side: int
    boot_epoch: int
    peer_epoch_ack: int
    major: int = MAJOR
    state: int = UP

    def pack(self, window_length: int) -> bytes:
        """Both lines, with the geometry that follows from the window."""
        length = window_length // 2
        room = length - GRANULE
        section = 1 << ((room // 16).bit_length() - 1)
        section = max(GRANULE, min(section, MAX_SECTION))
        first = _FIRST.pack(
            MAGIC,
            self.major,
            0,
            self.side,
            length // LINE,
            GRANULE // LINE,
            section // LINE,
            min(MAX_SECTIONS, room // section),
            0,
        )
        second = _SECOND.pack(self.boot_epoch, self.state, 0, self.peer_epoch_ack)
        return first.ljust(LINE, b"\0") + second.ljust(LINE, b"\0")

    @classmethod
    def unpack(cls, data: bytes) -> SideHead:
        magic, major, _, side, *_ = _FIRST.unpack_from(data)
        if magic != MAGIC:
            raise ValueError(f"no side: it starts with {magic:#x}")
        boot_epoch, state, _, ack = _SECOND.unpack_from(data, LINE)
        return cls(side, boot_epoch, ack, major, state)
