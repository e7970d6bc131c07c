# SPDX-License-Identifier: BSD-3-Clause
"""Writes and reads the window of a link, with SYNC where the driver says so.

    window.py DEVICE

Prints how the window is mapped, as JSON; an AssertionError if something is not there
that was written.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import struct
import sys

# struct mcapi_info, _attach, _window and _sync of linux/mcapi.h
INFO = struct.Struct("8I5Q32s2I3Q")
ATTACH = struct.Struct("4I")
WINDOW = struct.Struct("4I2Q")
SYNC = struct.Struct("4I2Q")
LINK, SECTION = 1, 2
TO_PEER, FROM_PEER = 0, 1
ATTRIBUTES = {1: "read", 2: "write", 4: "cached", 8: "wc", 16: "sync"}
GRANULE = 65536


def call(device: int, command: int, layout: struct.Struct, *fields: int) -> tuple[int, ...]:
    """An ioctl by _IOWR(0xB9, command, ...); fields follow size and flags."""
    head = struct.pack(f"{2 + len(fields)}I", layout.size, 0, *fields)
    argument = bytearray(head.ljust(layout.size, b"\0"))
    fcntl.ioctl(device, 3 << 30 | layout.size << 16 | 0xB9 << 8 | command, argument)
    return layout.unpack(argument)


def sync(device: int, direction: int, offset: int, length: int) -> None:
    argument = bytearray(SYNC.pack(SYNC.size, 0, direction, 0, offset, length))
    fcntl.ioctl(device, 3 << 30 | SYNC.size << 16 | 0xB9 << 8 | 7, argument)


def window(device: int, kind: int, prot: int) -> tuple[mmap.mmap, list[str]]:
    attributes, offset, length = call(device, 2, WINDOW, kind)[3:]
    names = [name for bit, name in ATTRIBUTES.items() if attributes & bit]
    return mmap.mmap(device, length, mmap.MAP_SHARED, prot, offset=offset), names


def main(path: str) -> None:
    with open(path, "r+b", buffering=0) as file:
        device = file.fileno()
        section, epoch = call(device, 1, ATTACH)[2:]
        info = call(device, 0, INFO)
        side, local_epoch, section_size, size = info[3], info[5], info[8], info[9]
        link, link_attributes = window(device, LINK, mmap.PROT_READ)
        own, own_attributes = window(device, SECTION, mmap.PROT_READ | mmap.PROT_WRITE)

        # The kernel's header is there, at the start of our side: its magic, and this life.
        head = side * size // 2
        assert link[head : head + 4] == b"MCS1"
        assert struct.unpack_from("I", link, head + 64)[0] == local_epoch
        # What is written to the section is in the window, from its first byte to its last.
        start = head + GRANULE + section * section_size
        pattern = bytes(range(256)) * (section_size // 256)
        own[:] = pattern
        sync(device, TO_PEER, start, section_size)
        assert link[start : start + section_size] == pattern
        # Nobody writes the other half.
        sync(device, FROM_PEER, (1 - side) * size // 2, size // 2)
        other = link[(1 - side) * size // 2 :][: size // 2]
        assert other == bytes(size // 2)
        assert epoch
        print(json.dumps({"link": link_attributes, "section": own_attributes}))


if __name__ == "__main__":
    main(*sys.argv[1:])
