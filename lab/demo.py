# SPDX-License-Identifier: BSD-3-Clause
"""The demo: two emulated boards and this machine exchange messages, all with all."""

from __future__ import annotations

import time

from rich.console import Console

from lab import build, debian, report, session, topology
from lab.programs import Address, Board, Host, Processor, ProgramError
from lab.report import Exchange
from lab.steps import Notify

ECHO_NODE = 10
PING_NODE = 1
ROUND_TRIPS = 500


class DemoError(Exception):
    """The demo did not do what it should; the text names the logs."""


def run(out: Console, notify: Notify) -> None:
    """Build what is stale, boot, exchange, show the result; leave nothing behind."""
    started = time.monotonic()
    build.build_host(notify)
    build.build_board(debian.ARM64, notify)
    with session.Session("demo") as lab:
        try:
            exchanges = _run(out, lab)
        except ProgramError as error:
            raise DemoError(f"{error}\nThe consoles' logs are in {lab.run}.") from error
        wrong = sum(exchange.report["errors"] for exchange in exchanges)
        if wrong:
            raise DemoError(f"{wrong} answers were wrong; the consoles' logs are in {lab.run}.")
    report.show(out, exchanges)
    messages = 2 * sum(exchange.report["messages"] for exchange in exchanges)
    out.print(
        f"[bold green]{messages} messages, every payload right[/], "
        f"{time.monotonic() - started:.1f} s in all"
    )


def _run(out: Console, lab: session.Session) -> list[Exchange]:
    boards = {name: lab.board(name) for name in build.EMULATED_BOARDS}
    with out.status("booting two boards"):
        session.boot(*boards.values())
    a, b = (
        Board(name, domain, board.get_driver("CommandProtocol"))
        for domain, (name, board) in enumerate(boards.items(), 1)
    )
    host = Host("host", 3, lab.server.socket_of(topology.HOST), lab.run)
    exchanges: list[Exchange] = []

    def exchange(sender: Processor, language: str, receiver: Processor, echo: Address) -> None:
        names = f"{sender.name} → {receiver.name}"
        with out.status(f"{names}: every size, then {ROUND_TRIPS} round trips"):
            found = sender.ping(language, PING_NODE, echo, count=ROUND_TRIPS)
        spoken = "C" if language == "Python" else "Python"
        exchanges.append(Exchange(sender.name, language, receiver.name, spoken, found))
        out.print(f"  {names:<20} {found['messages']} messages", highlight=False)

    # C on one side and Python on the other, and each processor on each side. The
    # host runs one program at a time: a peer id belongs to one process.
    with out.status("starting an echo on each board"):
        echo_a = a.start_echo("C", ECHO_NODE)
        echo_b = b.start_echo("Python", ECHO_NODE)
    exchange(a, "C", b, echo_b)
    exchange(b, "Python", a, echo_a)
    exchange(host, "Python", a, echo_a)
    exchange(host, "C", b, echo_b)
    echo_host = host.start_echo("Python", ECHO_NODE)
    try:
        exchange(a, "C", host, echo_host)
        exchange(b, "C", host, echo_host)
    finally:
        host.stop_echoes()
    return exchanges
