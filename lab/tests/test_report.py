# SPDX-License-Identifier: BSD-3-Clause
"""The demo's screen shows what the programs reported, in 80 columns."""

from __future__ import annotations

import io

from rich.console import Console

from lab.report import Exchange, bars, show, size

REPORT = {
    "sizes": [0, 1, 1 << 20],
    "max_size": 1 << 20,
    "count": 4,
    "rtt_us": [500.0, 600.0, 700.0, 3000.0],
    "messages": 10,
    "doorbells": 5,
    "errors": 0,
}
EXCHANGE = Exchange("board-a", "Python", "board-b", "Python", REPORT)


def test_bars_count_every_round_trip() -> None:
    lines = bars(EXCHANGE.histogram)
    assert [line.split()[2] for line in lines] == ["1", "2", "0", "1"]
    assert lines[1].endswith("█" * 40)
    assert sum(float(line.split()[3]) for line in lines) == 100


def test_screen_has_the_figures_in_80_columns() -> None:
    text = io.StringIO()
    show(Console(file=text, width=80), [EXCHANGE])
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if "board-a⇄board-b" in line).split()
    # 4 round trips are 8 messages in 4.8 ms; 5 rings for 10 messages.
    assert row[2:] == ["1", "MiB", "603", "3007", "1667", "0.50", "0"]


def test_sizes_are_readable() -> None:
    assert [size(value) for value in (0, 1000, 1024, 1 << 20)] == [
        "0 B",
        "1000 B",
        "1 KiB",
        "1 MiB",
    ]
