# SPDX-License-Identifier: BSD-3-Clause
"""Who there is and which windows join whom: the topology page of mcapi_ivshmem.h."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import combinations

MIB = 1 << 20

MAGIC = 0x3156434D
MAJOR = 1
MINOR = 0
MAX_PEERS = 15
MAX_LINKS = 60
PAGE_SIZE = 0x10000
PEER_OFF = 0x100
LINK_OFF = 0x1000
LINE = 64
LABEL_MAX = 19

_HEAD = struct.Struct("<IHHII")
_PEER = struct.Struct("<II")
_LINK = struct.Struct("<IIQQ20s20s")


@dataclass(frozen=True)
class Link:
    """One window between two peers; the lower id is side 0."""

    a: int
    b: int
    offset: int
    length: int
    label_a: str
    label_b: str


@dataclass(frozen=True)
class Topology:
    """The peers by name, in the order of their ids, and the links between them."""

    peers: tuple[str, ...]
    links: tuple[Link, ...]
    size: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.peers) <= MAX_PEERS:
            raise ValueError(f"{len(self.peers)} peers: a topology page has 1 to {MAX_PEERS}")
        if len(self.links) > MAX_LINKS:
            raise ValueError(f"{len(self.links)} links: a topology page has at most {MAX_LINKS}")
        end = PAGE_SIZE
        for link in sorted(self.links, key=lambda link: link.offset):
            where = f"link {link.a}-{link.b} at {link.offset:#x}"
            if not 0 <= link.a < link.b < len(self.peers):
                raise ValueError(f"{where}: the ids must name two peers, the lower one first")
            if link.offset < end:
                raise ValueError(f"{where}: overlaps what ends at {end:#x}")
            end = link.offset + link.length
            if end > self.size:
                raise ValueError(f"{where}: ends at {end:#x}, beyond the memory of {self.size:#x}")
            if max(len(link.label_a), len(link.label_b)) > LABEL_MAX:
                raise ValueError(f"{where}: a label has at most {LABEL_MAX} characters")

    @property
    def vectors(self) -> int:
        """Doorbell vectors of a peer: one for each peer id and one for presence."""
        return len(self.peers) + 1

    @property
    def presence_vector(self) -> int:
        return len(self.peers)

    def page(self) -> bytes:
        """The topology page with nobody present."""
        page = bytearray(PAGE_SIZE)
        _HEAD.pack_into(page, 0, MAGIC, MAJOR, MINOR, len(self.peers), len(self.links))
        for index, link in enumerate(self.links):
            _LINK.pack_into(
                page,
                LINK_OFF + index * LINE,
                link.a,
                link.b,
                link.offset,
                link.length,
                link.label_a.encode(),
                link.label_b.encode(),
            )
        return bytes(page)

    def link(self, one: str, other: str) -> Link:
        """The link that joins two peers, given by name."""
        ids = sorted((self.peers.index(one), self.peers.index(other)))
        for link in self.links:
            if [link.a, link.b] == ids:
                return link
        raise ValueError(f"no link joins {one} and {other}")


def presence_line(present: bool, generation: int) -> bytes:
    """The changing part of a presence line."""
    return _PEER.pack(int(present), generation)


def presence_offset(peer: int) -> int:
    return PEER_OFF + peer * LINE


def full_mesh(peers: tuple[str, ...], size: int, window: int) -> Topology:
    """Every pair of peers joined by a window, with the windows at the end of the memory."""
    pairs = list(combinations(range(len(peers)), 2))
    start = size - len(pairs) * window
    links = tuple(
        Link(a, b, start + index * window, window, label_a=peers[b], label_b=peers[a])
        for index, (a, b) in enumerate(pairs)
    )
    return Topology(peers, links, size)


BOARDS = full_mesh(("board-a", "board-b", "host"), size=512 * MIB, window=128 * MIB)
HOST = BOARDS.peers.index("host")
