# SPDX-License-Identifier: BSD-3-Clause
"""How a test talks with the other processes and threads of it."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import mcapi

Spawn = Callable[[str], "subprocess.Popen[str]"]


def heard(process: "subprocess.Popen[str]") -> str:
    """Return the next word that the process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: "subprocess.Popen[str]", word: str) -> None:
    """Say a word to the process."""
    assert process.stdin is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()


@contextmanager
def once_inside(endpoint: mcapi.Endpoint, act: Callable[[], object]) -> Iterator[None]:
    """Run `act` in another thread once one is waiting in send() or recv()."""

    def watch() -> None:
        # Only while the waiting thread has given up the GIL can this see it inside.
        while not endpoint._inside:
            time.sleep(0)
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    thread.join()
