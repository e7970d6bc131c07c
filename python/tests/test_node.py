# SPDX-License-Identifier: BSD-3-Clause
"""Nodes: opening, closing, threads."""

import os
import threading

import mcapi
import pytest
from talk import Spawn, heard, once_inside, tell


def test_a_node_knows_its_name(node: mcapi.Node) -> None:
    assert (node.domain, node.node) == (1, 1)
    assert repr(node) == "<Node 1:1>"
    assert not node.closed


def test_a_node_can_be_opened_again() -> None:
    for _ in range(3):
        with mcapi.Node(domain=1, node=1) as node:
            here = node.endpoint(port=1)
            here.send(here, b"again")
            assert here.recv(timeout=1) == b"again"
        assert node.closed
        assert here.closed


def test_a_closed_node_cannot_be_used() -> None:
    node = mcapi.Node(domain=1, node=1)
    here = node.endpoint()
    node.close()
    node.close()
    for use in (
        node.endpoint,
        node.stats,
        lambda: node.find(domain=1, node=1, port=1, timeout=0),
    ):
        with pytest.raises(mcapi.NodeError) as caught:
            use()
        assert caught.value.status is mcapi.Status.ERR_NODE_NOTINIT
    with pytest.raises(mcapi.EndpointError):
        here.recv(timeout=0)


def test_a_thread_has_one_node(node: mcapi.Node) -> None:
    with pytest.raises(mcapi.NodeError) as caught:
        mcapi.Node(domain=1, node=2)
    assert caught.value.status is mcapi.Status.ERR_NODE_INITIALIZED
    assert not node.closed


def test_a_name_belongs_to_one_process(node: mcapi.Node, spawn: Spawn) -> None:
    other = spawn(
        "try:\n"
        "    mcapi.Node(domain=1, node=1)\n"
        "except mcapi.NodeError as error:\n"
        "    say(error.status.name)\n"
    )
    assert heard(other) == "ERR_NODE_INITFAILED"


def test_a_forked_child_has_no_node(node: mcapi.Node) -> None:
    here = node.endpoint()
    with pytest.raises(mcapi.Timeout):
        here.recv(timeout=0)
    child = os.fork()
    if not child:
        refused = 0
        for use in (lambda: here.send(here, b"child"), lambda: here.recv(timeout=0), node.close):
            try:
                use()
            except mcapi.NodeError:
                refused += 1
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    here.send(here, b"parent")
    assert here.recv(timeout=1) == b"parent"


@pytest.mark.parametrize(("domain", "number"), [(255, 1), (1, 255), (-1, 1), (1, 1 << 40)])
def test_impossible_name(domain: int, number: int) -> None:
    with pytest.raises(mcapi.ArgumentError):
        mcapi.Node(domain=domain, node=number)


def test_threads_may_have_nodes_of_their_own(node: mcapi.Node) -> None:
    here = node.endpoint(port=1)
    problems: list[BaseException] = []
    received = threading.Event()

    def other() -> None:
        try:
            with mcapi.Node(domain=1, node=2) as mine:
                there = mine.find(domain=1, node=1, port=1, timeout=10)
                mine.endpoint(port=1).send(there, b"hello")
                for use in node.stats, node.endpoint, node.close:
                    with pytest.raises(mcapi.NodeError, match="1:2"):
                        use()
                received.wait(10)
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=other)
    thread.start()
    assert here.recv(timeout=10) == b"hello"
    received.set()
    thread.join()
    assert not problems


def test_a_node_does_not_end_under_a_waiting_thread(node: mcapi.Node) -> None:
    here, there = node.endpoint(), node.endpoint()
    caught: list[BaseException] = []

    def close() -> None:
        try:
            node.close()
        except mcapi.NodeError as error:
            caught.append(error)
        there.send(here, b"still here")

    with once_inside(here, close):
        assert here.recv() == b"still here"
    assert len(caught) == 1
    assert "still in send() or recv() of <Endpoint 1:1:" in str(caught[0])


def test_stats_count(node: mcapi.Node, spawn: Spawn) -> None:
    assert node.stats() == mcapi.Stats(1, 0, 0, 0, 0, 0)
    here = node.endpoint(port=1)
    sender = spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint()\n"
        "    there = node.find(domain=1, node=1, port=1)\n"
        "    hear(); here.send(there, b'x')\n"
        "    say(node.stats().sent); hear()\n"
    )
    with once_inside(here, lambda: tell(sender, "send")):
        assert here.recv() == b"x"
    assert heard(sender) == "1"
    stats = node.stats()
    assert stats.received == 1
    assert stats.sleeps >= 1
    tell(sender, "end")
