# SPDX-License-Identifier: BSD-3-Clause
"""The boards of the environment given by --lg-env, booted once for all tests.

A real board needs no more than its own environment file: two targets board-a and
board-b with a PowerProtocol, a CommandProtocol and a BoardStrategy, and the
features that it has. What needs the lab's server asks for the feature "emulated".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import image, session, topology
from lab.programs import Board, Host
from lab.server import Server
from lab.steps import BuildError

PROGRAMS = Path(__file__).parent / "programs"
NAMES = ("board-a", "board-b")


def pytest_configure(config: pytest.Config) -> None:
    """Before labgrid reads the environment file: where images and this run's files are."""
    # labgrid 26.0.1 logs a console from which nothing was read yet, and stumbles.
    config.addinivalue_line(
        "filterwarnings", "ignore:unhandled exception during event notification:UserWarning"
    )
    try:
        os.environ |= image.variables()
    except BuildError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.setdefault("LG_RUN", str(session.new_run("test-board")))


@pytest.fixture(scope="session")
def run_folder() -> Path:
    return Path(os.environ["LG_RUN"])


@pytest.fixture(scope="session")
def server(env: Any, run_folder: Path) -> Iterator[Server | None]:
    """The ivshmem server, if the boards are emulated ones."""
    if "emulated" not in env.get_target_features():
        yield None
        return
    with Server(topology.BOARDS, run_folder) as running:
        yield running
        # Before the server: a board that loses it is not what is tested at the end.
        for name in NAMES:
            env.get_target(name).get_strategy().cut_power()


@pytest.fixture
def boards(env: Any, server: Server | None) -> Iterator[tuple[Board, Board]]:
    """Boards A and B at their shells, in domains 1 and 2; their echoes end with the test."""
    targets = [env.get_target(name) for name in NAMES]
    session.boot(*targets)
    both = [
        Board(name, domain, target.get_driver("CommandProtocol"))
        for domain, (name, target) in enumerate(zip(NAMES, targets, strict=True), 1)
    ]
    yield both[0], both[1]
    for board, target in zip(both, targets, strict=True):
        if target.get_strategy().status.name == "shell":
            board.stop_echoes()


@pytest.fixture
def host(server: Server | None, run_folder: Path) -> Iterator[Host]:
    """This machine as a third processor, in domain 3."""
    if not server:
        pytest.skip("the host joins emulated boards only")
    processor = Host("host", 3, server.socket_of(topology.HOST), run_folder)
    yield processor
    processor.stop_echoes()
