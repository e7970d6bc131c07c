# SPDX-License-Identifier: BSD-3-Clause
"""Doorbells between two boards: none is missed, and none is rung without need."""

from __future__ import annotations

import pytest

from lab.doorbells import measure
from lab.programs import Board

from .test_link import is_in_state

pytestmark = pytest.mark.lg_feature(["link", "pair", "loopback"])


@pytest.mark.parametrize("kind", ["turns", "stream"])
@pytest.mark.parametrize("always", [True, False], ids=["always", "suppressed"])
def test_doorbells(boards: tuple[Board, Board], kind: str, always: bool) -> None:
    a, b = boards
    assert a.wait_until(is_in_state("board-b", "up"))
    count = measure(a, b, kind, 500, always=always)
    # The driver rings for each request, or once for several. A handshake may add one.
    assert count.notifications <= count.rings + count.coalesced <= 2 * count.notifications + 2
    assert 0 < count.received <= count.rings + 2
    if always:
        assert count.notifications >= count.messages
    else:
        # One for each sleep; who is rung may find that it need not sleep any more.
        assert count.notifications <= 2 * count.messages
        assert count.sleeps <= count.received + 2
