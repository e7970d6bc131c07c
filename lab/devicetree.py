# SPDX-License-Identifier: BSD-3-Clause
"""The device tree of an emulated board: QEMU's own, with the board's overlay applied."""

from __future__ import annotations

from lab.paths import BUILD, ROOT
from lab.steps import Run, Step

OVERLAYS = ROOT / "lab/board"

# As in lab/targets/boards.yaml: QEMU writes its tree for these options.
QEMU = ("qemu-system-aarch64", "-cpu", "cortex-a57", "-smp", "1", "-m", "256", "-nographic")
MACHINE = "virt,gic-version=3"


def trees(boards: tuple[str, ...]) -> Step:
    """One <board>.dtb for each board."""
    output = BUILD / "devicetree"

    def build(run: Run) -> None:
        base = output / "virt.dtb"
        run(*QEMU, "-machine", f"{MACHINE},dumpdtb={base}")
        for board in boards:
            overlay = output / f"{board}.dtbo"
            source = OVERLAYS / f"{board}.dtso"
            run("dtc", "-@", "-I", "dts", "-O", "dtb", "-o", overlay, source)
            run("fdtoverlay", "-i", base, "-o", output / f"{board}.dtb", overlay)

    sources = (OVERLAYS / f"{board}.dtso" for board in boards)
    return Step("devicetree", output, (*QEMU, MACHINE, *sources), build)
