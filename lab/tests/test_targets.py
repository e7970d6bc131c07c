# SPDX-License-Identifier: BSD-3-Clause
"""The environments in lab/targets are ones that labgrid can make targets of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from labgrid import Environment, target_factory

from lab.paths import ROOT

FILES = sorted((ROOT / "lab/targets").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in FILES:
        for name in re.findall(r"\$(LG_\w+)", file.read_text()):
            monkeypatch.setenv(name, name)


def parts(target: dict[str, Any]) -> Iterator[tuple[type, dict[str, Any]]]:
    """Class and settings of each resource and driver."""
    known = target_factory.resources | target_factory.drivers
    for kind in ("resources", "drivers"):
        for name, settings in target.get(kind, {}).items():
            assert name in known, f"labgrid knows no {name}"
            yield known[name], settings


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_labgrid_knows_what_they_name(file: Path) -> None:
    targets = Environment(str(file)).config.get_targets()
    for target in targets.values():
        for cls, settings in parts(target):
            # Raises for what the class does not have, and for what it wants and does not get.
            inspect.signature(cls).bind(target, **{"name": None} | settings)


def test_there_is_one_for_real_boards() -> None:
    targets = Environment(str(ROOT / "lab/targets/real.yaml")).config.get_targets()
    assert list(targets) == ["board-a", "board-b"]
    assert all("emulated" not in target["features"] for target in targets.values())
