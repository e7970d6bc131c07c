# SPDX-License-Identifier: BSD-3-Clause
"""The results as a picture: each row against its goal, and round trips by percentile."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lab.bench.results import Results, Row

_COLOURS = {"goal": "#15803d", "floor": "#b45309", "missed": "#b91c1c", "invalid": "#94a3b8"}
_LIMITS = (1 / 64, 64)


def draw(results: Results, path: Path) -> None:
    # The same results give the same file.
    with mpl.rc_context({"svg.hashsalt": "mcapi", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(11, 0.32 * len(results.rows) + 2.4), layout="constrained")
        scores, trips = figure.subplots(1, 2, width_ratios=(3, 2))
        _scores(scores, results)
        _trips(trips, results)
        figure.suptitle(
            f"libmcapi {results.version}, {results.day}, {results.machine}", fontsize=10
        )
        metadata = {"Date": None, "Rights": "SPDX-License-Identifier: BSD-3-Clause"}
        figure.savefig(path, metadata=metadata if path.suffix == ".svg" else None)


def _place(row: Row, value: float) -> float:
    return min(max(row.score(value), _LIMITS[0]), _LIMITS[1])


def _scores(axes: Axes, results: Results) -> None:
    """Logarithmic, the goal is at 1; right of it is better."""
    for y, row in enumerate(results.rows):
        colour = _COLOURS[row.verdict]
        spread = sorted((_place(row, row.value.p10), _place(row, row.value.p90)))
        axes.plot(spread, (y, y), color=colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(_place(row, row.value.p50), y, "o", color=colour)
        if row.goal and row.floor:
            axes.plot(_place(row, row.floor), y, "|", color="#334155", markersize=11)
        axes.annotate(
            f"{row.value.p50:.3g}",
            (_place(row, row.value.p50), y),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=7,
        )
    axes.axvline(1, color="#334155", linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_xlim(_LIMITS[0] / 1.2, _LIMITS[1] * 1.2)
    axes.set_xlabel("measured against the goal (line); right is better; tick: floor of acceptance")
    axes.set_yticks(range(len(results.rows)), [f"{row.what}  {row.id}" for row in results.rows])
    axes.invert_yaxis()
    axes.grid(axis="x", alpha=0.3)


def _trips(axes: Axes, results: Results) -> None:
    drawn = set()
    for row in results.rows:
        if not row.trips_ns or row.subject in drawn:
            continue
        drawn.add(row.subject)
        percents = sorted(row.trips_ns)
        axes.plot(
            [100 / (100 - percent) for percent in percents],
            [row.trips_ns[percent] / 1000 for percent in percents],
            label=row.subject,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    marks = (50, 90, 99, 99.9, 99.99)
    axes.set_xticks([100 / (100 - mark) for mark in marks], [f"{mark:g}" for mark in marks])
    axes.minorticks_off()
    axes.set_xlabel("percent of the round trips")
    axes.set_ylabel("µs or less")
    axes.grid(alpha=0.3)
    if drawn:
        axes.legend(fontsize=7)
