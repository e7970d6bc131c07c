# SPDX-License-Identifier: BSD-3-Clause
"""Every tracked file says its licence, and LICENSES has the text of each.

REUSE.toml says it for those that cannot.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from layer_metadata import ROOT, tracked_files

TAG = re.compile(r"SPDX-License-Identifier:\s*(.+?)\s*(?:\*/|-->)?\s*$", re.MULTILINE)
OPERATORS = {"AND", "OR", "WITH"}

# The line stands in the head of a file: after an interpreter line or a YAML directive.
HEAD_LINES = 5


ANNOTATIONS: dict[str, str] = {
    annotation["path"]: annotation["SPDX-License-Identifier"]
    for annotation in tomllib.loads((ROOT / "REUSE.toml").read_text())["annotations"]
}


def licence_of(path: Path) -> str | None:
    for pattern, licence in ANNOTATIONS.items():
        if path.relative_to(ROOT).match(pattern):
            return licence
    with path.open(encoding="utf-8", errors="replace") as file:
        head = "".join(line for _, line in zip(range(HEAD_LINES), file, strict=False))
    match = TAG.search(head)
    return match.group(1) if match else None


def test_every_file_says_its_licence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.parent.name != "LICENSES" and licence_of(path) is None
    ]
    assert not silent, f"no SPDX-License-Identifier in the first {HEAD_LINES} lines"


def test_every_annotation_is_needed() -> None:
    files = [path.relative_to(ROOT) for path in tracked_files()]
    assert not [pattern for pattern in ANNOTATIONS if not any(f.match(pattern) for f in files)]


def test_every_licence_has_its_text() -> None:
    named = {
        name
        for path in tracked_files()
        if path.parent.name != "LICENSES" and (expression := licence_of(path))
        for name in re.findall(r"[A-Za-z0-9.-]+", expression)
        if name not in OPERATORS
    }
    texts = {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    assert named == texts
