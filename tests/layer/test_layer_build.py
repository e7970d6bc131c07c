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
from builds import DEVICETREES, ELSEWHERE, FOR_BOARDS, IMAGE, IMAGES, PACKAGES, SIGNED, Made
from layer_metadata import ROOT, recipes
from test_layer_devicetree import OVERLAYS

from lab import toolchain
from lab.debian import DebianError

# The first run compiles a kernel; a hang is still found in the end.
pytestmark = pytest.mark.timeout(3 * 3600)

MACHINE = "mcapi-qemuarm64"
HOST_PACKAGES = ROOT / "kas/toolchain/debian/packages.txt"


def missing_packages() -> list[str]:
    lines = HOST_PACKAGES.read_text().splitlines()
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
    need(PACKAGES[0].kas, long=True)
    if missing := missing_packages():
        pytest.skip(f"apt-get install --no-install-recommends {' '.join(missing)}")
    try:
        toolchain.fetch(lambda step, seconds: None)
    except DebianError as error:
        pytest.skip(f"Debian's packages cannot be had: {error}")


def build(made: Made, task: str = "") -> None:
    need(made.kas, long=True)
    output = shell(made.kas, f"bitbake {made.options} {task} {' '.join(made.targets)}")
    assert "all succeeded" in output
    assert not complaints(output)


def output_of(made: Made) -> Path:
    """TMPDIR: the toolchain's, or of the file that was read after it."""
    return Path(environment(made.kas)["KAS_BUILD_DIR"]) / f"tmp-{made.conf or 'debian'}"


def packages(output: Path) -> dict[str, bytes]:
    """What each package is, by its file's name: ours, kernel modules, what they need."""
    debs = (output / "deploy/deb").glob("*/*.deb")
    return {deb.name: hashlib.sha256(deb.read_bytes()).digest() for deb in debs}


def ids(made: Made) -> str:
    return made.kas


@pytest.mark.parametrize("made", PACKAGES, ids=ids)
def test_every_recipe_builds(made: Made) -> None:
    """To the checks of their packages, and to the packages; those of tests, too."""
    build(made)
    stamps = output_of(made) / "stamps"
    for name in made.targets:
        assert list(stamps.glob(f"*/{name}/*.do_package_qa*")), f"{name}: no package_qa"
    found = {package.partition("_")[0] for package in packages(output_of(made))}
    assert found >= {f"{name}-ptest" for name in ("libmcapi", "mcapi-driver", "python3-mcapi")}


def test_modules_keep_their_signatures(tmp_path: Path) -> None:
    """Nothing strips or compresses what the kernel has signed."""
    build(SIGNED)
    debs = list(output_of(SIGNED).glob("deploy/deb/*/kernel-module-m*.deb"))
    for deb in debs:
        subprocess.run(["dpkg-deb", "--extract", str(deb), str(tmp_path)], check=True)
    modules = list(tmp_path.rglob("*.ko"))
    assert {"mcapi.ko", "mailbox-ivshmem.ko"} <= {module.name for module in modules}
    for module in modules:
        assert module.read_bytes().endswith(b"~Module signature appended~\n"), module.name


@pytest.mark.parametrize("made", DEVICETREES, ids=ids)
def test_every_overlay_is_in_a_package(made: Made) -> None:
    """On a board that is every board that has one."""
    build(made)
    assert list(output_of(made).glob(f"stamps/*/{FOR_BOARDS}/*.do_package_qa*"))
    (deb,) = output_of(made).glob(f"deploy/deb/*/{FOR_BOARDS}_*.deb")
    listing = subprocess.run(
        ["dpkg-deb", "--contents", str(deb)], capture_output=True, text=True, check=True
    ).stdout
    files = {line.split()[-1] for line in listing.splitlines() if line.startswith("-")}
    names = {Path(file).with_suffix(".dtbo").name for file in OVERLAYS.values()}
    assert files == {f"./boot/devicetree/{name}" for name in names}


@pytest.mark.parametrize("made", IMAGES, ids=ids)
def test_image_is_made(made: Made) -> None:
    """The lab boots it: make test-board MCAPI_IMAGE_DIR=<this folder>."""
    build(made)
    folder = output_of(made) / "deploy/images" / MACHINE
    for name in ("Image", f"{IMAGE}-{MACHINE}.rootfs.cpio.gz"):
        assert (folder / name).stat().st_size > 1 << 20


def test_bill_of_materials_names_us() -> None:
    """Whoever looks for vulnerabilities finds our packages in the image's SPDX document."""
    made = IMAGES[-1]
    build(made)
    folder = output_of(made) / "deploy/images" / MACHINE
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
    build(PACKAGES[0])
    here = packages(output_of(PACKAGES[0]))
    # As elsewhere.conf says.
    check_out(output_of(ELSEWHERE).with_name("elsewhere"))
    shutil.rmtree(output_of(ELSEWHERE), ignore_errors=True)
    build(ELSEWHERE, "-c cleansstate")
    build(ELSEWHERE)
    there = packages(output_of(ELSEWHERE))
    for name in ELSEWHERE.targets:
        assert any(package.startswith(name) for package in there), f"{name}: no package"
    assert not [package for package in there if there[package] != here.get(package)]
