# SPDX-License-Identifier: BSD-3-Clause
"""Endpoints: names, creation and deletion."""

import gc

import mcapi
import pytest
from talk import once_inside


def test_an_endpoint_knows_its_name(node: mcapi.Node) -> None:
    here = node.endpoint(port=5)
    assert (here.domain, here.node, here.port) == (1, 1, 5)
    assert repr(here) == "<Endpoint 1:1:5>"


def test_names_of_one_endpoint_are_equal(node: mcapi.Node) -> None:
    here: object = node.endpoint(port=5)
    other: object = node.endpoint(port=6)
    found = node.find(domain=1, node=1, port=5, timeout=0)
    assert repr(found) == "<RemoteEndpoint 1:1:5>"
    assert found == here
    assert found != other
    assert len({found, here, other}) == 2
    assert here != object()


def test_any_port_is_a_free_one(node: mcapi.Node) -> None:
    ports = {node.endpoint().port for _ in range(50)}
    assert len(ports) == 50
    for port in ports:
        with pytest.raises(mcapi.EndpointError) as caught:
            node.endpoint(port=port)
        assert caught.value.status is mcapi.Status.ERR_ENDP_EXISTS


@pytest.mark.parametrize("port", [-1, 0, 65535, 1 << 32])
def test_impossible_port(node: mcapi.Node, port: int) -> None:
    with pytest.raises(mcapi.ArgumentError):
        node.endpoint(port=port)
    with pytest.raises(mcapi.ArgumentError):
        node.find(domain=1, node=1, port=port, timeout=0)


def test_a_deleted_endpoint_cannot_be_used(node: mcapi.Node) -> None:
    here = node.endpoint(port=5)
    here.send(here, b"dropped")
    here.delete()
    assert here.closed
    again = node.endpoint(port=5)
    assert again.available() == 0
    for use in (
        lambda: here.send(again, b""),
        lambda: here.recv(timeout=0),
        here.available,
        here.delete,
    ):
        with pytest.raises(mcapi.EndpointError) as caught:
            use()
        assert caught.value.status is mcapi.Status.ERR_ENDP_INVALID
    assert not again.closed


def test_an_endpoint_ends_with_its_block(node: mcapi.Node) -> None:
    with node.endpoint(port=5) as here:
        assert not here.closed
    assert here.closed
    with node.endpoint(port=5) as here:
        here.delete()


def test_deletion_ends_a_receive(node: mcapi.Node) -> None:
    here = node.endpoint()
    with once_inside(here, here.delete), pytest.raises(mcapi.EndpointError) as caught:
        here.recv()
    assert caught.value.status is mcapi.Status.ERR_ENDP_DELETED


def test_deletion_after_a_receive_that_timed_out(node: mcapi.Node) -> None:
    for _ in range(5000):  # more than the library has requests
        with node.endpoint(port=5) as here, pytest.raises(mcapi.Timeout):
            here.recv(timeout=0)


def test_the_node_keeps_its_endpoints_alive(node: mcapi.Node) -> None:
    node.endpoint(port=5)
    gc.collect()
    found = node.find(domain=1, node=1, port=5, timeout=0)
    node.endpoint().send(found, b"kept")


@pytest.mark.parametrize(
    "arguments", [(), (b"x",), (1, b"x"), ("1:1:5", b"x"), (None, b"x")], ids=repr
)
def test_send_needs_an_endpoint_and_data(node: mcapi.Node, arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        node.endpoint().send(*arguments)  # type: ignore[arg-type]


def test_wrong_types_are_refused(node: mcapi.Node) -> None:
    here = node.endpoint()
    with pytest.raises(TypeError):
        here.send(here, "text")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        here.send(here, b"", priority="high")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        here.send(here, b"", urgency=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        here.send(here, b"", 1, priority=1)  # type: ignore[misc]
    with pytest.raises(TypeError):
        here.recv("soon")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        node.endpoint(port="1")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        mcapi.Endpoint()  # type: ignore[call-arg]
