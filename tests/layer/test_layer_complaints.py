# SPDX-License-Identifier: BSD-3-Clause
"""What of BitBake's words fails a test, and what does not."""

from __future__ import annotations

from bitbake import complaints

UNINATIVE = "WARNING: Disabling uninative as unable to fetch uninative tarball: "
# As BitBake says it, in one line each.
NO_NETWORK = (
    f"{UNINATIVE}Network access disabled through BB_NO_NETWORK (or set indirectly due to use "
    "of BB_FETCH_PREMIRRORONLY) but access requested with command wget (for url http://x.example/x)"
)
ADVICE = (
    "WARNING: To build your own uninative loader, please bitbake uninative-tarball and set "
    "UNINATIVE_TARBALL appropriately."
)


def test_a_machine_without_a_network_is_none() -> None:
    assert not complaints(f"NOTE: Fetching uninative\n{NO_NETWORK}\n{ADVICE}\nNOTE: done\n")


def test_a_network_that_fails_is_one() -> None:
    failed = f"{UNINATIVE}Fetcher failure: Unable to fetch URL from any source."
    assert complaints(f"{failed}\n{ADVICE}\n") == [failed]


def test_what_else_needs_the_network_is_one() -> None:
    line = "ERROR: Network access disabled through BB_NO_NETWORK (or set indirectly)"
    assert complaints(f"{line}\n") == [line]


def test_warnings_errors_and_skipped_recipes_are() -> None:
    lines = ["WARNING: a", "ERROR: b", "NOTE: Recipe c was skipped"]
    assert complaints("\n".join(lines)) == lines
    assert not complaints("NOTE: d\nWARNING: No bb files in default matched E '^/f'\n")
