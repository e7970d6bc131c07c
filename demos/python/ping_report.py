# SPDX-License-Identifier: BSD-3-Clause
"""What ping found out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import mcapi


class Report:
    """Counts, and one sample for each small round trip."""

    def __init__(self, peer: tuple[int, int, int]) -> None:
        self.peer = ":".join(map(str, peer))
        self.sizes: list[int] = []
        self.rtt_us: list[float] = []
        self.messages = 0
        self.bytes = 0
        self.seconds = 0.0
        self.doorbells = 0
        self.sleeps = 0
        self.errors = 0

    @contextmanager
    def of(self, node: mcapi.Node) -> Iterator[None]:
        """Measure what the node does in the block."""
        before = node.stats()
        begin = time.perf_counter()
        yield
        self.seconds = time.perf_counter() - begin
        after = node.stats()
        self.doorbells = after.doorbells - before.doorbells
        self.sleeps = after.sleeps - before.sleeps

    def count(self, size: int, same: bool) -> None:
        """Count an exchange."""
        self.messages += 1
        self.bytes += size
        self.errors += not same

    def as_json(self) -> dict[str, object]:
        return {
            "language": "Python",
            "peer": self.peer,
            "sizes": self.sizes,
            "max_size": max(self.sizes, default=0),
            "count": len(self.rtt_us),
            "rtt_us": [round(sample, 3) for sample in self.rtt_us],
            "messages": self.messages,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 6),
            "doorbells": self.doorbells,
            "sleeps": self.sleeps,
            "errors": self.errors,
        }

    def as_text(self) -> str:
        lines = [
            f"{self.peer} answered {self.messages} messages, "
            f"{len(self.sizes)} sizes up to {max(self.sizes, default=0)} bytes, "
            f"{self.errors} wrong",
            f"{self.bytes} bytes in {self.seconds:.3f} s, {self.doorbells} doorbells, "
            f"{self.sleeps} sleeps",
        ]
        if self.rtt_us:
            ordered = sorted(self.rtt_us)
            lines.insert(
                1,
                f"round trip: min {ordered[0]:.1f} us, "
                f"median {ordered[len(ordered) // 2]:.1f} us, max {ordered[-1]:.1f} us",
            )
        return "\n".join(lines)
