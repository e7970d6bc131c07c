# SPDX-License-Identifier: BSD-3-Clause
"""A peer that speaks another version, or writes garbage, loses its link and nothing else.

A process of the lab plays the host: it joins as its peer id, writes to its own
sides of the windows, which is all that it may, and rings.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count

import pytest

from lab import wire
from lab.peer import Peer
from lab.programs import Board, Host
from lab.server import Server
from lab.topology import BOARDS, HOST, Link

from .test_link import is_in_state

pytestmark = [pytest.mark.lg_feature(["link", "pair", "emulated"])]

SIDE = 1  # the host has the highest id, so it is side 1 of each of its windows
SEED = 20261122
EPOCHS = count(0x1234)


def own_side(link: Link) -> slice:
    return slice(link.offset + link.length // 2, link.offset + link.length)


@pytest.fixture
def links() -> list[Link]:
    """The host's windows, by the board at the other end."""
    return [BOARDS.link("host", name) for name in BOARDS.peers[:HOST]]


@pytest.fixture
def impostor(server: Server, links: list[Link]) -> Iterator[Peer]:
    peer = Peer(server.socket_of(HOST), BOARDS.vectors)
    yield peer
    for link in links:
        server.memory[own_side(link)] = bytes(link.length // 2)
    peer.close()


def write_head(peer: Peer, link: Link, major: int, epoch: int = 0) -> None:
    """A new life whose head is right but for its version, and acknowledges the board's.

    With an epoch it is that life.
    """
    board = wire.SideHead.unpack(peer.memory[link.offset : link.offset + wire.SIZE])
    head = wire.SideHead(SIDE, epoch or next(EPOCHS), board.boot_epoch, major)
    start = own_side(link).start
    peer.memory[start : start + wire.SIZE] = head.pack(link.length)
    peer.ring(link.a)


def has_no_kernel_trouble(board: Board) -> bool:
    found: list[str] = board.shell.run(
        "dmesg | grep -E 'BUG|WARNING|Oops|Unable to handle|Internal error|Call trace'"
    )[0]
    return not found


def test_right_version_is_up_and_another_is_a_mismatch(
    boards: tuple[Board, Board], impostor: Peer, links: list[Link]
) -> None:
    for board, link in zip(boards, links, strict=True):
        write_head(impostor, link, wire.MAJOR)
        assert board.wait_until(is_in_state("host", "up")), board.link_state("host")
        write_head(impostor, link, wire.MAJOR + 1)
        assert board.wait_until(is_in_state("host", "mismatch")), board.link_state("host")
        told = board.shell.run_check("dmesg | grep 'wire format'")
        assert "speaks wire format 2.0, this driver 1.0" in told[-1]


def test_library_says_that_versions_differ(
    boards: tuple[Board, Board], impostor: Peer, links: list[Link]
) -> None:
    board = boards[0]
    write_head(impostor, links[0], wire.MAJOR + 1)
    assert board.wait_until(is_in_state("host", "mismatch"))
    words, _, status = board.shell.run(
        "mcapi-ping --domain 1 --node 1 --peer 3:1 --count 1 --timeout 1 2>&1"
    )
    assert status == 1
    assert "version" in " ".join(words) or "format" in " ".join(words), words


def garbage(generator: random.Random, kind: str, size: int) -> bytes:
    if kind == "random":
        return generator.randbytes(size)
    if kind == "ones":
        return b"\xff" * size
    # Small numbers pass more checks than large ones.
    return (bytes(generator.choices(range(4), k=4096)) * (size // 4096 + 1))[:size]


@pytest.mark.parametrize("headed", [False, True], ids=["all", "below-a-right-head"])
@pytest.mark.parametrize("kind", ["random", "ones", "small"])
def test_garbage(
    boards: tuple[Board, Board],
    host: Host,
    impostor: Peer,
    links: list[Link],
    kind: str,
    headed: bool,
) -> None:
    a, b = boards
    # Somebody on each board looks at the garbage.
    echo_a, echo_b = a.start_echo("C", 10), b.start_echo("Python", 10)
    generator = random.Random(SEED)
    for link in links:
        if headed:
            write_head(impostor, link, wire.MAJOR)
        side = own_side(link)
        start = side.start + (wire.SIZE if headed else 0)
        for _ in range(3):
            impostor.memory[start : side.stop] = garbage(generator, kind, side.stop - start)
            impostor.ring(link.a)
    # Nobody else is harmed ...
    assert a.ping("C", 1, echo_b, count=20)["errors"] == 0
    assert b.ping("C", 1, echo_a, count=20)["errors"] == 0
    assert has_no_kernel_trouble(a)
    assert has_no_kernel_trouble(b)
    # ... and a host in its right mind is welcome again.
    impostor.close()
    assert host.ping("C", 1, echo_a, count=20)["errors"] == 0
    assert host.ping("C", 1, echo_b, count=20)["errors"] == 0
