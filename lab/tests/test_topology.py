# SPDX-License-Identifier: BSD-3-Clause
"""The topology page is what driver/include/uapi/linux/mcapi_ivshmem.h says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from lab import topology
from lab.paths import ROOT
from lab.topology import BOARDS, MIB, Link, Topology

HEADER = ROOT / "driver/include/uapi/linux/mcapi_ivshmem.h"

READER = Path(__file__).with_name("topology_reader.c")


def test_the_page_reads_as_the_header_says(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(BOARDS.page())
    reader = tmp_path / "reader"
    subprocess.run(["cc", "-I", HEADER.parent.parent, "-o", reader, READER], check=True)
    shown = subprocess.run(
        [reader, tmp_path / "page"], check=True, capture_output=True, text=True
    ).stdout
    assert shown.splitlines() == [
        "1 1.0 3",
        "0 1 128 128 board-b board-a",
        "0 2 256 128 host board-a",
        "1 2 384 128 host board-b",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAGIC", topology.MAGIC),
        ("MAJOR", topology.MAJOR),
        ("MINOR", topology.MINOR),
        ("MAX_PEERS", topology.MAX_PEERS),
        ("MAX_LINKS", topology.MAX_LINKS),
        ("PEER_OFF", topology.PEER_OFF),
        ("LINK_OFF", topology.LINK_OFF),
    ],
)
def test_constants_are_those_of_the_header(name: str, value: int) -> None:
    match = re.search(rf"#define MCAPI_IVSHMEM_{name}\s+(\w+?)u?\s", HEADER.read_text())
    assert match
    assert int(match.group(1), 0) == value


def test_links_are_found_by_name_in_any_order() -> None:
    assert BOARDS.link("board-b", "board-a").offset == 128 * MIB
    with pytest.raises(ValueError, match="no link joins"):
        BOARDS.link("host", "host")


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        (Link(1, 0, MIB, MIB, "x", "y"), "lower one first"),
        (Link(0, 2, MIB, MIB, "x", "y"), "name two peers"),
        (Link(0, 1, 0, MIB, "x", "y"), "overlaps"),
        (Link(0, 1, MIB, 2 * MIB, "x", "y"), "beyond the memory"),
        (Link(0, 1, MIB, MIB, "x" * 20, "y"), "at most 19"),
    ],
)
def test_nonsense_is_refused(link: Link, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Topology(("a", "b"), (link,), 2 * MIB)
