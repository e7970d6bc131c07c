# SPDX-License-Identifier: BSD-3-Clause
"""Endpoints of other nodes."""

from . import _ext


class RemoteEndpoint(_ext.Address):
    """An endpoint to send to, as `Node.find()` returns it."""

    __slots__ = ()
