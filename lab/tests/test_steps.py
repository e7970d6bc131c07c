# SPDX-License-Identifier: BSD-3-Clause
"""Build steps run when, and only when, something that they are made from has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab import steps
from lab.steps import BuildError, Run, Step, digest

Action = Callable[[Run], None]


class Workshop:
    """A folder of sources, and a step that copies them and counts its runs."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.output = folder / "output"
        self.source.mkdir()
        (self.source / "a").write_text("one")
        self.runs = 0

    def build(self, *inputs: str) -> str:
        def action(_: Run) -> None:
            self.runs += 1
            (self.output / "a").write_bytes((self.source / "a").read_bytes())

        return self.step(action, *inputs).run(lambda *_: None)

    def step(self, action: Action, *inputs: str) -> Step:
        return Step("copy", self.output, (self.source, *inputs), action)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(steps, "_STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(steps, "_LOGS", tmp_path / "logs")
    return Workshop(tmp_path)


def test_an_unchanged_step_runs_once(workshop: Workshop) -> None:
    assert workshop.build() == workshop.build()
    assert workshop.runs == 1


def test_touching_is_not_changing(workshop: Workshop) -> None:
    workshop.build()
    (workshop.source / "a").touch()
    workshop.build()
    assert workshop.runs == 1


@pytest.mark.parametrize("change", ["content", "new file", "mode", "string", "output removed"])
def test_a_change_runs_it_again(workshop: Workshop, change: str) -> None:
    workshop.build("x")
    source = workshop.source / "a"
    if change == "content":
        source.write_text("two")
    elif change == "new file":
        (workshop.source / "b").touch()
    elif change == "mode":
        source.chmod(0o755)
    elif change == "output removed":
        (workshop.output / "a").unlink()
        workshop.output.rmdir()
    workshop.build("y" if change == "string" else "x")
    assert workshop.runs == 2
    assert (workshop.output / "a").read_text() == source.read_text()


def test_byte_code_is_no_input(workshop: Workshop) -> None:
    workshop.build()
    cache = workshop.source / "__pycache__"
    cache.mkdir()
    (cache / "a.pyc").touch()
    workshop.build()
    assert workshop.runs == 1


def test_a_failed_command_names_its_log_and_runs_again(workshop: Workshop) -> None:
    def fail(run: Run) -> None:
        run("sh", "-c", "echo what went wrong; exit 3")

    for _ in range(2):
        with pytest.raises(BuildError, match=r"copy: sh failed \(3\)") as caught:
            workshop.step(fail).run(lambda *_: None)
        assert "what went wrong" in str(caught.value)
        assert "copy.log" in str(caught.value)
    assert workshop.build()
    assert workshop.runs == 1


def test_a_missing_tool_says_who_installs_it(workshop: Workshop) -> None:
    with pytest.raises(BuildError, match=r"no-such-tool is not installed; lab/setup\.sh"):
        workshop.step(lambda run: run("no-such-tool")).run(lambda *_: None)


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="gone is not there"):
        digest([tmp_path / "gone"])
