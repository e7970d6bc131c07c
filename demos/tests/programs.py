# SPDX-License-Identifier: BSD-3-Clause
"""How to run the demos."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Echo = Callable[..., "subprocess.Popen[str]"]
Start = Callable[[list[str]], "subprocess.Popen[str]"]
Run = Callable[[str], "subprocess.Popen[str]"]

SCRIPTS = Path(__file__).parent.parent / "python"


def command(language: str, name: str) -> list[str]:
    """How to run mcapi-echo or mcapi-ping: C from $MCAPI_DEMOS or $PATH, Python from here."""
    if language == "Python":
        return [sys.executable, str(SCRIPTS / f"{name.replace('-', '_')}.py")]
    path = os.pathsep.join([os.environ.get("MCAPI_DEMOS", ""), os.environ["PATH"]])
    program = shutil.which(name, path=path)
    assert program, f"{name} is not built: build demos/c and set MCAPI_DEMOS to that folder"
    return [program]


def ping(language: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a ping as node 1:1 against 2:1."""
    return subprocess.run(
        [
            *command(language, "mcapi-ping"),
            *("--domain", "1", "--node", "1", "--peer", "2:1"),
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
