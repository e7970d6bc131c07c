# SPDX-License-Identifier: BSD-3-Clause
"""A link like those of real boards: that of an emulated Raspberry Pi 3 to its VideoCore.

An upstream mailbox controller, and memory whose other user sees no caches. The VideoCore
is no peer, but it answers each doorbell: so the driver's doorbells go the way of a real
controller, whose rings are done when a timer says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from labgrid import Environment

from lab.programs import Board
from lab.session import TARGETS

from .conftest import PROGRAMS
from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature("emulated")

TURNS = 200
NOTIFICATIONS = 10000
DEVICE = "$(readlink -f /dev/mcapi/by-name/videocore)"
ATTRIBUTES = {"wc": ["wc"], "sync": ["cached", "sync"]}


@pytest.fixture(scope="module", params=ATTRIBUTES)
def window(request: pytest.FixtureRequest) -> str:
    """How the window is mapped, which the memory decides: apart, or the kernel's own."""
    return str(request.param)


@pytest.fixture(scope="module")
def raspi3(run_folder: Path, window: str) -> Iterator[Board]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LG_RUN", str(run_folder / f"raspi3-{window}"))
        patch.setenv("LG_WINDOW", window)
        environment = Environment(str(TARGETS / "raspi3.yaml"))
    target = environment.get_target("board-raspi3")
    target.get_strategy().transition("shell")
    yield Board("board-raspi3", 1, target.get_driver("CommandProtocol"))
    environment.cleanup()


def test_link_is_there_and_nobody_at_its_end(raspi3: Board) -> None:
    assert raspi3.shell.run_check("cat /sys/class/mcapi/mcapi*/label") == ["videocore"]
    assert raspi3.wait_until(is_in_state("videocore", "down"))


def test_window_is_what_the_memory_allows(raspi3: Board, window: str) -> None:
    raspi3.put("/tmp/window.py", (PROGRAMS / "window.py").read_text())
    found = json.loads(raspi3.output(f"python3 /tmp/window.py {DEVICE}", 60))
    assert found["link"] == ["read", *ATTRIBUTES[window]]
    assert found["section"] == ["read", "write", *ATTRIBUTES[window]]


def test_each_doorbell_is_answered(raspi3: Board) -> None:
    raspi3.put("/tmp/ring.py", (PROGRAMS / "ring.py").read_text())
    ring = f"python3 /tmp/ring.py {DEVICE} {TURNS} {NOTIFICATIONS}"
    counted = json.loads(raspi3.output(ring, 60))
    turns, burst = counted["turns"], counted["burst"]
    # One ring for each request, even where it was put off until the last one was done.
    assert turns["rings"] == turns["received"] == TURNS
    # What is put together is rung once for all of it, and nothing else is.
    assert burst["coalesced"] == burst["merged"] > 0
    assert NOTIFICATIONS - burst["merged"] <= burst["rings"] < NOTIFICATIONS
    assert burst["received"] == burst["rings"]
    for phase in (turns, burst):
        assert phase["refused"] == phase["stalls"] == 0
