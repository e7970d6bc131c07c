# SPDX-License-Identifier: BSD-3-Clause
"""The exceptions: one tree, so that `except mcapi.Error` catches them all."""

from .status import Status


class Error(Exception):
    """An operation failed; `status` is the standard's code."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type["Error"], tuple[Status, str]]:
        return type(self), (self.status, str(self))


class Timeout(Error, TimeoutError):  # noqa: N818 - the established name
    """What was waited for did not come in time; the operation can be repeated."""


class ArgumentError(Error, ValueError):
    """An argument is out of range: a domain, node, port, priority or size."""


class NodeError(Error):
    """The node could not start or end, or there is none."""


class EndpointError(Error):
    """The endpoint does not exist, exists already or belongs to another node."""


class LimitError(Error):
    """The library or the link has no room for more."""


class TransmissionError(Error, ConnectionError):
    """The peer died, or its link went down."""


_CLASSES: dict[Status, type[Error]] = {
    Status.TIMEOUT: Timeout,
    Status.ERR_PARAMETER: ArgumentError,
    Status.ERR_DOMAIN_INVALID: ArgumentError,
    Status.ERR_NODE_INVALID: ArgumentError,
    Status.ERR_PORT_INVALID: ArgumentError,
    Status.ERR_PRIORITY: ArgumentError,
    Status.ERR_MSG_SIZE: ArgumentError,
    Status.ERR_NODE_INITFAILED: NodeError,
    Status.ERR_NODE_INITIALIZED: NodeError,
    Status.ERR_NODE_NOTINIT: NodeError,
    Status.ERR_NODE_FINALFAILED: NodeError,
    Status.ERR_ENDP_INVALID: EndpointError,
    Status.ERR_ENDP_EXISTS: EndpointError,
    Status.ERR_ENDP_DELETED: EndpointError,
    Status.ERR_ENDP_NOTOWNER: EndpointError,
    Status.ERR_ENDP_REMOTE: EndpointError,
    Status.ERR_ENDP_NOPORTS: LimitError,
    Status.ERR_ENDP_LIMIT: LimitError,
    Status.ERR_MEM_LIMIT: LimitError,
    Status.ERR_REQUEST_LIMIT: LimitError,
    Status.ERR_TRANSMISSION: TransmissionError,
}


def from_status(number: int, call: str, detail: str) -> Error:
    """Make the exception of a failed call; the extension raises it."""
    status = Status(number)
    text = f"{call}: {detail} ({status.name})" if detail else f"{call}: {status.name}"
    return _CLASSES.get(status, Error)(status, text)
