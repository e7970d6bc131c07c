# SPDX-License-Identifier: BSD-3-Clause
"""The ivshmem server: protocol, fixed ids, presence, and clients that misbehave."""

from __future__ import annotations

import mmap
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.paths import socket_path
from lab.peer import Peer
from lab.server import Server
from lab.topology import PAGE_SIZE, full_mesh, presence_offset

MIB = 1 << 20
PLAN = full_mesh(("a", "b", "c"), size=4 * MIB, window=MIB)
PRESENCE = PLAN.presence_vector


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(PLAN, tmp_path) as running:
        yield running


def join(server: Server, peer: int) -> Peer:
    return Peer(server.socket_of(peer), PLAN.vectors)


def presence(memory: mmap.mmap, peer: int) -> tuple[int, int]:
    present, generation = struct.unpack_from("<II", memory, presence_offset(peer))
    return present, generation


def test_ids_are_fixed_by_socket_in_any_order(server: Server) -> None:
    for peer in (2, 0, 1):
        assert join(server, peer).id == peer


def test_first_peer_finds_the_topology_and_itself_present(server: Server) -> None:
    peer = join(server, 1)
    assert peer.version == 0
    page = bytearray(PLAN.page())
    struct.pack_into("<II", page, presence_offset(1), 1, 1)
    assert peer.memory[:PAGE_SIZE] == page
    assert len(peer.memory) == PLAN.size


def test_doorbells_both_ways_carry_the_sender(server: Server) -> None:
    a, b = join(server, 0), join(server, 1)
    a.ring(1)
    assert b.rung(0)
    b.ring(0)
    assert a.rung(1)
    assert not a.rung(2, timeout=0)


def test_memory_is_shared(server: Server) -> None:
    a, b = join(server, 0), join(server, 1)
    a.memory[2 * MIB : 2 * MIB + 5] = b"hello"
    assert b.memory[2 * MIB : 2 * MIB + 5] == b"hello"
    assert server.memory[2 * MIB : 2 * MIB + 5] == b"hello"


def test_presence_is_written_and_rung(server: Server) -> None:
    a = join(server, 0)
    b = join(server, 1)
    assert a.rung(PRESENCE)
    assert presence(a.memory, 1) == (1, 1)
    b.close()
    assert a.rung(PRESENCE)
    assert presence(a.memory, 1) == (0, 1)


def test_a_peer_that_comes_back_has_its_id_and_doorbells(server: Server) -> None:
    a = join(server, 0)
    join(server, 1).close()
    back = join(server, 1)
    assert back.id == 1
    assert presence(back.memory, 1) == (1, 2)
    a.ring(1)
    assert back.rung(0)


def test_rings_to_an_absent_peer_are_not_kept(server: Server) -> None:
    a = join(server, 0)
    a.ring(1)
    assert not join(server, 1).rung(0, timeout=0)


def test_nothing_is_told_after_the_set_up(server: Server) -> None:
    a = join(server, 0)
    for _ in range(3):
        join(server, 1).close()
        assert a.rung(PRESENCE)
    a.connection.setblocking(False)
    with pytest.raises(BlockingIOError):
        a.message()


def test_a_second_client_of_one_id_is_refused(server: Server) -> None:
    first = join(server, 0)
    with pytest.raises(ConnectionError):
        join(server, 0)
    second = join(server, 1)
    second.ring(0)
    assert first.rung(1)


def test_what_a_client_sends_is_thrown_away(server: Server) -> None:
    a = join(server, 0)
    a.connection.sendall(b"\xff" * 100_000)
    b = join(server, 1)
    b.ring(0)
    assert a.rung(1)


def test_a_client_that_leaves_in_the_middle_of_set_up(server: Server) -> None:
    rude = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    rude.connect(socket_path(server.socket_of(0)))
    rude.recv(3)
    rude.close()
    assert join(server, 1).id == 1
    assert join(server, 0).id == 0


def test_close_disconnects_everybody_and_removes_the_sockets(tmp_path: Path) -> None:
    with Server(PLAN, tmp_path) as server:
        peer = join(server, 0)
    with pytest.raises(ConnectionError):
        peer.message()
    assert list(tmp_path.iterdir()) == []
