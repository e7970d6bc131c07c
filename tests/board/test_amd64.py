# SPDX-License-Identifier: BSD-3-Clause
"""A board without a device tree: its links come from the topology page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labgrid import Environment

from lab.programs import Board, Host
from lab.server import Server
from lab.session import TARGETS
from lab.topology import BOARDS, HOST

from .test_link import is_in_state
from .test_uapi import run_uapi_test

pytestmark = pytest.mark.lg_feature("emulated")


@pytest.fixture(scope="module")
def folder(run_folder: Path) -> Path:
    return run_folder / "amd64"


@pytest.fixture(scope="module")
def x86_server(folder: Path) -> Iterator[Server]:
    with Server(BOARDS, folder) as server:
        yield server


@pytest.fixture(scope="module")
def x86(folder: Path, x86_server: Server) -> Iterator[Board]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LG_RUN", str(folder))
        environment = Environment(str(TARGETS / "amd64.yaml"))
    target = environment.get_target("board-x86")
    target.get_strategy().transition("shell")
    yield Board("board-x86", 1, target.get_driver("CommandProtocol"))
    environment.cleanup()


def test_links_are_those_of_the_topology_page(x86: Board) -> None:
    assert x86.shell.run_check("cat /sys/class/mcapi/mcapi*/label") == ["board-b", "host"]
    assert x86.wait_until(is_in_state("host", "down"))


@pytest.mark.parametrize("language", ["C", "Python"])
def test_exchange_with_the_host(
    x86: Board, x86_server: Server, folder: Path, language: str
) -> None:
    echo = x86.start_echo(language, 10)
    host = Host("host", 3, x86_server.socket_of(HOST), folder)
    report = host.ping("C", 1, echo, count=50)
    x86.stop_echoes()
    assert report["errors"] == 0
    assert report["max_size"] == 16 << 20


def test_calls_on_loopback(x86: Board) -> None:
    x86.shell.run_check("modprobe mailbox-loopback")
    run_uapi_test(x86)
