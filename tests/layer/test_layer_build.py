# SPDX-License-Identifier: BSD-3-Clause
"""BitBake builds the layer's recipes and image with Debian's toolchain: make recipes.

That takes minutes, where OE-Core's own toolchain takes hours.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bitbake import complaints, environment, need, shell
from builds import FOR_BOARDS
from layer_metadata import LAYER, ROOT, recipes

from lab import toolchain
from lab.debian import DebianError

# The first run compiles a kernel; a hang is still found in the end.
pytestmark = pytest.mark.timeout(3 * 3600)

OVERLAY = "kas.yml:kas/toolchain/debian.yml"
BOOTABLE = "kas.yml:kas/toolchain/debian.yml:kas/opt/debug-shell.yml"
SCARTHGAP = "kas.yml:kas/yocto-5.0.yml:kas/toolchain/debian.yml"
MACHINE = "mcapi-qemuarm64"
IMAGE = "mcapi-image"
PACKAGES = ROOT / "kas/toolchain/debian/packages.txt"


def missing_packages() -> list[str]:
    lines = PACKAGES.read_text().splitlines()
    names = [name for line in lines if not line.startswith("#") for name in line.split()]
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {
        line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")
    }
    return [name for name in names if name not in installed]


@pytest.fixture(scope="module", autouse=True)
def debian() -> None:
    """What the overlay takes from Debian, but for what must be installed."""
    need(OVERLAY, long=True)
    if missing := missing_packages():
        pytest.skip(f"apt-get install --no-install-recommends {' '.join(missing)}")
    try:
        toolchain.fetch(lambda step, seconds: None)
    except DebianError as error:
        pytest.skip(f"Debian's packages cannot be had: {error}")


def output_of(kas: str) -> Path:
    return Path(environment(kas)["KAS_BUILD_DIR"]) / "tmp-debian"


def build(kas: str, *targets: str) -> None:
    need(kas, long=True)
    output = shell(kas, f"bitbake {' '.join(targets)}")
    assert "all succeeded" in output
    assert not complaints(output)


def test_every_recipe_builds() -> None:
    """To the checks of their packages, and to the packages."""
    names = [name for name in recipes() if name not in (IMAGE, FOR_BOARDS)]
    build(OVERLAY, *names)
    stamps = output_of(OVERLAY) / "stamps"
    for name in names:
        assert list(stamps.glob(f"*/{name}/*.do_package_qa*")), f"{name}: no package_qa"


def test_image_is_made() -> None:
    """The lab boots it: make test-board MCAPI_IMAGE_DIR=<this folder>."""
    build(BOOTABLE, IMAGE)
    folder = output_of(BOOTABLE) / "deploy/images" / MACHINE
    for name in ("Image", f"{IMAGE}-{MACHINE}.rootfs.cpio.gz"):
        assert (folder / name).stat().st_size > 1 << 20
    assert (LAYER / f"conf/machine/{MACHINE}.conf").is_file()


def test_library_and_driver_build_with_the_older_series() -> None:
    build(SCARTHGAP, "libmcapi", "mcapi-driver")
