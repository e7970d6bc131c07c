# SPDX-License-Identifier: BSD-3-Clause
"""Linux as Debian has it: the whole source, for kernels of our own and for its checkers."""

from __future__ import annotations

import json
import tarfile

from lab import debian
from lab.debian import DEBS, Apt
from lab.paths import CACHE
from lab.steps import BuildError, Notify, Run, Step

PACKAGE = "linux-source-6.12"
TREE = CACHE / "linux" / PACKAGE

_LOCK = DEBS / f"{PACKAGE}.json"


def package() -> str:
    """The package's file; empty if it is not in the cache."""
    try:
        name = str(json.loads(_LOCK.read_text()))
    except (OSError, ValueError):
        return ""
    return name if (DEBS / name).is_file() else ""


def source(notify: Notify) -> str:
    """Unpack the source to TREE. Returns the package's file, to be the input of a later step."""
    name = package()
    if not name:
        name = Apt("linux").fetch(PACKAGE)[PACKAGE]
        _LOCK.write_text(json.dumps(name) + "\n")

    def unpack(_: Run) -> None:
        with debian.contents(DEBS / name) as tar:
            for member in tar:
                if member.name.endswith(".tar.xz"):
                    with tarfile.open(fileobj=tar.extractfile(member), mode="r|xz") as files:
                        files.extractall(TREE.parent)
                    return
        raise BuildError(f"{name} holds no source")

    Step("linux", TREE.parent, (name,), unpack).run(notify)
    return name
