# SPDX-License-Identifier: BSD-3-Clause
"""BitBake reads the layer. Skipped where the pinned repositories do not answer.

The first run clones BitBake and OE-Core and parses them, which takes a minute;
KAS_WORK_DIR and KAS_BUILD_DIR say where, if not below build/layer. What takes
longer is run with MCAPI_LAYER_BUILD=1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from layer_metadata import ROOT, kas_load, recipes

ANSWER_SECONDS = 20

# Cloning, parsing and building; a hang is still found in the end.
pytestmark = pytest.mark.timeout(7200)


@pytest.fixture(scope="session")
def kas_environment() -> dict[str, str]:
    """Skip with one reason, or say where kas works."""
    if os.geteuid() == 0:
        pytest.skip("BitBake refuses to run as root: run this test as another user")
    for repo in kas_load(ROOT / "kas/yocto-6.0.yml")["repos"].values():
        try:
            subprocess.run(
                ["git", "ls-remote", "--exit-code", repo["url"], f"refs/tags/{repo['tag']}"],
                check=True,
                capture_output=True,
                timeout=ANSWER_SECONDS,
                env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip(f"{repo['url']} does not answer")
    environment = {"KAS_CLONE_DEPTH": "1", **os.environ}
    for variable, name in (("KAS_WORK_DIR", "work"), ("KAS_BUILD_DIR", "build")):
        path = Path(environment.setdefault(variable, str(ROOT / "build/layer" / name)))
        path.mkdir(parents=True, exist_ok=True)
    return environment


@pytest.fixture
def long_run(kas_environment: dict[str, str]) -> dict[str, str]:
    if os.environ.get("MCAPI_LAYER_BUILD") != "1":
        pytest.skip("takes minutes: set MCAPI_LAYER_BUILD=1")
    return kas_environment


def bitbake(environment: dict[str, str], arguments: str, kas: str = "kas.yml") -> str:
    """Run BitBake in the environment of a kas file; fail with what it wrote."""
    run = subprocess.run(
        ["kas", "shell", kas, "-c", f"bitbake {arguments}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    return run.stdout


def complaints(output: str) -> list[str]:
    return re.findall(r"^(?:WARNING|ERROR|NOTE: .* skipped).*$", output, re.MULTILINE)


def test_parse_without_warnings(kas_environment: dict[str, str]) -> None:
    output = bitbake(kas_environment, "--parse-only")
    assert "Parsing of" in output or "parsed" in output
    assert not complaints(output)


def test_every_recipe_has_its_providers(long_run: dict[str, str]) -> None:
    """A dry run resolves all that our recipes depend on, those of OE-Core too."""
    output = bitbake(long_run, f"--dry-run {' '.join(recipes())}")
    assert "Tasks Summary" in output
    assert not complaints(output)


def test_library_and_driver_build(long_run: dict[str, str]) -> None:
    """With Debian's toolchain, which takes minutes where OE-Core's takes hours."""
    for tool in ("aarch64-linux-gnu-gcc", "pseudo", "rpm"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool}: install what kas/toolchain/debian/packages.txt lists")
    output = bitbake(long_run, "libmcapi mcapi-driver", "kas.yml:kas/toolchain/debian.yml")
    assert "all succeeded" in output
    assert not complaints(output)
