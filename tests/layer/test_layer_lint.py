# SPDX-License-Identifier: BSD-3-Clause
"""Linters on the metadata: oelint-adv, yamllint and kas's own schema."""

from __future__ import annotations

import importlib.resources
import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest
from layer_metadata import ROOT, kas_files, kas_load, metadata_files, tracked_files


def test_oelint() -> None:
    files = metadata_files(".bb", ".bbappend", ".inc", ".conf")
    run = subprocess.run(
        ["oelint-adv", *(str(f.relative_to(ROOT)) for f in files)],
        cwd=ROOT,
        env={**os.environ, "OELINT_CONFIG": str(Path(__file__).with_name("oelint.cfg"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


def test_yamllint() -> None:
    files = [str(f) for f in tracked_files() if f.suffix in (".yml", ".yaml")]
    run = subprocess.run(
        ["yamllint", "--strict", "-c", str(ROOT / ".yamllint"), *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", kas_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_kas_schema(path: Path) -> None:
    schema = json.loads(importlib.resources.files("kas").joinpath("schema-kas.json").read_text())
    jsonschema.Draft7Validator(schema).validate(kas_load(path))
