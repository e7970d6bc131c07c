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


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "deploy/images" / MACHINE
    folder.mkdir(parents=True)
    (folder / "Image").touch()
    monkeypatch.setenv(image.VARIABLE, str(folder))
    return folder


@pytest.mark.parametrize("value", [None, ""])
def test_the_labs_own(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(image.VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(image.VARIABLE, value)
    assert image.variables()["LG_INITRD"] == str(BUILD / f"initrd/{ARM64.label}/initrd")


def test_bitbakes(deploy: Path) -> None:
    initrd = deploy / f"mcapi-image-{MACHINE}.rootfs.cpio.gz"
    initrd.touch()
    found = image.variables()
    assert found["LG_KERNEL"] == str(deploy / "Image")
    assert found["LG_INITRD"] == str(initrd)


def test_a_folder_without_an_image(deploy: Path) -> None:
    with pytest.raises(BuildError, match=r"rootfs\.cpio\.gz is not there: MCAPI_IMAGE_DIR"):
        image.variables()
