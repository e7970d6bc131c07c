# SPDX-License-Identifier: BSD-3-Clause
"""BitBake builds the layer's recipes and image with Debian's toolchain: make recipes.

That takes minutes, where OE-Core's own toolchain takes hours.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from bitbake import complaints, environment, need, shell
from builds import FOR_BOARDS
from layer_metadata import ROOT, recipes

from lab import toolchain
from lab.debian import DebianError

# The first run compiles a kernel; a hang is still found in the end.
pytestmark = pytest.mark.timeout(3 * 3600)

OVERLAY = "kas.yml:kas/opt/ptest.yml:kas/toolchain/debian.yml"
SCARTHGAP = "kas.yml:kas/yocto-5.0.yml:kas/opt/ptest.yml:kas/toolchain/debian.yml"
BOOTABLE = "kas.yml:kas/toolchain/debian.yml:kas/opt/debug-shell.yml"
TESTED = "kas.yml:kas/opt/ptest.yml:kas/toolchain/debian.yml:kas/opt/debug-shell.yml"
MACHINE = "mcapi-qemuarm64"
IMAGE = "mcapi-image"
PACKAGES = ROOT / "kas/toolchain/debian/packages.txt"
ELSEWHERE = Path(__file__).with_name("elsewhere.conf")

NAMES = [name for name in recipes() if name not in (IMAGE, FOR_BOARDS)]


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


def build(kas: str, command: str) -> None:
    need(kas, long=True)
    output = shell(kas, f"bitbake {command}")
    assert "all succeeded" in output
    assert not complaints(output)


def output_of(kas: str, name: str = "tmp-debian") -> Path:
    return Path(environment(kas)["KAS_BUILD_DIR"]) / name


def packages(output: Path) -> dict[str, bytes]:
    """What each package is, by its file's name: ours, kernel modules, what they need."""
    debs = (output / "deploy/deb").glob("*/*.deb")
    return {deb.name: hashlib.sha256(deb.read_bytes()).digest() for deb in debs}


@pytest.mark.parametrize("kas", [OVERLAY, SCARTHGAP])
def test_every_recipe_builds(kas: str) -> None:
    """To the checks of their packages, and to the packages; those of tests, too."""
    build(kas, " ".join(NAMES))
    stamps = output_of(kas) / "stamps"
    for name in NAMES:
        assert list(stamps.glob(f"*/{name}/*.do_package_qa*")), f"{name}: no package_qa"
    made = {package.partition("_")[0] for package in packages(output_of(kas))}
    assert made >= {f"{name}-ptest" for name in ("libmcapi", "mcapi-driver", "python3-mcapi")}


@pytest.mark.parametrize("kas", [BOOTABLE, TESTED])
def test_image_is_made(kas: str) -> None:
    """The lab boots it: make test-board MCAPI_IMAGE_DIR=<this folder>."""
    build(kas, IMAGE)
    folder = output_of(kas) / "deploy/images" / MACHINE
    for name in ("Image", f"{IMAGE}-{MACHINE}.rootfs.cpio.gz"):
        assert (folder / name).stat().st_size > 1 << 20


def test_bill_of_materials_names_us() -> None:
    """Whoever looks for vulnerabilities finds our packages in the image's SPDX document."""
    build(TESTED, IMAGE)
    folder = output_of(TESTED) / "deploy/images" / MACHINE
    document = json.loads((folder / f"{IMAGE}-{MACHINE}.rootfs.spdx.json").read_text())
    identifiers = {
        element["name"]: {known["identifier"] for known in element.get("externalIdentifier", [])}
        for element in document["@graph"]
        if element["type"] == "software_Package"
    }
    for package in ("libmcapi0", "mcapi-driver", "mcapi-udev", "python3-mcapi"):
        version = recipes()[package.rstrip("0")].version
        assert f"cpe:2.3:*:*:meta-mcapi:{version}:*:*:*:*:*:*:*" in identifiers[package]


def check_out(target: Path) -> None:
    """What recipes read of this repository, with other dates."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in (".cache", "kas"):
        (target / name).symlink_to(ROOT / name)
    for name in ("LICENSES", "demos", "driver", "libmcapi", "python"):
        shutil.copytree(ROOT / name, target / name, copy_function=shutil.copy)


def test_packages_are_the_same_elsewhere() -> None:
    """Made of another checkout in another folder, nothing of ours taken from before."""
    build(OVERLAY, " ".join(NAMES))
    here = packages(output_of(OVERLAY))
    check_out(output_of(OVERLAY, "elsewhere"))
    shutil.rmtree(output_of(OVERLAY, "tmp-elsewhere"), ignore_errors=True)
    build(OVERLAY, f"-R {ELSEWHERE} -c cleansstate {' '.join(NAMES)}")
    build(OVERLAY, f"-R {ELSEWHERE} {' '.join(NAMES)}")
    there = packages(output_of(OVERLAY, "tmp-elsewhere"))
    for name in NAMES:
        assert any(package.startswith(name) for package in there), f"{name}: no package"
    assert not [package for package in there if there[package] != here.get(package)]
