# SPDX-License-Identifier: BSD-3-Clause
"""The rows as a table, on the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from lab.bench.results import Results, Row

_COLOURS = {"goal": "green", "floor": "yellow", "missed": "red", "invalid": "red"}
_HEAD = ("row", "what", "goal", "floor", "measured", "p10 to p90", "", "ns", "reference ns", "mode")


def _cells(row: Row) -> tuple[str, ...]:
    bound = "≥" if row.higher_is_better else "≤"
    return (
        row.id,
        row.what,
        f"{bound} {row.goal:g}",
        f"{bound} {row.floor:g}",
        f"{row.value.p50:.3g}",
        f"{row.value.p10:.3g} to {row.value.p90:.3g}",
        row.verdict,
        f"{row.subject_ns:.1f}",
        f"{row.reference_ns:.1f}",
        row.mode,
    )


def terminal(results: Results) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in _HEAD:
        table.add_column(name, no_wrap=True, justify="left" if name in ("what", "") else "right")
    for row in results.rows:
        *before, verdict, ns, reference, mode = _cells(row)
        table.add_row(*before, Text(verdict, _COLOURS[row.verdict]), ns, reference, mode)
    return table


def markdown(results: Results) -> Iterator[str]:
    yield "| " + " | ".join(_HEAD) + " |"
    yield "|" + "---|" * len(_HEAD)
    for row in results.rows:
        yield "| " + " | ".join(_cells(row)) + " |"
