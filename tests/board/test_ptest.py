# SPDX-License-Identifier: BSD-3-Clause
"""The packages of tests in an image that BitBake made, as ptest-runner calls them."""

from __future__ import annotations

import pytest

from lab.programs import Board

pytestmark = pytest.mark.lg_feature("ptest")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("package", ["libmcapi", "mcapi-driver", "python3-mcapi"])
def test_package(boards: tuple[Board, Board], package: str) -> None:
    shell = boards[0].shell
    output, _, status = shell.run(f"cd /usr/lib/{package}/ptest && ./run-ptest 2>&1", timeout=800)
    assert status == 0, "\n".join(output)
    words = [line.partition(":")[0] for line in output]
    assert "PASS" in words, "\n".join(output)
    assert "FAIL" not in words, "\n".join(output)
