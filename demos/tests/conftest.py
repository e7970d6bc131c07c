# SPDX-License-Identifier: BSD-3-Clause
"""The demos as commands, on a local link of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import SCRIPTS, Echo, Run, Start, command


@pytest.fixture(autouse=True)
def _local_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCAPI_LOCAL_DIR", str(tmp_path / "link"))
    monkeypatch.setenv("MCAPI_DEVICES", "")
    monkeypatch.delenv("MCAPI_IVSHMEM", raising=False)


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c() -> None:
    """Also where a shell started the tests in the background, with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def start(_local_link: None) -> Iterator[Start]:
    """Start a program that ends with the test; Python code can import the demos' modules."""
    running: list[subprocess.Popen[str]] = []
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PYTHONPATH", "")])

    def start(arguments: list[str]) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def python(start: Start) -> Run:
    """Run Python code."""
    return lambda code: start([sys.executable, "-c", code])


@pytest.fixture
def echo(start: Start) -> Echo:
    """Start an echo at 2:1:1 and wait until it is ready."""

    def start_echo(language: str, *options: str) -> "subprocess.Popen[str]":
        process = start(
            [*command(language, "mcapi-echo"), "--domain", "2", "--node", "1", *options]
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready 2:1:1\n"
        return process

    return start_echo
