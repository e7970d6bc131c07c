# SPDX-License-Identifier: BSD-3-Clause
"""The demo programs exchange every size between all processors, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from lab.programs import LANGUAGES, Board, Host, Processor

pytestmark = pytest.mark.lg_feature(["link", "pair"])

LARGEST = 16 << 20
SIZES = [0, *(1 << shift for shift in range(25))]
ROUND_TRIPS = 50


def exchange(
    sender: Processor, language: str, receiver: Processor, receiver_language: str
) -> dict[str, Any]:
    echo = receiver.start_echo(receiver_language, 10)
    return sender.ping(language, 1, echo, count=ROUND_TRIPS)


def check(report: dict[str, Any]) -> None:
    assert report["errors"] == 0
    assert report["sizes"] == SIZES
    assert report["max_size"] == LARGEST
    assert len(report["rtt_us"]) == ROUND_TRIPS


@pytest.mark.parametrize("receiver_language", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("direction", ["a-to-b", "b-to-a"])
def test_boards(
    boards: tuple[Board, Board], direction: str, language: str, receiver_language: str
) -> None:
    sender, receiver = boards if direction == "a-to-b" else boards[::-1]
    check(exchange(sender, language, receiver, receiver_language))


@pytest.mark.lg_feature("emulated")
@pytest.mark.parametrize("index", [0, 1], ids=["board-a", "board-b"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_host_and_board(boards: tuple[Board, Board], host: Host, index: int, language: str) -> None:
    check(exchange(host, language, boards[index], "C"))


@pytest.mark.lg_feature("emulated")
@pytest.mark.parametrize("index", [0, 1], ids=["board-a", "board-b"])
def test_board_and_host(boards: tuple[Board, Board], host: Host, index: int) -> None:
    check(exchange(boards[index], "Python", host, "Python"))


def test_two_programs_of_one_board_share_a_link(boards: tuple[Board, Board]) -> None:
    a, b = boards
    first = b.start_echo("C", 10)
    second = b.start_echo("Python", 11)
    assert a.ping("C", 1, first, count=10, sizes="1,65536")["errors"] == 0
    assert a.ping("C", 2, second, count=10, sizes="1,65536")["errors"] == 0


def test_local_link_works_beside_the_others(boards: tuple[Board, Board]) -> None:
    a, _ = boards
    check(exchange(a, "C", a, "C"))
