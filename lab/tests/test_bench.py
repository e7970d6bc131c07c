# SPDX-License-Identifier: BSD-3-Clause
"""What the results become, from a small one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lab.bench import page, picture, table
from lab.bench.results import ResultsError, read

_RANGE = {"p10": 1.0, "p50": 1.2, "p90": 1.4}


def _row(**changes: Any) -> dict[str, Any]:
    row = {
        "id": "1",
        "what": "message / ping-pong",
        "subject": "message of 8 B",
        "verdict": "goal",
        "mode": "near",
        "value": _RANGE,
        "subject_ns": _RANGE,
        "reference_ns": _RANGE,
        "round_trips_ns": {"count": 3, "p50": 400, "p99": 900, "max": 1000},
        "goal": 1.5,
        "floor": 2.0,
        "higher_is_better": False,
        "groups": 400,
        "moved": 3,
        "disturbed": 2,
        "other_modes": 1,
    }
    return row | changes


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    host = {
        "when": "2026-11-22T10:00:00Z",
        "model": "a processor",
        "kernel": "Linux 6.1",
        "virtual": True,
        "cpu_count": 2,
        "cpus": [0, 1],
        "load": 0.1,
    }
    idle = _row(id="9", what="idle", value={"p10": 0, "p50": 0, "p90": 0}, goal=0, floor=0.02)
    rate = _row(id="3", what="rate", higher_is_better=True, goal=0.5, floor=0.3, verdict="floor")
    del rate["round_trips_ns"]
    path.write_text(
        json.dumps({"host": host, "version": "0.1.0", "rows": [_row(), rate, idle]}),
    )
    return path


def test_a_score_above_one_is_better_than_the_goal(results: Path) -> None:
    time, rate, idle = read(results).rows
    assert time.score(1.2) == pytest.approx(1.5 / 1.2)
    assert rate.score(1.2) == pytest.approx(1.2 / 0.5)
    assert idle.score(0.0) == float("inf")


def test_percentiles_are_read_and_counts_are_not(results: Path) -> None:
    assert read(results).rows[0].trips_ns == {50.0: 400, 99.0: 900}


def test_the_table_has_all_rows(results: Path) -> None:
    out = Console(file=io.StringIO(), width=200)
    out.print(table.terminal(read(results)))
    assert isinstance(out.file, io.StringIO)
    text = out.file.getvalue()
    assert all(word in text for word in ("ping-pong", "≤ 1.5", "≥ 0.3", "floor", "idle"))


def test_the_picture_is_the_same_for_the_same_results(results: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    picture.draw(read(results), first)
    picture.draw(read(results), second)
    assert first.read_bytes() == second.read_bytes()
    assert "SPDX-License-Identifier: BSD-3-Clause" in first.read_text()


def test_the_page_is_changed_between_its_markers_only(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(
        "before\n<!-- results: written by make bench -->\nold\n<!-- end of results -->\nafter\n"
    )
    page.write(read(results), path)
    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "Measured 2026-11-22" in text
    page.write(read(results), path)
    assert path.read_text() == text


def test_a_page_without_markers_is_refused(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("nothing\n")
    with pytest.raises(ResultsError, match="has no lines"):
        page.write(read(results), path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    with pytest.raises(ResultsError, match=r"other\.json is no result"):
        read(path)
