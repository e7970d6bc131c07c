# SPDX-License-Identifier: BSD-3-Clause
"""Write docs/conformance.md from what the tests recorded, or check that nothing got lost.

The tests append a line for each function and status to the file that MCAPI_CONFORMANCE
names; expected.txt says which pairs there are. There are two places where they run:
the local link, and two boards.
"""

import argparse
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "conformance.md"

Pairs = dict[str, set[str]]
"""Status codes for each function, both without their prefix."""

ANY = "~"
"""In place of a code: the function tells what another one ended with."""

PLACES = ("local", "boards")

HEAD = """\
<!-- SPDX-License-Identifier: BSD-3-Clause -->
<!-- written by `make conformance`, do not edit -->
# Conformance

Which status codes of MCAPI 2.015 the tests of libmcapi have provoked, function by
function: {local} of {expected} pairs on the local link, and {boards} where the nodes of a test
are on two emulated boards. What can be expected is listed in
`libmcapi/conformance/expected.txt`; the tests record what they get themselves.
Names are without `mcapi_`, `MCAPI_` and `ERR_`.

| function | on both | local link only | boards only | never provoked |
| --- | --- | --- | --- | --- |
"""


def short(name: str) -> str:
    """A name without the prefixes that all have."""
    return re.sub(r"^(mcapi_|MCAPI_ERR_|MCAPI_)", "", name)


def read_expected(path: Path) -> Pairs:
    """The pairs of expected.txt."""
    pairs: Pairs = {}
    for line in path.read_text().splitlines():
        function, *codes = line.partition("#")[0].split() or [""]
        if not function:
            continue
        if not function.startswith("!"):
            codes.append("NODE_NOTINIT")
        pairs[function.removeprefix("!")] = set(codes)
    return pairs


def read_recorded(path: Path) -> Pairs:
    """The pairs that the tests recorded."""
    pairs: Pairs = {}
    for line in path.read_text().splitlines():
        function, code = line.split()
        pairs.setdefault(short(function), set()).add(short(code))
    return pairs


def report(expected: Pairs, local: Pairs, boards: Pairs) -> str:
    """The document."""
    rows = []
    counts = {"expected": 0, "local": 0, "boards": 0}
    for function, codes in expected.items():
        wanted = codes - {ANY}
        here = wanted & local.get(function, set())
        there = wanted & boards.get(function, set())
        counts["expected"] += len(wanted)
        counts["local"] += len(here)
        counts["boards"] += len(there)
        cells = (here & there, here - there, there - here, wanted - here - there)
        rows.append(" | ".join((f"| {function}", *(" ".join(sorted(c)) or "-" for c in cells))))
    return HEAD.format(**counts) + "".join(f"{row} |\n" for row in rows)


def lost(document: str, place: str, recorded: Pairs) -> list[str]:
    """Pairs that the document calls provoked at a place and that were not, this time."""
    missing = []
    for row in document.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) != 5 or cells[0] in ("function", "---"):
            continue
        said = set(f"{cells[1]} {cells[2 + PLACES.index(place)]}".split()) - {"-"}
        missing += [f"{cells[0]} {code}" for code in sorted(said - recorded.get(cells[0], set()))]
    return missing


def surprises(expected: Pairs, recorded: Pairs) -> list[str]:
    """Pairs that were recorded and that expected.txt does not have."""
    return [
        f"{function} {code}"
        for function, codes in sorted(recorded.items())
        for code in sorted(codes - expected.get(function, set()))
        if ANY not in expected.get(function, set())
    ]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for place in PLACES:
        parser.add_argument(f"--{place}", type=Path, help="what was recorded there")
    parser.add_argument("--check", action="store_true", help="only compare with the document")
    options = parser.parse_args()
    expected = read_expected(HERE / "expected.txt")
    recorded = {place: read_recorded(file) for place in PLACES if (file := getattr(options, place))}
    problems = [
        f"{pair}: not in expected.txt"
        for place in recorded
        for pair in surprises(expected, recorded[place])
    ]
    if options.check:
        problems += [
            f"{pair}: not provoked any more ({place})"
            for place in recorded
            for pair in lost(DOCUMENT.read_text(), place, recorded[place])
        ]
    elif len(recorded) == len(PLACES):
        DOCUMENT.write_text(report(expected, recorded["local"], recorded["boards"]))
    else:
        parser.error("the document tells of both places: --local and --boards")
    for problem in problems:
        print(f"conformance: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
