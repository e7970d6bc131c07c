# SPDX-License-Identifier: BSD-3-Clause
"""Debian's names for the kernels that MCAPI_KERNEL asks for."""

from __future__ import annotations

import pytest

from lab.debian import Architecture


@pytest.mark.parametrize(
    ("kernel", "package", "label"),
    [
        ("", "linux-image-cloud-amd64", "amd64"),
        ("6.12", "linux-image-6.12-cloud-amd64", "amd64-6.12"),
        ("rt", "linux-image-rt-amd64", "amd64-rt"),
        ("6.12-rt", "linux-image-6.12-rt-amd64", "amd64-6.12-rt"),
    ],
)
def test_names(kernel: str, package: str, label: str) -> None:
    architecture = Architecture("amd64", "cloud-amd64", "x86_64-linux-gnu", kernel)
    assert architecture.kernel_package("image") == package
    assert architecture.label == label
