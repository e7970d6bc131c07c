# SPDX-License-Identifier: BSD-3-Clause
"""The device tree of an emulated board: QEMU's own or Debian's, with an overlay applied."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import kernel
from lab.debian import Packages
from lab.paths import BUILD, ROOT
from lab.steps import Run, Step

OVERLAYS = ROOT / "lab/board"

# As in lab/targets/boards.yaml: QEMU writes its tree for these options.
QEMU = ("qemu-system-aarch64", "-cpu", "cortex-a57", "-smp", "1", "-m", "256", "-nographic")
MACHINE = "virt,gic-version=3"


def trees(boards: tuple[str, ...]) -> Step:
    """One <board>.dtb for each board, and rproc.dtb: board A with a remote processor."""
    output = BUILD / "devicetree"

    def build(run: Run) -> None:
        base = output / "virt.dtb"
        run(*QEMU, "-machine", f"{MACHINE},dumpdtb={base}")
        for board in boards:
            lay(run, board, base)
        lay(run, "rproc", output / f"{boards[0]}.dtb")

    def lay(run: Run, name: str, base: Path) -> None:
        overlay = output / f"{name}.dtbo"
        run("dtc", "-@", "-I", "dts", "-O", "dtb", "-o", overlay, OVERLAYS / f"{name}.dtso")
        run("fdtoverlay", "-i", base, "-o", output / f"{name}.dtb", overlay)

    sources = (OVERLAYS / f"{name}.dtso" for name in (*boards, "rproc"))
    return Step("devicetree", output, (*QEMU, MACHINE, *sources), build)


RASPI3 = "usr/lib/linux-image-{abi}/broadcom/bcm2837-rpi-3-b.dtb"
RASPI3_OVERLAY = ROOT / "driver/boards/rpi3-mailbox.dtso"
# What the overlay refers to; Debian's trees of 6.1 are built without symbols.
RASPI3_SYMBOLS = {"mailbox": "/soc/mailbox@7e00b880", "firmware": "/soc/firmware"}
RASPI3_WINDOW = "/reserved-memory/mcapi@10000000"


def raspi3(packages: Packages) -> Step:
    """The tree of a Raspberry Pi 3 whose mailbox is ours: wc.dtb, sync.dtb.

    They differ in the window: memory apart, or memory that the kernel has mapped as its own.
    """
    output = BUILD / "raspi3"

    def build(run: Run) -> None:
        base, overlay = output / "base.dtb", output / "overlay.dtbo"
        base.write_bytes(kernel.file(packages, RASPI3.format(abi=packages.abi)))
        for name, path in RASPI3_SYMBOLS.items():
            run("fdtput", "--auto-path", "--type", "s", base, "/__symbols__", name, path)
        run("dtc", "-@", "-I", "dts", "-O", "dtb", "-o", overlay, RASPI3_OVERLAY)
        run("fdtoverlay", "-i", base, "-o", output / "wc.dtb", overlay)
        shutil.copy2(output / "wc.dtb", output / "sync.dtb")
        run("fdtput", "--delete", output / "sync.dtb", RASPI3_WINDOW, "no-map")

    inputs = (packages.kernel.name, RASPI3_OVERLAY, Path(__file__))
    return Step("raspi3", output, inputs, build)
