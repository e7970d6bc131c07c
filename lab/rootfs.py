# SPDX-License-Identifier: BSD-3-Clause
"""The initramfs of a board: Debian's packages, what this repository builds, and an init."""

from __future__ import annotations

import re
from pathlib import Path

from lab import archive, debian
from lab.paths import BUILD, ROOT
from lab.steps import Run, Step

_FILES = ROOT / "lab/board"

# Parts of the packages that a board never opens.
_UNUSED = re.compile(
    r"""
      usr/share/(?!python)
    | etc/
    | usr/lib/[^/]+/gconv/
    | usr/lib/python3[^/]*/(
        ctypes | curses | dbm | distutils | ensurepip | idlelib | lib2to3 | multiprocessing
        | pydoc_data | sqlite3 | test | tkinter | turtledemo | unittest | venv | wsgiref | xmlrpc
      )/
    | .*/lib-dynload/_(ctypes|sqlite3|curses|dbm|test|decimal|ssl|lzma|codecs)
    """,
    re.VERBOSE,
)


def initrd(
    architecture: debian.Architecture,
    packages: debian.Packages,
    parts: dict[Path, str],
) -> Step:
    """The image `initrd`; parts are folders to install, with the hash that each was built from."""
    output = BUILD / "initrd" / architecture.label

    def assemble(_: Run) -> None:
        root = archive.Root()
        for deb in packages.root:
            root.add_deb(deb, keep=lambda path: not _UNUSED.match(path))
        for part in parts:
            root.add_tree(part, at="")
        root.add_link("usr/bin/python3", packages.python)
        root.add_file("init", (_FILES / "init").read_bytes(), 0o755)
        root.add_file("etc/mdev.conf", (_FILES / "mdev.conf").read_bytes())
        root.add_file("etc/profile", (_FILES / "profile").read_bytes())
        root.add_file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
        root.add_file("etc/group", b"root:x:0:\nmcapi:x:990:\n")
        for folder in ("dev", "proc", "sys", "run", "root"):
            root.add_folder(folder)
        root.add_folder("tmp", 0o1777)
        root.add_device("dev/console", 5, 1)
        root.add_device("dev/null", 1, 3, 0o666)
        root.compile_python()
        root.write(output / "initrd")

    inputs: tuple[Path | str, ...] = (
        *(deb.name for deb in packages.root),
        *parts.values(),
        _FILES / "init",
        _FILES / "mdev.conf",
        _FILES / "profile",
        Path(__file__),
        Path(archive.__file__),
    )
    return Step(f"initrd-{architecture.label}", output, inputs, assemble)
