# SPDX-License-Identifier: BSD-3-Clause
"""What the arm64 boards boot: the lab's own image, or one that BitBake made."""

from __future__ import annotations

import os
from pathlib import Path

from lab.debian import AMD64, ARM64
from lab.paths import BUILD
from lab.steps import BuildError

# deploy/images/<machine> of a BitBake build; unset or empty: the lab's own.
VARIABLE = "MCAPI_IMAGE_DIR"


def variables() -> dict[str, str]:
    """The variables that lab/targets/*.yaml read."""
    kernel, initrd = _files()
    return {
        "LG_IMAGES": str(BUILD),
        "LG_KERNEL": str(kernel),
        "LG_INITRD": str(initrd),
        "LG_AMD64": AMD64.label,
        "LG_ARM64": ARM64.label,
        # A feature: the driver's own test programs are not in an image for users.
        "LG_LOOPBACK": "no-loopback" if os.environ.get(VARIABLE) else "loopback",
    }


def _files() -> tuple[Path, Path]:
    name = os.environ.get(VARIABLE)
    if not name:
        return BUILD / "kernel" / ARM64.label / "kernel", BUILD / "initrd" / ARM64.label / "initrd"
    folder = Path(name).resolve()
    kernel, initrd = folder / "Image", folder / f"mcapi-image-{folder.name}.rootfs.cpio.gz"
    for file in (kernel, initrd):
        if not file.is_file():
            raise BuildError(
                f"{file} is not there: {VARIABLE} names deploy/images/<machine> of a build "
                "of mcapi-image"
            )
    return kernel, initrd
