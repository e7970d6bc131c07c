# SPDX-License-Identifier: BSD-3-Clause
"""Where things are: the repository, its build folder and its cache."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CACHE = (ROOT / ".cache").resolve()
RUNS = BUILD / "lab"

_SOCKET_PATH_MAX = 107


def socket_path(path: Path) -> str:
    """The shortest way to name a UNIX socket from here: its address has 107 bytes."""
    short = min(str(path), os.path.relpath(path), key=len)
    if len(short) > _SOCKET_PATH_MAX:
        raise OSError(
            f"{short}: {len(short)} characters are too long for a socket; "
            f"use a shorter directory (at most {_SOCKET_PATH_MAX} with the file name)"
        )
    return short
