# SPDX-License-Identifier: BSD-3-Clause
"""Debian's stock kernel: its image, and its headers made fit for building modules."""

from __future__ import annotations

from pathlib import Path

from lab import debian
from lab.paths import BUILD
from lab.steps import BuildError, Run, Step

_THIS = Path(__file__)


def file(packages: debian.Packages, path: str) -> bytes:
    """What the kernel's package holds under a path."""
    with debian.contents(packages.kernel) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.name == f"./{path}" else None
            if stream:
                return stream.read()
    raise BuildError(f"{packages.kernel.name} holds no /{path}")


def image(architecture: debian.Architecture, packages: debian.Packages) -> Step:
    """The kernel's image, as the file `kernel`."""
    output = BUILD / "kernel" / architecture.name

    def extract(_: Run) -> None:
        (output / "kernel").write_bytes(file(packages, f"boot/vmlinuz-{packages.abi}"))

    return Step(f"kernel-{architecture.name}", output, (packages.kernel.name, _THIS), extract)


def headers(architecture: debian.Architecture, packages: debian.Packages) -> Step:
    """The unpacked headers; headers_folder() says where the build system wants KERNEL_SRC."""
    output = BUILD / "headers" / architecture.name

    def extract(_: Run) -> None:
        for deb in packages.headers:
            debian.unpack(deb, output)
        makefile = headers_folder(architecture, packages) / "Makefile"
        makefile.write_text(makefile.read_text().replace("/usr/src/", f"{output}/usr/src/"))

    names = [deb.name for deb in packages.headers]
    return Step(f"headers-{architecture.name}", output, (*names, str(output), _THIS), extract)


def headers_folder(architecture: debian.Architecture, packages: debian.Packages) -> Path:
    return BUILD / "headers" / architecture.name / f"usr/src/linux-headers-{packages.abi}"
