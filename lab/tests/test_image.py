# SPDX-License-Identifier: BSD-3-Clause
"""The image that the boards boot: the lab's own, or the one that a variable names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab import image
from lab.debian import ARM64
from lab.paths import BUILD, ROOT
from lab.steps import BuildError

MACHINE = "mcapi-qemuarm64"
IMAGE = f"mcapi-image-{MACHINE}.rootfs"


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "deploy/images" / MACHINE
    folder.mkdir(parents=True)
    (folder / "Image").touch()
    (folder / f"{IMAGE}.manifest").touch()
    monkeypatch.setenv(image.VARIABLE, str(folder))
    return folder


@pytest.mark.parametrize("value", [None, ""])
def test_the_labs_own(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(image.VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(image.VARIABLE, value)
    found = image.variables()
    assert found["LG_INITRD"] == str(BUILD / f"initrd/{ARM64.label}/initrd")
    assert found["LG_MEMORY"] == "256M"
    assert found["LG_LOOPBACK"] == "loopback"
    assert found["LG_WORD32"] == "word32"
    assert found["LG_PTEST"] == "no-ptest"


def test_bitbakes(deploy: Path) -> None:
    initrd = deploy / f"{IMAGE}.cpio.gz"
    initrd.touch()
    found = image.variables()
    assert found["LG_KERNEL"] == str(deploy / "Image")
    assert found["LG_INITRD"] == str(initrd)
    assert [found[f"LG_{name.upper()}"] for name in image.FEATURES] == [
        "no-loopback",
        "no-word32",
        "no-ptest",
    ]


def test_bitbakes_fits_into_memory(deploy: Path) -> None:
    """Unpacked, an image may be as large as the machine says, and fill half of the memory."""
    (deploy / f"{IMAGE}.cpio.gz").touch()
    memory = int(image.variables()["LG_MEMORY"].removesuffix("M"))
    machine = (ROOT / f"meta-mcapi/conf/machine/{MACHINE}.conf").read_text()
    size = re.search(r'^INITRAMFS_MAXSIZE = "(\d+)"$', machine, re.MULTILINE)
    assert size, "the machine says no size: the reader is broken"
    assert memory // 2 > int(size[1]) // 1024
    assert f'QB_MEM = "-m {memory}"' in machine


def test_boards_have_all_that_they_name() -> None:
    names = {
        name
        for file in (ROOT / "lab/targets").glob("*.yaml")
        for name in re.findall(r"!template .*?\$(\w+)", file.read_text())
    }
    assert names <= {"LG_RUN", *image.variables()}


def test_one_with_packages_of_tests(deploy: Path) -> None:
    (deploy / f"{IMAGE}.cpio.gz").touch()
    (deploy / f"{IMAGE}.manifest").write_text("packagegroup-mcapi-ptest mcapi_qemuarm64 1.0-r0\n")
    found = image.variables()
    assert found["LG_LOOPBACK"] == "loopback"
    assert found["LG_PTEST"] == "ptest"
    assert found["LG_WORD32"] == "no-word32"


def test_a_folder_without_an_image(deploy: Path) -> None:
    with pytest.raises(BuildError, match=r"rootfs\.cpio\.gz is not there: MCAPI_IMAGE_DIR"):
        image.variables()
