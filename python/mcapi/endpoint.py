# SPDX-License-Identifier: BSD-3-Clause
"""Endpoints of an own node."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from . import _ext

if TYPE_CHECKING:
    from .node import Node


class Endpoint(_ext.Endpoint):
    """An endpoint to send from and to receive at, as `Node.endpoint()` makes it.

    As a context manager it is deleted at the end of the block.
    """

    __slots__ = ("_owner",)

    def __init__(self, _handle: int, owner: "Node") -> None:
        self._owner = owner

    def delete(self) -> None:
        """Delete the endpoint; messages that wait there are dropped."""
        super().delete()
        self._owner._forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.closed:
            self.delete()
