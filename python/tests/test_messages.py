# SPDX-License-Identifier: BSD-3-Clause
"""Messages between two processes."""

import array
import subprocess

import mcapi
import pytest
from talk import Spawn, heard, tell

MAX = 16 << 20
POWERS = [1 << shift for shift in range(8, 25)]
SIZES = [*range(260), *(power + step for power in POWERS for step in (-1, 0, 1))]


def payload(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 2))[size % 251 :][:size]


def test_all_sizes_come_back_unchanged(node: mcapi.Node, echo: "subprocess.Popen[str]") -> None:
    here = node.endpoint(port=1)
    there = node.find(domain=2, node=1, port=1, timeout=10)
    for size in SIZES:
        if size <= MAX:
            here.send(there, payload(size))
            assert here.recv(timeout=10) == payload(size)
    assert node.stats().sent == node.stats().received == len(SIZES) - 1


def test_too_long_a_message_is_refused(node: mcapi.Node) -> None:
    here = node.endpoint()
    with pytest.raises(mcapi.ArgumentError) as caught:
        here.send(here, bytes(MAX + 1))
    assert caught.value.status is mcapi.Status.ERR_MSG_SIZE


@pytest.mark.parametrize(
    "data",
    [b"\1\2\3\4", bytearray(b"\1\2\3\4"), memoryview(b"\1\2\3\4"), array.array("B", [1, 2, 3, 4])],
    ids=lambda data: type(data).__name__,
)
def test_any_bytes_like_object_can_be_sent(node: mcapi.Node, data: bytes) -> None:
    here = node.endpoint()
    here.send(here, data)
    received = here.recv(timeout=1)
    assert type(received) is bytes
    assert received == b"\1\2\3\4"


def test_scattered_memory_cannot_be_sent(node: mcapi.Node) -> None:
    here = node.endpoint()
    with pytest.raises(BufferError):
        here.send(here, memoryview(b"abcdef")[::2])


def test_higher_priority_comes_first_and_each_is_in_order(node: mcapi.Node, spawn: Spawn) -> None:
    here = node.endpoint(port=1)
    sender = spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint()\n"
        "    there = node.find(domain=1, node=1, port=1)\n"
        "    for name, priority in ('c', 15), ('b', 7), ('a', 0), ('d', 15):\n"
        "        here.send(there, name.encode(), priority=priority)\n"
        "    say('sent'); hear()\n"
    )
    assert heard(sender) == "sent"
    assert here.available() == 4
    assert [here.recv(timeout=1) for _ in range(4)] == [b"a", b"b", b"c", b"d"]
    tell(sender, "end")


@pytest.mark.parametrize("priority", [16, -1, 1 << 32, 1 << 80])
def test_impossible_priority(node: mcapi.Node, priority: int) -> None:
    here = node.endpoint()
    with pytest.raises(mcapi.ArgumentError):
        here.send(here, b"", priority=priority)
    assert here.available() == 0


def test_a_sender_waits_for_room(node: mcapi.Node, spawn: Spawn) -> None:
    count = 20000
    here = node.endpoint(port=1)
    sender = spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint()\n"
        "    there = node.find(domain=1, node=1, port=1)\n"
        f"    for index in range({count}):\n"
        "        here.send(there, index.to_bytes(200, 'little'))\n"
        "    say(node.stats().sent); hear()\n"
    )
    for index in range(count):
        assert int.from_bytes(here.recv(timeout=10), "little") == index
    assert heard(sender) == str(count)
    tell(sender, "end")


def test_a_dead_peer_is_noticed_by_the_next_sends(
    node: mcapi.Node, echo: "subprocess.Popen[str]"
) -> None:
    here = node.endpoint(port=1)
    there = node.find(domain=2, node=1, port=1, timeout=10)
    echo.kill()
    echo.wait()

    def until_it_fails() -> None:
        while True:
            here.send(there, b"anybody there?")

    with pytest.raises(ConnectionError) as caught:
        until_it_fails()
    assert isinstance(caught.value, mcapi.TransmissionError)
    with pytest.raises(mcapi.Timeout):
        here.recv(timeout=0)
