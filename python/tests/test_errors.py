# SPDX-License-Identifier: BSD-3-Clause
"""Exceptions and status codes."""

import ctypes
import pickle

import mcapi
import pytest


def test_numbers_and_names_are_the_library_s() -> None:
    display = ctypes.CDLL("libmcapi.so.0").mcapi_display_status
    display.restype = ctypes.c_char_p
    text = ctypes.create_string_buffer(64)
    for status in mcapi.Status:
        shown = display(ctypes.c_uint(status.value), text, ctypes.c_size_t(64))
        assert shown.decode() == f"MCAPI_{status.name}"
    assert display(ctypes.c_uint(max(mcapi.Status) + 1), text, ctypes.c_size_t(64)) is None


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (mcapi.Timeout, TimeoutError),
        (mcapi.ArgumentError, ValueError),
        (mcapi.TransmissionError, ConnectionError),
        (mcapi.NodeError, Exception),
        (mcapi.EndpointError, Exception),
        (mcapi.LimitError, Exception),
    ],
)
def test_one_tree_that_fits_into_python_s(kind: type[mcapi.Error], builtin: type) -> None:
    assert issubclass(kind, mcapi.Error)
    assert issubclass(kind, builtin)


def test_an_error_says_what_where_and_which_status(node: mcapi.Node) -> None:
    with pytest.raises(mcapi.Error) as caught:
        node.find(domain=9, node=8, port=7, timeout=0)
    assert caught.value.status is mcapi.Status.TIMEOUT
    assert str(caught.value).startswith("find: ")
    assert "9:8" in str(caught.value)
    assert str(caught.value).endswith("(TIMEOUT)")


def test_an_error_survives_pickle(node: mcapi.Node) -> None:
    with pytest.raises(mcapi.Timeout) as caught:
        node.endpoint().recv(timeout=0)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is mcapi.Timeout
    assert copy.status is caught.value.status
    assert str(copy) == str(caught.value)
