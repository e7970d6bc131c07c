# SPDX-License-Identifier: BSD-3-Clause
"""The result of the demo on one screen: round trips, rates, doorbells, exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

_BAR_WIDTH = 40
_LONGEST_US = 60_000_000


@dataclass(frozen=True)
class Exchange:
    """One run of ping against an echo."""

    sender: str
    language: str
    receiver: str
    receiver_language: str
    report: dict[str, Any]

    @property
    def histogram(self) -> HdrHistogram:
        """Round trips in microseconds, with two significant digits."""
        histogram = HdrHistogram(1, _LONGEST_US, 2)
        for sample in self.report["rtt_us"]:
            histogram.record_value(round(sample))
        return histogram


def show(out: Console, exchanges: list[Exchange]) -> None:
    out.print(_table(exchanges))
    first = exchanges[0]
    out.print(
        f"Round trips {first.sender} → {first.receiver}, "
        f"{first.report['count']} messages of 8 bytes:"
    )
    for line in bars(first.histogram):
        out.print(f"  {line}", highlight=False)


def _table(exchanges: list[Exchange]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("exchange", no_wrap=True)
    table.add_column("programs", no_wrap=True)
    for name in ("sizes to", "p50 µs", "p99 µs", "msg/s", "rings/msg", "wrong"):
        table.add_column(name, justify="right", no_wrap=True)
    for exchange in exchanges:
        report, histogram = exchange.report, exchange.histogram
        trip_seconds = sum(report["rtt_us"]) / 1e6
        table.add_row(
            f"{exchange.sender}⇄{exchange.receiver}",
            f"{exchange.language}⇄{exchange.receiver_language}",
            size(report["max_size"]),
            str(histogram.get_value_at_percentile(50)),
            str(histogram.get_value_at_percentile(99)),
            # Each round trip is two messages.
            f"{2 * report['count'] / trip_seconds:.0f}",
            f"{report['doorbells'] / report['messages']:.2f}",
            str(report["errors"]),
        )
    return table


def size(value: int) -> str:
    for unit, scale in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value >= scale and value % scale == 0:
            return f"{value // scale} {unit}"
    return f"{value} B"


def bars(histogram: HdrHistogram) -> list[str]:
    """A bar for each doubling of the time, and the share of round trips within it."""
    total = histogram.get_total_count()
    rows = [
        (item.value_iterated_from, item.value_iterated_to, item.count_added_in_this_iter_step)
        for item in histogram.get_log_iterator(1, 2)
    ]
    first = next(index for index, (_, _, count) in enumerate(rows) if count)
    most = max(count for _, _, count in rows)
    return [
        f"{low + 1:>7}-{high:<7} µs {count:>6} {100 * count / total:5.1f} % "
        f"{'█' * round(_BAR_WIDTH * count / most)}"
        for low, high, count in rows[first:]
    ]
