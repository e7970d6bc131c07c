# SPDX-License-Identifier: BSD-3-Clause
"""mcapi-devicetree packages the driver's overlays, one for each board that it is for.

That they are sound is the bindings' test.
"""

from __future__ import annotations

import re
from pathlib import Path

from layer_metadata import ROOT, recipes

CONF = Path(__file__).with_name("boards.conf")
RECIPE = recipes()["mcapi-devicetree"]
# By the override of its SoC.
OVERLAYS = {
    name.removeprefix("SRC_URI:append:"): Path(file).name
    for name, file in RECIPE.values.items()
    if name.startswith("SRC_URI:append:")
}
# Firmware owns the other end of the Raspberry Pi's mailbox: for emulation only.
NOT_PACKAGED = {"rpi3-mailbox.dtso"}


def test_every_board_has_an_overlay() -> None:
    match = re.fullmatch(r"\^\((.+)\)\$", RECIPE.values["COMPATIBLE_MACHINE"])
    assert match, "COMPATIBLE_MACHINE is no list of overrides"
    assert set(match.group(1).split("|")) == set(OVERLAYS)


def test_every_overlay_is_built() -> None:
    """make recipes builds it for a board that is all of them."""
    words = re.findall(r'MACHINEOVERRIDES:\S+ = "(.*)"', CONF.read_text())
    assert words, f"{CONF}: no MACHINEOVERRIDES"
    assert {word for line in words for word in line.split(":") if word} == set(OVERLAYS)


def test_every_overlay_is_packaged() -> None:
    boards = {path.name for path in (ROOT / "driver/boards").glob("*.dtso")}
    assert set(OVERLAYS.values()) == boards - NOT_PACKAGED
