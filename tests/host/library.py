# SPDX-License-Identifier: BSD-3-Clause
"""libmcapi by ctypes: the C API as it is, several nodes in this process.

A node belongs to the thread that initialised it, so each has a thread of its own here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, c_size_t, c_ubyte, c_uint, c_uint64, c_void_p
from enum import IntEnum
from typing import Any, NamedTuple

MAX_MESSAGE = 70_000


class Status(IntEnum):
    """The codes that the tests name; others are shown by their number."""

    SUCCESS = 1
    PENDING = 2
    TIMEOUT = 3
    ENDP_INVALID = 12
    ENDP_EXISTS = 13
    ENDP_DELETED = 15
    MSG_TRUNCATED = 27
    SCL_SIZE = 38
    BUF_INVALID = 41
    REQUEST_INVALID = 43
    REQUEST_CANCELLED = 45


class Answer(NamedTuple):
    """What a call returned, and its status."""

    status: int
    value: Any = None


class Node:
    """A node of this process. Every call runs in its thread and has an answer."""

    def __init__(self, domain: int, node: int) -> None:
        self.domain, self.node = domain, node
        self._library = ctypes.CDLL("libmcapi.so.0")
        self._library.mcapi_sclchan_recv_uint64.restype = c_uint64
        self._thread = ThreadPoolExecutor(max_workers=1)
        info = (c_uint * 6)()
        answer = self._call("mcapi_initialize", domain, node, None, None, byref(info))
        assert answer.status == Status.SUCCESS, answer

    def end(self) -> None:
        answer = self._call("mcapi_finalize")
        self._thread.shutdown()
        assert answer.status == Status.SUCCESS, answer

    def _call(self, name: str, *arguments: object) -> Answer:
        function: Callable[..., int] = getattr(self._library, name)
        status = c_uint()
        value = self._thread.submit(function, *arguments, byref(status)).result(timeout=60)
        return Answer(status.value, value)

    # ---- endpoints ----

    def handle(self, port: int) -> int:
        return self.domain << 24 | self.node << 16 | port

    def create(self, port: int) -> Answer:
        return self._call("mcapi_endpoint_create", port)

    def delete(self, port: int) -> Answer:
        return self._call("mcapi_endpoint_delete", self.handle(port))

    def find(self, domain: int, node: int, port: int, timeout: int) -> Answer:
        return self._call("mcapi_endpoint_get", domain, node, port, timeout)

    # ---- messages ----

    def send(self, port: int, to: int, payload: bytes, priority: int) -> Answer:
        arguments = (self.handle(port), to, payload, c_size_t(len(payload)), priority)
        return self._call("mcapi_msg_send", *arguments)

    def receive(self, port: int, room: int = MAX_MESSAGE) -> Answer:
        buffer, size = (c_ubyte * room)(), c_size_t()
        arguments = (self.handle(port), buffer, c_size_t(room), byref(size))
        answer = self._call("mcapi_msg_recv", *arguments)
        return Answer(answer.status, bytes(buffer[: size.value]))

    def available(self, port: int) -> Answer:
        return self._call("mcapi_msg_available", self.handle(port))

    def start_receive(self, port: int) -> Request:
        request = Request(self)
        room = c_size_t(len(request.buffer))
        answer = self._call(
            "mcapi_msg_recv_i", self.handle(port), request.buffer, room, byref(request.handle)
        )
        assert answer.status in (Status.SUCCESS, Status.PENDING), answer
        return request

    # ---- channels ----

    def finish(self, name: str, *arguments: object) -> int:
        """A call that makes a request, and the wait for it; its status in the end."""
        request = Request(self)
        answer = self._call(name, *arguments, byref(request.handle))
        if answer.status not in (Status.SUCCESS, Status.PENDING):
            return answer.status
        return request.wait(timeout=10_000).status

    def start(self, name: str, *arguments: object) -> Request:
        request = Request(self)
        answer = self._call(name, *arguments, byref(request.handle))
        assert answer.status in (Status.SUCCESS, Status.PENDING), answer
        return request

    def send_packet(self, channel: c_uint, payload: bytes) -> Answer:
        return self._call("mcapi_pktchan_send", channel, payload, c_size_t(len(payload)))

    def receive_packet(self, channel: c_uint) -> Answer:
        """The packet's address and its content."""
        at, size = c_void_p(), c_size_t()
        answer = self._call("mcapi_pktchan_recv", channel, byref(at), byref(size))
        return Answer(answer.status, (at, self.content(at, size.value)))

    def release(self, packet: c_void_p) -> Answer:
        return self._call("mcapi_pktchan_release", packet)

    @staticmethod
    def content(packet: c_void_p, size: int) -> bytes:
        return ctypes.string_at(packet, size) if packet.value else b""

    def packets_available(self, channel: c_uint) -> Answer:
        return self._call("mcapi_pktchan_available", channel)

    def send_scalar(self, channel: c_uint, bits: int, value: int) -> Answer:
        kind = getattr(ctypes, f"c_uint{bits}")
        return self._call(f"mcapi_sclchan_send_uint{bits}", channel, kind(value))

    def receive_scalar(self, channel: c_uint, bits: int) -> Answer:
        answer = self._call(f"mcapi_sclchan_recv_uint{bits}", channel)
        return Answer(answer.status, answer.value & (1 << bits) - 1)

    def scalars_available(self, channel: c_uint) -> Answer:
        return self._call("mcapi_sclchan_available", channel)


class Request:
    """An operation under way; its buffer lives as long as it does."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.handle = c_uint()
        self.buffer = (c_ubyte * MAX_MESSAGE)()

    def test(self) -> Answer:
        size = c_size_t()
        answer = self._node._call("mcapi_test", byref(self.handle), byref(size))
        return Answer(answer.status, bytes(self.buffer[: size.value]))

    def wait(self, timeout: int) -> Answer:
        size = c_size_t()
        answer = self._node._call("mcapi_wait", byref(self.handle), byref(size), timeout)
        return Answer(answer.status, bytes(self.buffer[: size.value]))

    def cancel(self) -> Answer:
        return self._node._call("mcapi_cancel", byref(self.handle))
