# SPDX-License-Identifier: BSD-3-Clause
"""The head of a side that tests write is the one of the wire format."""

from __future__ import annotations

import struct

import pytest

from lab.wire import SIZE, SideHead


def test_head_of_a_side_of_128_mib() -> None:
    head = SideHead(side=1, boot_epoch=7, peer_epoch_ack=9).pack(128 << 20)
    assert len(head) == SIZE
    assert head[:4] == b"MCS1"
    first = struct.unpack_from("<HHIIIII", head, 4)
    # 31 sections of 2 MiB behind the control granule of 64 KiB, in lines of 64 bytes.
    assert first == (1, 0, 1, (64 << 20) // 64, 65536 // 64, (2 << 20) // 64, 31)
    assert struct.unpack_from("<IIII", head, 64) == (7, 1, 0, 9)


def test_head_of_the_smallest_window() -> None:
    head = SideHead(side=0, boot_epoch=1, peer_epoch_ack=0).pack(256 << 10)
    assert struct.unpack_from("<III", head, 16) == (1024, 1024, 1)


def test_head_is_read_back() -> None:
    head = SideHead(side=1, boot_epoch=7, peer_epoch_ack=9, major=2)
    assert SideHead.unpack(head.pack(1 << 20)) == head
    with pytest.raises(ValueError, match="no side"):
        SideHead.unpack(bytes(SIZE))
