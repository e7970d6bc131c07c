# SPDX-License-Identifier: BSD-3-Clause
"""docs/benchmarks.md: the part between its markers is what was measured last."""

from __future__ import annotations

from pathlib import Path

from lab.bench import table
from lab.bench.results import MODES, Results, ResultsError

_BEGIN = "<!-- results: written by make bench -->"
_END = "<!-- end of results -->"


def write(results: Results, path: Path) -> None:
    before, begin, rest = path.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ResultsError(f"{path} has no lines {_BEGIN!r} and {_END!r} around its results")
    modes = sorted({row.mode for row in results.rows if row.mode in MODES})
    lines = [
        f"Measured {results.day}: libmcapi {results.version} (release build), {results.machine},",
        f"{results.kernel}, load {results.load:.2f} at the start; "
        + "; ".join(f"{mode}: {MODES[mode]}" for mode in modes)
        + ".",
        "",
        *table.markdown(results),
    ]
    path.write_text(f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}")
