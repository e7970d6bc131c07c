# SPDX-License-Identifier: BSD-3-Clause
"""What the arm64 boards boot: the lab's own image, or one that BitBake made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lab.debian import AMD64, ARM64
from lab.paths import BUILD
from lab.steps import BuildError

# deploy/images/<machine> of a BitBake build; unset or empty: the lab's own.
VARIABLE = "MCAPI_IMAGE_DIR"

# What an image has or lacks, as features of the boards: the programs that test driver and
# library, those of the driver for 32 bits, packages of tests as OE-Core runs them.
FEATURES = ("loopback", "word32", "ptest")


# The root is a tmpfs, which may fill half of the board's memory; the machine that BitBake
# knows lets an image have 256 MiB (INITRAMFS_MAXSIZE), and runqemu gives it as much.
OUR_MEMORY, BITBAKES_MEMORY = "256M", "1024M"


@dataclass(frozen=True)
class Image:
    kernel: Path
    initrd: Path
    memory: str
    features: frozenset[str]


def variables() -> dict[str, str]:
    """The variables that lab/targets/*.yaml read."""
    folder = os.environ.get(VARIABLE)
    image = _bitbakes(Path(folder).resolve()) if folder else _ours()
    return {
        "LG_IMAGES": str(BUILD),
        "LG_KERNEL": str(image.kernel),
        "LG_INITRD": str(image.initrd),
        "LG_MEMORY": image.memory,
        "LG_AMD64": AMD64.label,
        "LG_ARM64": ARM64.label,
        **{
            f"LG_{name.upper()}": name if name in image.features else f"no-{name}"
            for name in FEATURES
        },
    }


def _ours() -> Image:
    return Image(
        BUILD / "kernel" / ARM64.label / "kernel",
        BUILD / "initrd" / ARM64.label / "initrd",
        OUR_MEMORY,
        frozenset({"loopback", "word32"}),
    )


def _bitbakes(folder: Path) -> Image:
    stem = f"mcapi-image-{folder.name}.rootfs"
    kernel, initrd = folder / "Image", folder / f"{stem}.cpio.gz"
    manifest = folder / f"{stem}.manifest"
    for file in (kernel, initrd, manifest):
        if not file.is_file():
            raise BuildError(
                f"{file} is not there: {VARIABLE} names deploy/images/<machine> of a build "
                "of mcapi-image"
            )
    packages = {line.split()[0] for line in manifest.read_text().splitlines()}
    tested = "packagegroup-mcapi-ptest" in packages
    features = frozenset({"loopback", "ptest"} if tested else ())
    return Image(kernel, initrd, BITBAKES_MEMORY, features)
