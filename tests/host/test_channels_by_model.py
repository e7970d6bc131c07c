# SPDX-License-Identifier: BSD-3-Clause
"""Random sequences of calls for channels, against a model of two queues."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from ctypes import byref, c_uint, c_void_p

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from library import Node, Status

SEND_PORT, RECEIVE_PORT = 1, 2
SIZES = st.sampled_from([0, 1, 43, 44, 45, 4000, 65536])
BITS = st.sampled_from([8, 16, 32, 64])
MOST_PACKETS, MOST_SCALARS = 6, 40
"""Below what a channel holds, so that no send blocks."""


class Channel(RuleBasedStateMachine):
    """From node 1:1 to node 2:1 of this process; it is closed and made anew now and then."""

    kind: str

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="mcapi-model-", dir="/dev/shm")
        os.environ["MCAPI_LOCAL_DIR"] = self.folder
        os.environ["MCAPI_DEVICES"] = ""
        self.sender, self.receiver = Node(1, 1), Node(2, 1)
        assert self.sender.create(SEND_PORT).status == Status.SUCCESS
        assert self.receiver.create(RECEIVE_PORT).status == Status.SUCCESS
        self.out, self.into = c_uint(), c_uint()
        self.sending = self.receiving = False

    def teardown(self) -> None:
        self.sender.end()
        self.receiver.end()
        shutil.rmtree(self.folder)
        del os.environ["MCAPI_LOCAL_DIR"], os.environ["MCAPI_DEVICES"]

    @initialize()
    def connect(self) -> None:
        """Any node may; here each in turn."""
        kind = self.kind
        send, receive = self.sender.handle(SEND_PORT), self.receiver.handle(RECEIVE_PORT)
        assert self.sender.find(2, 1, RECEIVE_PORT, timeout=5000).status == Status.SUCCESS
        connecting = self.sender.start(f"mcapi_{kind}_connect_i", send, receive)
        # The owner of the other end answers when it calls, as every node of a process does.
        while connecting.wait(timeout=1).status == Status.TIMEOUT:
            self.receiver.available(RECEIVE_PORT)
        opening = self.sender.start(f"mcapi_{kind}_send_open_i", byref(self.out), send)
        opened = self.receiver.finish(f"mcapi_{kind}_recv_open_i", byref(self.into), receive)
        assert opened == Status.SUCCESS
        assert opening.wait(timeout=5000).status == Status.SUCCESS
        self.sending = self.receiving = True
        self.begin()

    def begin(self) -> None:
        raise NotImplementedError

    @precondition(lambda self: self.sending)
    @rule()
    def close_send(self) -> None:
        self.sender.start(f"mcapi_{self.kind}_send_close_i", self.out)
        self.sending = False
        self.settle()

    @precondition(lambda self: self.receiving and not self.sending)
    @rule()
    def close_receive(self) -> None:
        """What is queued is dropped; both ends are free, and are connected again."""
        self.receiver.start(f"mcapi_{self.kind}_recv_close_i", self.into)
        self.receiving = False
        self.settle()
        self.connect()

    def settle(self) -> None:
        """Lets both nodes see what the other one told."""
        for _ in range(3):
            self.sender.available(SEND_PORT)
            self.receiver.available(RECEIVE_PORT)


class Packets(Channel):
    kind = "pktchan"

    def begin(self) -> None:
        self.queue: deque[bytes] = deque()
        self.held: list[tuple[c_void_p, bytes]] = []
        self.serial = 0

    @precondition(lambda self: self.sending and len(self.queue) + len(self.held) < MOST_PACKETS)
    @rule(size=SIZES)
    def send(self, size: int) -> None:
        self.serial += 1
        payload = (self.serial.to_bytes(4, "little") * (size // 4 + 1))[:size]
        assert self.sender.send_packet(self.out, payload).status == Status.SUCCESS
        self.queue.append(payload)

    @precondition(lambda self: self.receiving and self.queue)
    @rule()
    def receive(self) -> None:
        answer = self.receiver.receive_packet(self.into)
        assert answer.status == Status.SUCCESS
        at, content = answer.value
        assert content == self.queue.popleft()
        self.held.append((at, content))

    @precondition(lambda self: self.receiving and self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """In any order; what was there stays until then, and cannot be released twice."""
        at, content = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        assert self.receiver.content(at, len(content)) == content
        assert self.receiver.release(at).status == Status.SUCCESS
        assert self.receiver.release(at).status == Status.BUF_INVALID

    @precondition(lambda self: self.receiving)
    @rule()
    def available(self) -> None:
        assert self.receiver.packets_available(self.into) == (Status.SUCCESS, len(self.queue))

    @precondition(lambda self: self.receiving and not self.sending and not self.held)
    @rule()
    def close_receive(self) -> None:
        super().close_receive()


class Scalars(Channel):
    kind = "sclchan"

    def begin(self) -> None:
        self.queue: deque[tuple[int, int]] = deque()

    @precondition(lambda self: self.sending and len(self.queue) < MOST_SCALARS)
    @rule(bits=BITS, value=st.integers(0, 2**64 - 1))
    def send(self, bits: int, value: int) -> None:
        value &= (1 << bits) - 1
        assert self.sender.send_scalar(self.out, bits, value).status == Status.SUCCESS
        self.queue.append((bits, value))

    @precondition(lambda self: self.receiving and self.queue)
    @rule(bits=BITS)
    def receive(self, bits: int) -> None:
        """Of another size: it stays where it is."""
        answer = self.receiver.receive_scalar(self.into, bits)
        if bits == self.queue[0][0]:
            assert answer == (Status.SUCCESS, self.queue.popleft()[1])
        else:
            assert answer.status == Status.SCL_SIZE

    @precondition(lambda self: self.receiving)
    @rule()
    def available(self) -> None:
        assert self.receiver.scalars_available(self.into) == (Status.SUCCESS, len(self.queue))


_SETTINGS = settings(
    max_examples=500 if os.environ.get("MCAPI_TORTURE") else 25,
    stateful_step_count=50,
    deadline=None,
    derandomize=not os.environ.get("MCAPI_TORTURE"),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPackets = Packets.TestCase
TestPackets.settings = _SETTINGS
TestScalars = Scalars.TestCase
TestScalars.settings = _SETTINGS
