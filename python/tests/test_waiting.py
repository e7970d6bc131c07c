# SPDX-License-Identifier: BSD-3-Clause
"""Timeouts, signals and the GIL."""

import os
import signal
import threading
import time

import mcapi
import pytest
from talk import Spawn, heard, once_inside, tell


@pytest.mark.parametrize("timeout", [0, 0.0, 0.02])
def test_recv_gives_up_in_time(node: mcapi.Node, timeout: float) -> None:
    here = node.endpoint()
    begin = time.monotonic()
    with pytest.raises(mcapi.Timeout):
        here.recv(timeout)
    assert time.monotonic() - begin >= timeout


def test_a_receive_that_timed_out_loses_nothing(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    with pytest.raises(mcapi.Timeout):
        there.recv(timeout=0)
    for message in b"first", b"second", b"third":
        here.send(there, message)
    assert there.available() == 3
    assert [there.recv(timeout=0) for _ in range(3)] == [b"first", b"second", b"third"]
    assert there.available() == 0


def test_find_gives_up_in_time(node: mcapi.Node) -> None:
    begin = time.monotonic()
    with pytest.raises(mcapi.Timeout) as caught:
        node.find(domain=9, node=9, port=9, timeout=0.02)
    assert time.monotonic() - begin >= 0.02
    assert "9:9" in str(caught.value)


def test_find_waits_for_an_endpoint_that_comes_later(node: mcapi.Node, spawn: Spawn) -> None:
    peer = spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n    hear(); node.endpoint(port=7); hear()\n"
    )
    with pytest.raises(mcapi.Timeout):
        node.find(domain=2, node=1, port=7, timeout=0)
    tell(peer, "create it")
    assert node.find(domain=2, node=1, port=7).port == 7
    tell(peer, "end")


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan")])
def test_impossible_timeout(node: mcapi.Node, timeout: float) -> None:
    here = node.endpoint()
    with pytest.raises(mcapi.ArgumentError):
        here.recv(timeout)
    with pytest.raises(mcapi.ArgumentError):
        node.find(domain=1, node=1, port=1, timeout=timeout)


def test_a_very_long_timeout_waits(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    with once_inside(here, lambda: there.send(here, b"came")):
        assert here.recv(timeout=1e300) == b"came"


def test_other_threads_run_while_one_waits(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    with once_inside(here, lambda: there.send(here, b"from the other thread")):
        assert here.recv() == b"from the other thread"


def test_two_threads_receive_at_one_endpoint(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    received: list[bytes] = []
    threads = [threading.Thread(target=lambda: received.append(here.recv())) for _ in range(2)]
    for thread in threads:
        thread.start()
    while here._inside < 2:
        time.sleep(0)
    there.send(here, b"one")
    there.send(here, b"two")
    for thread in threads:
        thread.join()
    assert sorted(received) == [b"one", b"two"]


def test_a_second_receiver_times_out_on_its_own(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()

    def second() -> None:
        with pytest.raises(mcapi.Timeout, match="another thread"):
            here.recv(timeout=0.01)
        there.send(here, b"for the first")

    with once_inside(here, second):
        assert here.recv() == b"for the first"


def test_ctrl_c_interrupts_recv(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    with (
        once_inside(here, lambda: os.kill(os.getpid(), signal.SIGINT)),
        pytest.raises(KeyboardInterrupt),
    ):
        here.recv()
    there.send(here, b"after it")
    assert here.recv(timeout=0) == b"after it"


def test_ctrl_c_interrupts_find(node: mcapi.Node) -> None:
    def interrupt() -> None:
        while not node.stats().sleeps:
            time.sleep(0)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        node.find(domain=9, node=9, port=9)
    thread.join()


def test_ctrl_c_interrupts_send_and_the_message_still_goes(node: mcapi.Node, spawn: Spawn) -> None:
    receiver = spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint(port=1)\n"
        "    say('ready'); hear()\n"
        "    while (message := here.recv()) != b'last':\n"
        "        say(int.from_bytes(message, 'little'))\n"
        "    say('end')\n"
    )
    assert heard(receiver) == "ready"
    here = node.endpoint()
    there = node.find(domain=2, node=1, port=1, timeout=10)
    sent = 0

    def until_interrupted() -> None:
        nonlocal sent
        while True:
            here.send(there, sent.to_bytes(4096, "little"))
            sent += 1

    with (
        once_inside(here, lambda: os.kill(os.getpid(), signal.SIGINT)),
        pytest.raises(KeyboardInterrupt),
    ):
        until_interrupted()
    # Had the payload's memory been given back, this would now be in its place.
    reused = [bytes([255]) * 4096 for _ in range(100)]
    tell(receiver, "go on")
    here.send(there, b"last")
    words = [heard(receiver) for _ in range(sent + 2)]
    assert len(reused) == 100
    assert words == [*map(str, range(sent + 1)), "end"]
