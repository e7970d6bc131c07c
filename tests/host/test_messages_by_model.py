# SPDX-License-Identifier: BSD-3-Clause
"""Random sequences of calls for messages, against a model of queues that fits on a page."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule
from library import Node, Request, Status

PORTS = st.integers(1, 3)
NODES = st.sampled_from([0, 1])
PRIORITIES = st.integers(0, 15)
SIZES = st.sampled_from([0, 1, 8, 43, 44, 45, 300, 5000, 65536])
MOST = 40
"""Messages that wait at an endpoint: below the credit, so that no send blocks."""


@dataclass
class Pending:
    """A receive that was started and found nothing."""

    request: Request
    answer: bytes | None = None
    ended: int | None = None


@dataclass
class Endpoint:
    # By sender and priority: the standard orders no more than that.
    queues: dict[tuple[int, int], deque[bytes]] = field(default_factory=dict)
    receives: deque[Pending] = field(default_factory=deque)

    def count(self) -> int:
        return sum(map(len, self.queues.values()))

    def candidates(self) -> dict[bytes, tuple[int, int]]:
        """What may come next: of each sender the oldest of its highest priority."""
        found: dict[int, int] = {}
        for (sender, priority), queue in self.queues.items():
            if queue:
                found[sender] = min(priority, found.get(sender, priority))
        return {self.queues[key][0]: key for key in found.items()}

    def take(self, payload: bytes) -> None:
        candidates = self.candidates()
        assert payload in candidates, (payload[:16], [c[:16] for c in candidates])
        self.queues[candidates[payload]].popleft()


class Messages(RuleBasedStateMachine):
    """Two nodes of this process, each with up to three endpoints."""

    pending = Bundle("pending")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp(prefix="mcapi-model-", dir="/dev/shm")
        os.environ["MCAPI_LOCAL_DIR"] = self.folder
        os.environ["MCAPI_DEVICES"] = ""
        self.nodes = [Node(1, 1), Node(2, 1)]
        self.endpoints: dict[tuple[int, int], Endpoint] = {}
        self.created: set[tuple[int, int]] = set()
        self.serial = 0

    def teardown(self) -> None:
        for node in self.nodes:
            node.end()
        shutil.rmtree(self.folder)
        del os.environ["MCAPI_LOCAL_DIR"], os.environ["MCAPI_DEVICES"]

    @rule(node=NODES, port=PORTS)
    def create(self, node: int, port: int) -> None:
        answer = self.nodes[node].create(port)
        if (node, port) in self.endpoints:
            assert answer.status == Status.ENDP_EXISTS
        else:
            assert answer.status == Status.SUCCESS
            assert answer.value == self.nodes[node].handle(port)
            self.endpoints[node, port] = Endpoint()
            self.created.add((node, port))

    @rule(node=NODES, port=PORTS)
    def delete(self, node: int, port: int) -> None:
        answer = self.nodes[node].delete(port)
        endpoint = self.endpoints.pop((node, port), None)
        assert answer.status == (Status.SUCCESS if endpoint else Status.ENDP_INVALID)
        for waiting in endpoint.receives if endpoint else ():
            waiting.ended = Status.ENDP_DELETED

    @rule(node=NODES, other=NODES, port=PORTS)
    def find(self, node: int, other: int, port: int) -> None:
        there = self.nodes[other]
        answer = self.nodes[node].find(there.domain, there.node, port, timeout=0)
        known = (other, port) in self.endpoints
        assert answer.status == (Status.SUCCESS if known else Status.TIMEOUT)
        if known:
            assert answer.value == there.handle(port)

    @rule(node=NODES, port=PORTS, to=NODES, to_port=PORTS, priority=PRIORITIES, size=SIZES)
    def send(self, node: int, port: int, to: int, to_port: int, priority: int, size: int) -> None:
        receiver = self.endpoints.get((to, to_port))
        if receiver and receiver.count() >= MOST:
            return
        # Each one differs from all others, if it is long enough to.
        self.serial += 1
        payload = (self.serial.to_bytes(4, "little") * (size // 4 + 1))[:size]
        answer = self.nodes[node].send(port, self.nodes[to].handle(to_port), payload, priority)
        never_was = node == to and (to, to_port) not in self.created
        if (node, port) not in self.endpoints or never_was:
            assert answer.status == Status.ENDP_INVALID
            return
        # To an endpoint that is not there any more: dropped, as the standard says.
        assert answer.status == Status.SUCCESS
        if not receiver:
            return
        if receiver.receives:
            receiver.receives.popleft().answer = payload
        else:
            receiver.queues.setdefault((node, priority), deque()).append(payload)

    @rule(node=NODES, port=PORTS, room=st.sampled_from([70_000, 70_000, 10]))
    def receive(self, node: int, port: int, room: int) -> None:
        endpoint = self.endpoints.get((node, port))
        if endpoint and (endpoint.receives or not endpoint.count()):
            return  # it would block
        answer = self.nodes[node].receive(port, room)
        if not endpoint:
            assert answer.status == Status.ENDP_INVALID
            return
        if answer.status == Status.MSG_TRUNCATED:
            assert len(answer.value) == room
            whole = [c for c in endpoint.candidates() if len(c) > room]
            endpoint.take(next(c for c in whole if c.startswith(answer.value)))
        else:
            assert answer.status == Status.SUCCESS
            endpoint.take(answer.value)

    @rule(node=NODES, port=PORTS)
    def available(self, node: int, port: int) -> None:
        endpoint = self.endpoints.get((node, port))
        answer = self.nodes[node].available(port)
        if endpoint:
            assert answer == (Status.SUCCESS, endpoint.count())
        else:
            assert answer == (Status.ENDP_INVALID, 0)

    @rule(target=pending, node=NODES, port=PORTS)
    def start_receive(self, node: int, port: int) -> object:
        endpoint = self.endpoints.get((node, port))
        if not endpoint:
            return multiple()
        waiting = Pending(self.nodes[node].start_receive(port))
        if endpoint.receives or not endpoint.count():
            endpoint.receives.append(waiting)
        else:
            answer = waiting.request.test()
            assert answer.status == Status.SUCCESS
            endpoint.take(answer.value)
            waiting.answer = answer.value
        return waiting

    def _check(self, waiting: Pending, status: int, value: bytes, early: Status) -> None:
        if waiting.ended is not None:
            assert status == waiting.ended
        elif waiting.answer is None:
            assert status == early
        else:
            assert (status, value) == (Status.SUCCESS, waiting.answer)

    @rule(waiting=pending)
    def test(self, waiting: Pending) -> None:
        answer = waiting.request.test()
        self._check(waiting, answer.status, answer.value, Status.PENDING)

    @rule(waiting=consumes(pending))
    def wait_or_cancel(self, waiting: Pending) -> None:
        answer = waiting.request.wait(timeout=0)
        self._check(waiting, answer.status, answer.value, Status.TIMEOUT)
        cancelled = waiting.request.cancel().status
        if answer.status == Status.TIMEOUT:
            assert cancelled == Status.SUCCESS
            for endpoint in self.endpoints.values():
                if waiting in endpoint.receives:
                    endpoint.receives.remove(waiting)
        else:
            assert cancelled == Status.REQUEST_INVALID


TestMessages = Messages.TestCase
TestMessages.settings = settings(
    max_examples=1000 if os.environ.get("MCAPI_TORTURE") else 40,
    stateful_step_count=60,
    deadline=None,
    derandomize=not os.environ.get("MCAPI_TORTURE"),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
