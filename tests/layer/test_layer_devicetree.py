# SPDX-License-Identifier: BSD-3-Clause
"""The overlays of mcapi-devicetree: one for each board that the recipe is for, and sound."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from layer_metadata import recipes

RECIPE = recipes()["mcapi-devicetree"]
OVERLAYS = sorted(RECIPE.path.parent.glob("files/*/*.dts"))


def override(path: Path) -> str:
    return path.parent.name


def test_every_board_has_an_overlay() -> None:
    match = re.fullmatch(r"\^\((.+)\)\$", RECIPE.values["COMPATIBLE_MACHINE"])
    assert match, "COMPATIBLE_MACHINE is no list of overrides"
    assert match.group(1).split("|") == [override(path) for path in OVERLAYS]


@pytest.mark.parametrize("path", OVERLAYS, ids=override)
def test_overlay_compiles(path: Path, tmp_path: Path) -> None:
    """With the flags of OE-Core's class, and without a warning."""
    run = subprocess.run(
        ["dtc", "-@", "-H", "epapr", "-I", "dts", "-O", "dtb", "-o", tmp_path / "x.dtbo", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("path", OVERLAYS, ids=override)
def test_overlay_says_what_it_is(path: Path) -> None:
    assert "Has not run on hardware" in re.sub(r"\s*\*?\s+", " ", path.read_text())
