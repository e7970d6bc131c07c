# SPDX-License-Identifier: BSD-3-Clause
"""The snippets of the README run as they are printed there."""

import re
from pathlib import Path

from talk import Spawn, heard

README = Path(__file__).parent.parent / "README.md"
SNIPPETS = dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```$", README.read_text(), re.M | re.S))


def test_nothing_is_left_out() -> None:
    assert len(SNIPPETS) == README.read_text().count("```python")


def test_ask_and_answer(spawn: Spawn) -> None:
    spawn(SNIPPETS["answer.py"])
    ask = spawn(SNIPPETS["ask.py"])
    assert heard(ask) == "b'HELLO'"
    assert ask.wait() == 0


def test_timeout(spawn: Spawn) -> None:
    assert heard(spawn(SNIPPETS["timeout.py"])) == "TIMEOUT"
