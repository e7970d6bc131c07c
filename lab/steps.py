# SPDX-License-Identifier: BSD-3-Clause
"""Build steps that run only when what they are made from has changed.

A step owns one folder. Beside it lies a stamp: the hash of the contents of all
inputs. A step that fails leaves no stamp, and the log of what it ran.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.paths import BUILD, CACHE, ROOT

_STAMPS = BUILD / "stamps"
_CACHE_STAMPS = CACHE / "stamps"
_LOGS = BUILD / "logs"

# Told that something starts (no time yet), and how many seconds it took.
Notify = Callable[[str, float | None], None]


class BuildError(Exception):
    """A step failed; the text says which one and where its log is."""


@dataclass(frozen=True)
class Step:
    """Something to build: its name, its own folder and what it is made from.

    Inputs are files and folders by content, and strings as they are. The action
    finds its folder empty and gets a function that runs a command.
    """

    name: str
    output: Path
    inputs: tuple[Path | str, ...]
    action: Callable[[Run], None]

    @property
    def _stamp(self) -> Path:
        in_cache = self.output.is_relative_to(CACHE)
        return (_CACHE_STAMPS if in_cache else _STAMPS) / self.name

    def is_fresh(self) -> bool:
        return self.output.exists() and _read(self._stamp) == digest(self.inputs)

    def run(self, notify: Notify) -> str:
        """Build if stale. Returns the hash of the inputs, to be the input of a later step."""
        wanted = digest(self.inputs)
        if self.is_fresh():
            return wanted
        notify(self.name, None)
        started = time.monotonic()
        self._stamp.unlink(missing_ok=True)
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir(parents=True)
        self.action(Run(self.name))
        self._stamp.parent.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(wanted)
        notify(self.name, time.monotonic() - started)
        return wanted


class Run:
    """Runs the commands of a step, with their output in the step's log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._log = _LOGS / f"{name}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.unlink(missing_ok=True)

    def __call__(
        self,
        *command: str | Path,
        directory: Path = ROOT,
        environment: dict[str, str] | None = None,
    ) -> None:
        words = [str(word) for word in command]
        with self._log.open("a") as log:
            print("$", *words, file=log, flush=True)
            try:
                subprocess.run(
                    words,
                    cwd=directory,
                    env=os.environ | (environment or {}),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    check=True,
                )
            except FileNotFoundError as error:
                raise BuildError(
                    f"{self._name}: {words[0]} is not installed; lab/setup.sh installs it"
                ) from error
            except subprocess.CalledProcessError as error:
                tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])
                raise BuildError(
                    f"{self._name}: {words[0]} failed ({error.returncode}); "
                    f"the whole log is in {self._log}\n{tail}"
                ) from error


def digest(inputs: Iterable[Path | str]) -> str:
    """One hash over strings and over the names, modes and contents of files and folders."""
    total = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            total.update(f"string {item}\0".encode())
            continue
        if not item.exists():
            raise BuildError(f"{item} is not there")
        for path in sorted(_files(item)):
            data = path.read_bytes()
            mode = path.stat().st_mode
            total.update(f"file {path.relative_to(item.parent)} {mode} {len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()


def _files(item: Path) -> Iterable[Path]:
    if item.is_file():
        return [item]
    return (path for path in item.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
