# SPDX-License-Identifier: BSD-3-Clause
"""The options of ping."""

import argparse

AUTO = [0, *(1 << shift for shift in range(25))]


class Options(argparse.Namespace):
    """What ping is to do."""

    domain: int
    node: int
    peer: tuple[int, int, int]
    sizes: list[int]
    count: int
    timeout: float
    json: bool


def _address(text: str) -> tuple[int, int, int]:
    parts = [int(part) for part in text.split(":")]
    if not 2 <= len(parts) <= 3:
        raise ValueError
    domain, node, port = [*parts, 1][:3]
    return domain, node, port


def _sizes(text: str) -> list[int]:
    sizes = AUTO if text == "auto" else [int(part) for part in text.split(",")]
    if min(sizes) < 0:
        raise ValueError
    return sizes


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 1e6:
        raise ValueError
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise ValueError
    return count


def options(program: str, description: str | None) -> Options:
    """Read the command line; end the program if it is wrong."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--domain", type=_count, required=True)
    parser.add_argument("--node", type=_count, required=True)
    parser.add_argument("--peer", type=_address, required=True, metavar="D:N[:P]")
    parser.add_argument("--sizes", type=_sizes, default=AUTO, metavar="1,2,...|auto")
    parser.add_argument("--count", type=_count, default=1000)
    parser.add_argument("--timeout", type=_seconds, default=10.0, metavar="S")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(namespace=Options())
