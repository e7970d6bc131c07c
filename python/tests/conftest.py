# SPDX-License-Identifier: BSD-3-Clause
"""A local link of its own for each test, a node on it, and other processes."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mcapi
import pytest
from talk import Spawn

PRELUDE = """
import sys, mcapi
def say(word): print(word, flush=True)
def hear(): return sys.stdin.readline().strip()
"""


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
def node() -> Iterator[mcapi.Node]:
    """Node 1:1 of this process."""
    with mcapi.Node(domain=1, node=1) as node:
        yield node


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Run Python code in another process; it talks with say() and hear()."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def echo(spawn: Spawn) -> "subprocess.Popen[str]":
    """Node 2:1, which answers at port 1 whatever 1:1:1 sends."""
    return spawn(
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint(port=1)\n"
        "    there = node.find(domain=1, node=1, port=1)\n"
        "    while True:\n"
        "        here.send(there, here.recv())\n"
    )
