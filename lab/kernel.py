# SPDX-License-Identifier: BSD-3-Clause
"""Debian's stock kernel: its image, and its headers made fit for building modules."""

from __future__ import annotations

import lzma
from pathlib import Path

from lab import debian
from lab.paths import BUILD
from lab.steps import BuildError, Run, Step

_THIS = Path(__file__)


def file(packages: debian.Packages, path: str) -> bytes:
    """What the kernel's package holds under a path; newer ones have modules packed."""
    with debian.contents(packages.kernel) as tar:
        for member in tar:
            unpacked = member.name.removesuffix(".xz")
            stream = tar.extractfile(member) if unpacked == f"./{path}" else None
            if stream:
                data = stream.read()
                return data if unpacked == member.name else lzma.decompress(data)
    raise BuildError(f"{packages.kernel.name} holds no /{path}")


def image(architecture: debian.Architecture, packages: debian.Packages) -> Step:
    """The kernel's image, as the file `kernel`."""
    output = BUILD / "kernel" / architecture.label

    def extract(_: Run) -> None:
        (output / "kernel").write_bytes(file(packages, f"boot/vmlinuz-{packages.abi}"))

    return Step(f"kernel-{architecture.label}", output, (packages.kernel.name, _THIS), extract)


def headers(architecture: debian.Architecture, packages: debian.Packages) -> Step:
    """The unpacked headers; headers_folder() says where the build system wants KERNEL_SRC."""
    output = BUILD / "headers" / architecture.label

    def extract(_: Run) -> None:
        for deb in packages.headers:
            debian.unpack(deb, output)
        makefile = headers_folder(architecture, packages) / "Makefile"
        makefile.write_text(makefile.read_text().replace("/usr/src/", f"{output}/usr/src/"))

    names = [deb.name for deb in packages.headers]
    return Step(f"headers-{architecture.label}", output, (*names, str(output), _THIS), extract)


def headers_folder(architecture: debian.Architecture, packages: debian.Packages) -> Path:
    return BUILD / "headers" / architecture.label / f"usr/src/linux-headers-{packages.abi}"
