# SPDX-License-Identifier: BSD-3-Clause
"""One run of the lab: the ivshmem server and the boards, and nothing left afterwards."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from labgrid import Environment

from lab import image, topology
from lab.paths import ROOT, RUNS
from lab.server import Server

TARGETS = ROOT / "lab/targets"


def new_run(name: str) -> Path:
    """A folder for the logs of one run, and build/lab/last to find it by."""
    folder = RUNS / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}-{os.getpid()}"
    folder.mkdir(parents=True)
    last = RUNS / "last"
    last.unlink(missing_ok=True)
    last.symlink_to(folder.name)
    return folder


def environment(run: Path, targets: str) -> Environment:
    """The labgrid environment of a target file, with its files in the run's folder."""
    os.environ["LG_RUN"] = str(run)
    os.environ |= image.variables()
    return Environment(str(TARGETS / f"{targets}.yaml"))


def boot(*boards: Any) -> None:
    """Bring boards to their shells, all at the same time."""
    strategies = [board.get_strategy() for board in boards]
    for strategy in strategies:
        if strategy.status.name != "shell":
            strategy.transition("on")
    for strategy in strategies:
        strategy.transition("shell")


class Session:
    """The server and the boards of one target file; a context manager."""

    def __init__(self, name: str, targets: str = "boards") -> None:
        self.run = new_run(name)
        self.server = Server(topology.BOARDS, self.run)
        self._targets = targets

    def __enter__(self) -> Session:
        self.server.start()
        self.environment = environment(self.run, self._targets)
        return self

    def board(self, name: str) -> Any:
        return self.environment.get_target(name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.environment.cleanup()
        self.server.close()
