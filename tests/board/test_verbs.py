# SPDX-License-Identifier: BSD-3-Clause
"""`make shell` and `make demo`, as a user meets them, and what they leave behind: nothing."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from lab.paths import RUNS

pytestmark = pytest.mark.lg_feature("emulated")

TIMEOUT = 60


def processes_of(run: Path) -> list[tuple[int, str]]:
    """All processes whose command line mentions a run's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if run.name in words:
            found.append((int(process.name), words))
    return found


def last_run() -> Path:
    return (RUNS / "last").resolve()


def check_nothing_is_left(run: Path) -> None:
    assert processes_of(run) == []
    assert [path.name for path in run.iterdir() if path.is_socket()] == []


@pytest.fixture
def shell() -> pexpect.spawn[bytes]:
    return pexpect.spawn(
        sys.executable, ["-m", "lab", "shell"], timeout=TIMEOUT, dimensions=(24, 80)
    )


def test_shell_hands_over_both_consoles(shell: pexpect.spawn[bytes]) -> None:
    shell.expect(r"\[board-a .*board-a# ")
    run = last_run()
    shell.send("stty size\n")
    shell.expect(r"24 80.*board-a# ")
    shell.send("sleep 1000\n")
    shell.send("\x03")
    shell.expect("board-a# ")
    shell.send("\x1dn")
    shell.expect(r"\[board-b .*board-b# ")
    shell.send("poweroff -f\n")
    shell.expect(r"board-b has ended.*\[board-a .*board-a# ")
    shell.send("\x1dq")
    shell.expect(pexpect.EOF)
    assert shell.wait() == 0
    check_nothing_is_left(run)


def test_nothing_outlives_a_killed_lab(shell: pexpect.spawn[bytes]) -> None:
    shell.expect(r"\[board-a .*board-a# ")
    run = last_run()
    emulators = [os.pidfd_open(pid) for pid, words in processes_of(run) if "qemu-system" in words]
    assert len(emulators) == 2
    shell.kill(signal.SIGKILL)
    shell.wait()
    for emulator in emulators:
        assert select.select([emulator], [], [], TIMEOUT)[0], "an emulator lives on"
    assert processes_of(run) == []


def test_demo_shows_its_result_and_leaves_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab", "demo"],
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("board-a⇄board-b", "host⇄board-a", "board-b⇄host", "every payload right"):
        assert words in done.stdout
    check_nothing_is_left(last_run())


def test_demo_without_an_emulator_says_what_is_missing(tmp_path: Path) -> None:
    """A PATH with all tools but the emulator's; what was built is up to date."""
    for folder in ("/usr/bin", "/usr/sbin"):
        for tool in Path(folder).iterdir():
            link = tmp_path / tool.name
            if not tool.name.startswith("qemu-system") and not link.exists():
                link.symlink_to(tool)
    done = subprocess.run(
        [sys.executable, "-m", "lab", "demo"],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 1
    assert "error: board-a: no qemu-system-aarch64 on this machine" in done.stdout
