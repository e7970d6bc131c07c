# SPDX-License-Identifier: BSD-3-Clause
"""Shows what mcapi-bench measured: python -m lab.bench RESULTS.json [--record]."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from lab.bench import page, picture, table
from lab.bench.results import ResultsError, read

_WIDTH = 140
_DOCS = Path(__file__).parents[2] / "docs"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--record", action="store_true", help="into docs/benchmarks.md, too")
    arguments = parser.parse_args()
    out = Console(highlight=False, width=_WIDTH)
    try:
        results = read(arguments.results)
        out.print(table.terminal(results))
        drawing = arguments.results.with_suffix(".svg")
        picture.draw(results, drawing)
        out.print(f"picture: {drawing}", soft_wrap=True)
        if arguments.record:
            page.write(results, _DOCS / "benchmarks.md")
            picture.draw(results, _DOCS / "benchmarks.svg")
            out.print("recorded in docs/benchmarks.md and docs/benchmarks.svg")
    except ResultsError as error:
        out.print(f"[bold red]error:[/] {error}", soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
