# SPDX-License-Identifier: BSD-3-Clause
"""Builds what a verb needs: a board's images for an architecture, or the host's own parts."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import components, debian, devicetree, kernel, rootfs, topology
from lab.debian import ARCHITECTURES, Architecture
from lab.paths import BUILD
from lab.steps import Notify

EMULATED_BOARDS = tuple(name for name in topology.BOARDS.peers if name != "host")


def host() -> Architecture:
    """The architecture of this machine, whose library and Python package the lab uses."""
    return ARCHITECTURES[debian.host_architecture()]


def build_host(notify: Notify) -> None:
    """The library, the Python package and the demos for the lab's own node."""
    with _exclusive():
        _user_space(host(), debian.packages(host(), notify), notify)


def build_board(architecture: Architecture, notify: Notify) -> None:
    """Kernel, initramfs and device trees of the emulated boards of an architecture."""
    with _exclusive():
        packages = debian.packages(architecture, notify)
        kernel.image(architecture, packages).run(notify)
        headers = kernel.headers(architecture, packages).run(notify)
        driver = components.driver(architecture, packages, headers)
        parts = {driver.output: driver.run(notify)}
        parts |= _user_space(architecture, packages, notify, tests=True)
        rootfs.initrd(architecture, packages, parts).run(notify)
        if architecture is debian.ARM64:
            devicetree.trees(EMULATED_BOARDS).run(notify)
            devicetree.raspi3(packages).run(notify)


def _user_space(
    architecture: Architecture, packages: debian.Packages, notify: Notify, *, tests: bool = False
) -> dict[Path, str]:
    """Library, Python package and demos: their folders, and the hashes they were built from."""
    library = components.library(architecture)
    library_hash = library.run(notify)
    sysroot = components.sysroot(architecture, packages, library_hash).run(notify)
    python = components.python_package(architecture, packages, sysroot)
    demos = components.demos(architecture, sysroot)
    parts = {
        library.output: library_hash,
        python.output: python.run(notify),
        demos.output: demos.run(notify),
    }
    if tests:
        programs = components.library_tests(architecture, sysroot)
        parts[programs.output] = programs.run(notify)
    return parts


@contextmanager
def _exclusive() -> Iterator[None]:
    """One build at a time in this tree."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
