# SPDX-License-Identifier: BSD-3-Clause
"""What kas/toolchain/debian.yml takes from Debian and no installed package has.

Packages of the board's architecture, or named <package>:all, go to
.cache/toolchain/<recipe>, for each recipe that sets DEBIAN_PACKAGES. The tarballs of
DEBIAN_SOURCES are those that OE-Core's recipes name; they go to .cache/toolchain/sources
under the names that they have there.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from lab.debian import ARM64, DEBS, Apt, DebianError
from lab.paths import CACHE, ROOT
from lab.steps import Notify

METADATA = ROOT / "kas/toolchain/debian"
OUTPUT = CACHE / "toolchain"

# Newer than this machine's: only sources are taken from them.
SOURCE_RELEASES = ("trixie", "forky")


def fetch(notify: Notify) -> None:
    """Bring the packages and sources into the cache."""
    notify("toolchain", None)
    started = time.monotonic()
    apt = Apt("toolchain", ARM64, source_releases=SOURCE_RELEASES)
    for recipe in sorted(METADATA.glob("*.bb")):
        if names := _words(recipe, "DEBIAN_PACKAGES"):
            folder = _emptied(recipe.stem.partition("_")[0])
            for deb in apt.fetch(*map(_for_board, names)).values():
                shutil.copy2(DEBS / deb, folder)
    sources = _emptied("sources")
    for source in _words(METADATA / "toolchain.inc", "DEBIAN_SOURCES"):
        try:
            tarball = apt.fetch_source(source)
        except DebianError as error:
            print(f"toolchain: {error}\ntoolchain: {source} is left to BitBake and its upstream")
            continue
        # As Debian renames it: <name>_<version>.orig.tar.<suffix>.
        upstream = re.sub(r"_(.+)\.orig\.", r"-\1.", tarball.name)
        shutil.copy2(tarball, sources / upstream)
    notify("toolchain", time.monotonic() - started)


def _for_board(name: str) -> str:
    """The board's package; APT has those for all architectures beside this machine's own."""
    plain = name.removesuffix(":all")
    return plain if plain != name else f"{name}:{ARM64.name}"


def _words(file: Path, variable: str) -> list[str]:
    match = re.search(rf'^{variable} = "([^"]+)"$', file.read_text(), re.MULTILINE)
    return match[1].split() if match else []


def _emptied(name: str) -> Path:
    folder = OUTPUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
