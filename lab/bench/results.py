# SPDX-License-Identifier: BSD-3-Clause
"""What mcapi-bench measured, read from its JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODES = {
    "SMT": "threads of one core",
    "near": "cores that share a cache",
    "far": "cores that share no cache",
}


class ResultsError(Exception):
    """The file is not what mcapi-bench writes."""


@dataclass(frozen=True)
class Range:
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Row:
    id: str
    what: str
    subject: str
    verdict: str
    mode: str
    value: Range
    subject_ns: float
    reference_ns: float
    goal: float
    floor: float
    higher_is_better: bool
    groups: int
    dropped: int
    trips_ns: dict[float, int]
    """Percentiles of round trips that were timed one by one; may be empty."""

    def score(self, value: float) -> float:
        """How far a value is from the goal: 1 is the goal, above it is better."""
        if self.higher_is_better:
            return value / self.goal
        return self.goal / value if value else float("inf")


@dataclass(frozen=True)
class Results:
    when: str
    machine: str
    kernel: str
    load: float
    version: str
    rows: tuple[Row, ...]

    @property
    def day(self) -> str:
        return self.when.partition("T")[0]


def read(path: Path) -> Results:
    try:
        data = json.loads(path.read_text())
        host = data["host"]
        kind = "virtual" if host["virtual"] else "real"
        return Results(
            when=host["when"],
            machine=f"{host['cpu_count']} {kind} processors, {host['model']}",
            kernel=host["kernel"],
            load=host["load"],
            version=data["version"],
            rows=tuple(_row(row) for row in data["rows"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"{path} is no result of mcapi-bench --json: {error!r}") from error


def _row(row: dict[str, Any]) -> Row:
    trips = row.get("round_trips_ns", {})
    return Row(
        id=row["id"],
        what=row["what"],
        subject=row["subject"],
        verdict=row["verdict"],
        mode=row["mode"],
        value=Range(**row["value"]),
        subject_ns=row["subject_ns"]["p50"],
        reference_ns=row["reference_ns"]["p50"],
        goal=row["goal"],
        floor=row["floor"],
        higher_is_better=row["higher_is_better"],
        groups=row["groups"],
        dropped=row["moved"] + row["disturbed"] + row["other_modes"],
        trips_ns={float(name[1:]): ns for name, ns in trips.items() if name.startswith("p")},
    )
