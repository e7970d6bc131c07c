# SPDX-License-Identifier: BSD-3-Clause
"""Host processes as the processors of an ivshmem server: no board, no driver.

What crosses processors is tested here in a second: the handshake of the two sides,
doorbells, deaths, and peers that write what they like.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import mcapi
import pytest

from lab import topology
from lab.server import Server

TALKER = Path(__file__).with_name("talker.py")
SIZES = (0, 1, 44, 45, 4096, 65536, 1 << 20)
LINK = topology.BOARDS.links[0]  # between peers 0 and 1, the talker and this process

Start = Callable[[int, str], subprocess.Popen[str]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(topology.BOARDS, tmp_path / "iv") as running:
        yield running


@pytest.fixture
def start(server: Server, tmp_path: Path) -> Iterator[Start]:
    """Start a talker: its peer id on the server, and the DOMAIN:PORT that it talks to."""
    talkers: list[subprocess.Popen[str]] = []

    def run(peer: int, other: str) -> subprocess.Popen[str]:
        environment = os.environ | peer_environment(server, peer, tmp_path)
        talkers.append(
            subprocess.Popen(
                [sys.executable, str(TALKER), str(peer + 1), other],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return talkers[-1]

    yield run
    for talker in talkers:
        talker.kill()
        talker.communicate()


def peer_environment(server: Server, peer: int, tmp_path: Path) -> dict[str, str]:
    """Each peer has a local link of its own, so that they can only meet over ivshmem."""
    local = tmp_path / f"local-{peer}"
    local.mkdir(mode=0o700, exist_ok=True)
    return {
        "MCAPI_IVSHMEM": str(server.socket_of(peer)),
        "MCAPI_LOCAL_DIR": str(local),
        "MCAPI_DEVICES": "",
    }


@pytest.fixture
def node(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[mcapi.Node]:
    """This process as peer 1, domain 2."""
    for name, value in peer_environment(server, 1, tmp_path).items():
        monkeypatch.setenv(name, value)
    with mcapi.Node(domain=2, node=1) as mine:
        yield mine


def heard(talker: subprocess.Popen[str]) -> str:
    assert talker.stdout
    return talker.stdout.readline().strip()


def exchange(
    here: mcapi.Endpoint, there: mcapi.RemoteEndpoint, sizes: tuple[int, ...] = SIZES
) -> None:
    for size in sizes:
        data = random.Random(size).randbytes(size)
        here.send(there, data)
        assert here.recv(timeout=10.0) == data


def send_for(seconds: float, here: mcapi.Endpoint, there: mcapi.RemoteEndpoint) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        here.send(there, b"anybody there?")


def test_small_windows(tmp_path: Path) -> None:
    """What is longer than the whole window goes through it, in parts."""
    for window in (256 << 10, 1 << 20):
        place = tmp_path / str(window)
        place.mkdir()
        plan = topology.full_mesh(("one", "two"), 4 << 20, window)
        with Server(plan, place / "iv") as server:
            environments = [peer_environment(server, peer, place) for peer in (0, 1)]
            talker = subprocess.Popen(
                [sys.executable, str(TALKER), "1", "2:1"], env=os.environ | environments[0]
            )
            try:
                with pytest.MonkeyPatch.context() as patch:
                    for name, value in environments[1].items():
                        patch.setenv(name, value)
                    with mcapi.Node(domain=2, node=1) as mine:
                        here = mine.endpoint(port=1)
                        there = mine.find(domain=1, node=1, port=1, timeout=10.0)
                        exchange(here, there, (*SIZES, 3 << 20, 16 << 20))
            finally:
                talker.kill()
                talker.wait()


def test_whoever_starts_first(start: Start, node: mcapi.Node) -> None:
    here = node.endpoint(port=1)
    assert node.stats().links == 3
    start(0, "2:1")
    exchange(here, node.find(domain=1, node=1, port=1, timeout=10.0))
    start(2, "2:1")
    exchange(here, node.find(domain=3, node=1, port=1, timeout=10.0))


def test_who_is_killed_and_comes_back(start: Start, node: mcapi.Node) -> None:
    here = node.endpoint(port=1)
    for _ in range(5):
        talker = start(0, "2:1")
        there = node.find(domain=1, node=1, port=1, timeout=10.0)
        exchange(here, there)
        talker.kill()
        with pytest.raises(mcapi.TransmissionError):
            send_for(10.0, here, there)
        # A receive names no sender and goes on waiting.
        with pytest.raises(mcapi.Timeout):
            here.recv(timeout=0.1)
        talker.wait()


def test_a_survivor_meets_one_life_after_another(
    start: Start,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talker = start(0, "2:1")
    assert heard(talker) == "ready"
    for name, value in peer_environment(server, 1, tmp_path).items():
        monkeypatch.setenv(name, value)
    for _ in range(3):
        with mcapi.Node(domain=2, node=1) as mine:
            here = mine.endpoint(port=1)
            there = mine.find(domain=1, node=1, port=1, timeout=10.0)
            exchange(here, there)
    assert heard(talker) == "found"
    assert talker.poll() is None


def test_another_wire_format(start: Start, server: Server, node: mcapi.Node) -> None:
    here = node.endpoint(port=1)
    talker = start(0, "2:1")
    assert heard(talker) == "ready"
    exchange(here, node.find(domain=1, node=1, port=1, timeout=10.0))
    talker.kill()
    talker.wait()
    # Peer 0 is side 0 of the link: let its next life find and write another version.
    major = LINK.offset + 4
    start(0, "2:1")
    node.find(domain=1, node=1, port=1, timeout=10.0)
    server.memory[major : major + 2] = struct.pack("<H", 2)
    boot_epoch = LINK.offset + 64
    (epoch,) = struct.unpack_from("<I", server.memory, boot_epoch)
    struct.pack_into("<I", server.memory, boot_epoch, epoch + 1)
    with pytest.raises(mcapi.Timeout, match="another wire format"):
        node.find(domain=1, node=1, port=1, timeout=0.1)


def test_a_side_that_is_written_over(start: Start, server: Server, node: mcapi.Node) -> None:
    """Random words over all of the other side, its header and owner lines included."""
    here = node.endpoint(port=1)
    apart = node.endpoint(port=2)
    bystander = start(2, "2:2")
    third = node.find(domain=3, node=1, port=1, timeout=10.0)
    dice = random.Random(1)
    for _ in range(5):
        talker = start(0, "2:1")
        there = node.find(domain=1, node=1, port=1, timeout=10.0)
        for turn in range(400):
            for _ in range(8):
                area = dice.choice((0, 0x1000, 0x10000, 0x11000, 0x12000, 0x13000, 0x210000))
                at = LINK.offset + area + 4 * dice.randrange(0x400)
                value = dice.choice((dice.randrange(64), dice.getrandbits(32), 0xFFFFFFFF))
                struct.pack_into("<I", server.memory, at, value)
            try:
                here.send(there, b"hello" * (turn % 20), priority=1)
            except mcapi.TransmissionError:
                break
            while here.available():
                here.recv(timeout=0)
        # The other link has not noticed anything.
        exchange(apart, third)
        talker.kill()
        talker.wait()
    assert bystander.poll() is None
    # A peer that starts anew is reachable again, and its last life's late answers are there.
    assert heard(start(0, "2:1")) == "ready"
    there = node.find(domain=1, node=1, port=1, timeout=10.0)
    while here.available():
        here.recv(timeout=0)
    exchange(here, there)
