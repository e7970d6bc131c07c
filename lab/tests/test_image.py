# SPDX-License-Identifier: BSD-3-Clause
"""The image that the boards boot: the lab's own, or the one that a variable names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import image
from lab.debian import ARM64
from lab.paths import BUILD
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
