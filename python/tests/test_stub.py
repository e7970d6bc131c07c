# SPDX-License-Identifier: BSD-3-Clause
"""The types that are promised are those of the extension."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent


def test_stub_and_extension_agree(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="needs mypy, which is not on boards")
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "mcapi"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SOURCES), "MYPY_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
