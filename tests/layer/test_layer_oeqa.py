# SPDX-License-Identifier: BSD-3-Clause
"""bitbake -c testimage finds the cases that kas/opt/ptest.yml asks for, and they can run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bitbake import environment, need
from layer_metadata import LAYER, ROOT, recipes

CASES = "lib/oeqa/runtime/cases"
OUR_CASES = LAYER / CASES

# What testimage does before it has a board: it fails if a case depends on one that is not there.
LOAD = """
import logging, sys, unittest
from oeqa.runtime.context import OERuntimeTestContext
def flat(suite):
    for test in suite:
        yield from flat(test) if isinstance(test, unittest.TestSuite) else [test.id()]
context = OERuntimeTestContext({}, logging.getLogger(), None, set(), "")
context.loadTests(sys.argv[1:3], modules=sys.argv[3:])
print(*flat(context.suites), sep="\\n")
"""


def suites() -> list[str]:
    match = re.search(r'TEST_SUITES = "(.*)"', (ROOT / "kas/opt/ptest.yml").read_text())
    assert match, "kas/opt/ptest.yml: no TEST_SUITES"
    return match[1].split()


def cases() -> dict[str, dict[str, list[str]]]:
    """Each test case of ours with the words of its decorators."""
    found = {}
    for file in OUR_CASES.glob("*.py"):
        for owner in ast.walk(ast.parse(file.read_text())):
            if isinstance(owner, ast.ClassDef):
                for node in owner.body:
                    if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                        found[f"{file.stem}.{owner.name}.{node.name}"] = {
                            call.func.id: ast.literal_eval(call.args[0])
                            for call in node.decorator_list
                            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                        }
    assert found, "no test case: the reader is broken"
    return found


def test_modules_are_asked_for() -> None:
    assert {file.stem for file in OUR_CASES.glob("*.py")} <= set(suites())


@pytest.mark.parametrize("case", cases())
def test_packages_exist(case: str) -> None:
    """It is skipped where the package is not in the image: a wrong name skips it for ever."""
    made = set().union(*(recipe.packages() for recipe in recipes().values()))
    asked = cases()[case].get("OEHasPackage")
    assert asked, f"{case}: no OEHasPackage"
    assert set(asked) <= made


@pytest.mark.parametrize("case", cases())
def test_order_is_that_of_the_suites(case: str) -> None:
    """What a case depends on is in a module that testimage loads."""
    depends = cases()[case].get("OETestDepends", [])
    assert depends, f"{case}: depends on nothing, not even on ssh"
    ours = {name for name in depends if name.startswith("mcapi.")}
    assert ours <= set(cases())
    assert {name.partition(".")[0] for name in depends} <= set(suites())


@pytest.mark.parametrize("kas", ["kas.yml", "kas.yml:kas/yocto-5.0.yml"])
def test_testimage_loads_them(kas: str) -> None:
    sources = Path(environment(kas)["KAS_WORK_DIR"])
    meta = sources / "openembedded-core/meta"
    if not (meta / CASES).is_dir():
        need(kas)
    path = os.pathsep.join(map(str, (meta / "lib", sources / "bitbake/lib")))
    run = subprocess.run(
        [sys.executable, "-B", "-c", LOAD, meta / CASES, OUR_CASES, *suites()],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    loaded = run.stdout.split()
    assert {name.partition(".")[0] for name in loaded} == set(suites())
    assert {name for name in loaded if name.startswith("mcapi.")} == set(cases())
