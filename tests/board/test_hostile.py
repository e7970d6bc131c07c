# SPDX-License-Identifier: BSD-3-Clause
"""A peer that speaks another version, or writes garbage, loses its link and nothing else.

A process of the lab plays the host: it joins as its peer id, writes to its own
sides of the windows, which is all that it may, and rings.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, pairwise

import pytest

from lab import wire
from lab.peer import Peer
from lab.programs import Address, Board, Host, Processor
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


def reaches(sender: Processor, peer: Address) -> bool:
    """Whether a new program and an echo that was there before can talk."""
    report = sender.ping("C", 1, peer, count=20, sizes="1,4096,65536")
    return bool(report["errors"] == 0)


MAX_RATE = "/sys/module/mcapi/parameters/max_rate"
TRACE = "/sys/kernel/tracing"
ROUNDING = 2  # microseconds, of two times


@contextmanager
def flood(peer: Peer, board: int, vector: int) -> Iterator[None]:
    """The peer rings a board several times in a millisecond; more the emulator would not tell."""
    end = threading.Event()

    def ring() -> None:
        while not end.wait(0.0001):
            peer.ring(board, vector)

    thread = threading.Thread(target=ring)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


@contextmanager
def tracing(board: Board, event: str, only: str = "0") -> Iterator[None]:
    """The board writes down each event of a kind."""
    folder = f"{TRACE}/events/{event}"
    if board.shell.run(f"[ -d {TRACE} ]")[2]:
        pytest.skip("the board's kernel was built without tracepoints")
    board.shell.run_check(f"[ -e {TRACE}/trace ] || mount -t tracefs tracefs {TRACE}")
    board.shell.run_check(f"echo mono >{TRACE}/trace_clock; echo >{TRACE}/trace")
    board.shell.run_check(f"echo '{only}' >{folder}/filter; echo 1 >{folder}/enable")
    try:
        yield
    finally:
        board.shell.run_check(f"echo 0 >{folder}/enable")


def traced(board: Board, words: str) -> list[tuple[int, str]]:
    """The last events with these words: when, in microseconds, and what was said."""
    lines = board.shell.run_check(
        f"grep '{words}' {TRACE}/trace | tail -n 400 | sed 's/.*] *[^ ]* *//'"
    )
    found = [re.fullmatch(r"(\d+)\.(\d{6}): (.*)", line.strip()) for line in lines]
    assert all(found), lines
    return [(int(m[1] + m[2]), m[3]) for m in found if m]


def test_flood_of_doorbells(
    boards: tuple[Board, Board], host: Host, impostor: Peer, links: list[Link]
) -> None:
    a, b = boards
    write_head(impostor, links[0], wire.MAJOR)
    assert a.wait_until(is_in_state("host", "up")), a.link_state("host")
    echo_a, echo_b = a.start_echo("C", 10), b.start_echo("C", 10)
    old = a.shell.run_check(f"cat {MAX_RATE}")[0]
    a.shell.run_check(f"echo 1 >{MAX_RATE}")
    try:
        with tracing(a, "mcapi/mcapi_doorbell"), flood(impostor, links[0].a, HOST):
            # The others go on ...
            assert reaches(a, echo_b)
            assert reaches(b, echo_a)
    finally:
        a.shell.run_check(f"echo {old} >{MAX_RATE}")
    # ... and after the second doorbell of a millisecond none comes before that is over.
    device = a.shell.run_check("basename $(readlink -f /dev/mcapi/by-name/host)")[0]
    found = traced(a, f"mcapi_doorbell: {device} ")
    silences = [int(words.split("delay=")[1].removesuffix("ns")) // 1000 for _, words in found]
    held = [
        (then - now, silence)
        for (now, _), (then, _), silence in zip(found, found[1:], silences, strict=False)
        if silence
    ]
    print(f"{len(found)} doorbells, {len(held)} times masked")
    assert len(held) > 10
    assert all(time >= silence - ROUNDING for time, silence in held), held
    assert has_no_kernel_trouble(a)
    impostor.close()
    assert reaches(host, echo_a)


def test_flood_of_the_servers_vector(
    boards: tuple[Board, Board], host: Host, impostor: Peer
) -> None:
    board = boards[0]
    echo = board.start_echo("C", 10)
    device = board.shell.run_check("ls /sys/bus/pci/drivers/mailbox-ivshmem | grep :")[0]
    lines = board.shell.run_check(f"grep '{device}$' /proc/interrupts")
    irq = max(int(line.split(":")[0]) for line in lines)  # the last of its vectors
    with (
        tracing(board, "irq/irq_handler_entry", f"irq == {irq}"),
        flood(impostor, 0, BOARDS.vectors - 1),
    ):
        assert board.wait_until(f"[ $(grep -c irq_handler_entry {TRACE}/trace) -gt 100 ]")
    # Who came or left is looked at once in a millisecond ...
    found = traced(board, "irq_handler_entry")
    assert all(then - now >= 1000 - ROUNDING for (now, _), (then, _) in pairwise(found)), found
    # ... and not missed.
    impostor.close()
    assert reaches(host, echo)


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
    assert reaches(a, echo_b)
    assert reaches(b, echo_a)
    assert has_no_kernel_trouble(a)
    assert has_no_kernel_trouble(b)
    # ... and a host in its right mind is welcome again.
    impostor.close()
    assert reaches(host, echo_a)
    assert reaches(host, echo_b)
