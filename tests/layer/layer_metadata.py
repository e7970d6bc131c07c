# SPDX-License-Identifier: BSD-3-Clause
"""What the layer and the kas files say, read without BitBake."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "meta-mcapi"

# Packages that bitbake.conf gives every recipe without being asked.
IMPLICIT_SUFFIXES = ("", "-dev", "-dbg", "-doc", "-src", "-staticdev", "-locale")

ASSIGNMENT = re.compile(r'^([A-Za-z0-9_:${}.+-]+?)\s*(\?\?=|\?=|\+=|:=|\.=|=\+|=\.|=)\s*"(.*)"$')


@dataclass
class Metadata:
    """One .bb, .bbappend or .inc file: its assignments, what it requires and inherits."""

    path: Path
    values: dict[str, str] = field(default_factory=dict)
    requires: list[str] = field(default_factory=list)
    inherits: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """PN"""
        return self.path.stem.partition("_")[0]

    @property
    def version(self) -> str:
        """PV; empty if the file name has none"""
        return self.path.stem.partition("_")[2]

    def words(self, variable: str) -> list[str]:
        """All words that any assignment gives to a variable, whatever its overrides.

        Those that an inline expression may give, too.
        """
        return [
            word.replace("${PN}", self.name).strip("',")
            for name, value in self.values.items()
            if name.split(":")[0] == variable
            for word in value.split()
        ]

    def variants(self) -> list[str]:
        """What BBCLASSEXTEND makes of it."""
        names = {"native": f"{self.name}-native", "nativesdk": f"nativesdk-{self.name}"}
        return [names[word] for word in self.words("BBCLASSEXTEND")]

    def packages(self) -> set[str]:
        implicit = {self.name + suffix for suffix in IMPLICIT_SUFFIXES}
        if {"ptest", "packagegroup"} & set(self.inherits):
            implicit.add(f"{self.name}-ptest")
        return implicit | set(self.words("PACKAGES")) | set(self.words("PACKAGE_BEFORE_PN"))

    def files(self) -> list[str]:
        """The file:// entries of SRC_URI."""
        return [
            uri.removeprefix("file://").partition(";")[0]
            for uri in self.words("SRC_URI")
            if uri.startswith("file://")
        ]


def read(path: Path) -> Metadata:
    metadata = Metadata(path)
    text = path.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if match := ASSIGNMENT.match(line):
            name, _, value = match.groups()
            metadata.values[name] = f"{metadata.values.get(name, '')} {value}".strip()
        elif match := re.match(r"^(?:require|include)\s+(.+)$", line):
            # A gated include is an expression; the file is its quoted word.
            quoted = re.findall(r"'([^']+\.inc)'", match.group(1))
            metadata.requires += quoted or [match.group(1).strip()]
        elif line.startswith("inherit "):
            metadata.inherits += line.split()[1:]
    return metadata


def metadata_files(*suffixes: str) -> list[Path]:
    return sorted(p for p in LAYER.rglob("*") if p.suffix in suffixes)


def recipes() -> dict[str, Metadata]:
    return {m.name: m for m in map(read, metadata_files(".bb"))}


def kas_files() -> list[Path]:
    return [ROOT / "kas.yml", *sorted((ROOT / "kas").rglob("*.yml"))]


def kas_load(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text())
    assert isinstance(loaded, dict), f"{path}: not a mapping"
    return loaded


def tracked_files() -> list[Path]:
    """What git knows; a link or a deleted file has nothing to read."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [p for p in paths if p.is_file() and not p.is_symlink()]
