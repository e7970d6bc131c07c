# SPDX-License-Identifier: BSD-3-Clause
"""Write docs/conformance.md from what the tests recorded, or check that nothing got lost.

The tests append a line for each function and status to the file that MCAPI_CONFORMANCE
names; expected.txt says which pairs there are.
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

HEAD = """\
<!-- SPDX-License-Identifier: BSD-3-Clause -->
<!-- written by `make conformance`, do not edit -->
# Conformance

Which status codes of MCAPI 2.015 the tests of libmcapi have provoked, function by
function: {seen} of {expected} pairs. What can be expected is listed in
`libmcapi/conformance/expected.txt`; the tests record what they get themselves.
Names are without `mcapi_`, `MCAPI_` and `ERR_`. The tests run on the local link.

| function | provoked | never provoked |
| --- | --- | --- |
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


def report(expected: Pairs, recorded: Pairs) -> str:
    """The document."""
    rows = []
    count = total = 0
    for function, codes in expected.items():
        wanted = codes - {ANY}
        seen = wanted & recorded.get(function, set())
        count += len(seen)
        total += len(wanted)
        provoked, never = (" ".join(sorted(cell)) or "-" for cell in (seen, wanted - seen))
        rows.append(f"| {function} | {provoked} | {never} |")
    return HEAD.format(seen=count, expected=total) + "\n".join(rows) + "\n"


def lost(document: str, recorded: Pairs) -> list[str]:
    """Pairs that the document calls provoked and that were not, this time."""
    missing = []
    for row in document.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) != 3 or cells[0] in ("function", "---"):
            continue
        codes = set(cells[1].split()) - {"-"} - recorded.get(cells[0], set())
        missing += [f"{cells[0]} {code}" for code in sorted(codes)]
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
    parser.add_argument("recorded", type=Path, help="file that the tests wrote")
    parser.add_argument("--check", action="store_true", help="only compare with the document")
    options = parser.parse_args()
    expected, recorded = read_expected(HERE / "expected.txt"), read_recorded(options.recorded)
    problems = [f"{pair}: not in expected.txt" for pair in surprises(expected, recorded)]
    if options.check:
        problems += [
            f"{pair}: not provoked any more" for pair in lost(DOCUMENT.read_text(), recorded)
        ]
    else:
        DOCUMENT.write_text(report(expected, recorded))
    for problem in problems:
        print(f"conformance: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
