# SPDX-License-Identifier: BSD-3-Clause
"""The lab's verbs: python -m lab build|demo|shell|toolchain."""

from __future__ import annotations

import argparse
import signal
import sys

from labgrid.strategy import StrategyError
from rich.console import Console
from rich.text import Text

from lab import build, demo, shell, toolchain
from lab.debian import ARCHITECTURES, DebianError
from lab.demo import DemoError
from lab.drivers import BoardError
from lab.steps import BuildError

_OUT = Console(highlight=False)


def notify(step: str, seconds: float | None) -> None:
    if seconds is None:
        if _OUT.is_terminal:
            _OUT.print(f"  [dim]building[/] {step:<24}", end="\r")
    else:
        _OUT.print(f"  built {step:<24} {seconds:5.1f} s")


def cmd_build(arguments: argparse.Namespace) -> None:
    for what in arguments.what:
        if what == "host":
            build.build_host(notify)
        else:
            build.build_board(ARCHITECTURES[what], notify)


def cmd_demo(_: argparse.Namespace) -> None:
    demo.run(_OUT, notify)


def cmd_shell(_: argparse.Namespace) -> None:
    shell.run(_OUT, notify)


def cmd_toolchain(_: argparse.Namespace) -> None:
    toolchain.fetch(notify)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("build", help="build what is stale")
    verb.add_argument("what", nargs="+", choices=["host", *ARCHITECTURES])
    verb.set_defaults(run=cmd_build)
    verb = verbs.add_parser("demo", help="two boards and the host exchange messages")
    verb.set_defaults(run=cmd_demo)
    verb = verbs.add_parser("shell", help="two boards, with their consoles")
    verb.set_defaults(run=cmd_shell)
    verb = verbs.add_parser(
        "toolchain", help="fetch what kas/toolchain/debian.yml takes from Debian"
    )
    verb.set_defaults(run=cmd_toolchain)
    arguments = parser.parse_args()
    # Leave by the same way as on Ctrl-C, so that nothing stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        arguments.run(arguments)
    except (BuildError, BoardError, DebianError, DemoError) as error:
        _OUT.print("[bold red]error:[/]", Text(str(error)), soft_wrap=True)
        return 1
    except StrategyError as error:
        # labgrid's own text says only that something is broken; the cause says what.
        _OUT.print("[bold red]error:[/]", Text(str(error.__cause__ or error)), soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        _OUT.print("interrupted")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
