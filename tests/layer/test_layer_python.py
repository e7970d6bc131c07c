# SPDX-License-Identifier: BSD-3-Clause
"""OE-Core splits Python's library into packages: recipes ask for those that our code imports."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
from bitbake import environment, need
from layer_metadata import ROOT, recipes

MANIFEST = "openembedded-core/meta/recipes-devtools/python/python3/python3-manifest.json"

# Who has the code, in which package, and where.
CODE = [
    ("python3-mcapi", "RDEPENDS:${PN}", "python/mcapi"),
    ("python3-mcapi", "RDEPENDS:${PN}-ptest", "python/tests"),
    ("mcapi-demos", "RDEPENDS:${PN}-python", "demos/python"),
    ("mcapi-image", "IMAGE_INSTALL", "tests/board/programs"),
]


def imports(folder: Path) -> set[str]:
    """The modules of Python's library."""
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module or "")
    modules = {name.partition(".")[0] for name in names}
    return modules & sys.stdlib_module_names


def modules(manifest: dict[str, dict[str, list[str]]], packages: set[str]) -> set[str]:
    """What packages have, with all that they depend on."""
    found: set[str] = set()
    while packages:
        package = packages.pop()
        if package not in found and package in manifest:
            found.add(package)
            packages |= set(manifest[package]["rdepends"])
    files = [file for package in found for file in manifest[package]["files"]]
    return {Path(file).name.partition(".")[0] for file in files}


@pytest.mark.parametrize("kas", ["kas.yml", "kas.yml:kas/yocto-5.0.yml"])
def test_imports_are_installed(kas: str) -> None:
    need(kas)
    text = (Path(environment(kas)["KAS_WORK_DIR"]) / MANIFEST).read_text()
    # It begins with a comment.
    manifest = json.loads(text[text.index("# EOC") + len("# EOC") :])
    for recipe, variable, folder in CODE:
        wanted = imports(ROOT / folder)
        assert wanted, f"{folder}: no imports: the reader is broken"
        asked = recipes()[recipe].values[variable].split()
        packages = {name.removeprefix("python3-") for name in ("python3-core", *asked)}
        missing = wanted - modules(manifest, packages)
        # Debian's interpreter has modules in it that OE-Core's has in files, as fcntl.
        built_in = set(sys.builtin_module_names) - modules(manifest, set(manifest))
        assert not missing - built_in, f"{recipe}, {variable}"
