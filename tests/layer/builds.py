# SPDX-License-Identifier: BSD-3-Clause
"""The combinations of kas files that BitBake is given: the one list of what is proved.

BUILDS is what it reads, by make layer-check; MADE what it makes, by make recipes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from layer_metadata import ROOT, recipes

# What others' layers have beside it is theirs, and takes long to parse.
MASKS = Path(__file__).with_name("masks")


IMAGE = "mcapi-image"


@dataclass(frozen=True)
class Build:
    """Kas files joined by colons, and what BitBake must find in them."""

    kas: str
    # The collections of dynamic-layers/ that it brings in.
    collections: frozenset[str] = frozenset()
    # The fragment of the board's mailbox controller in mcapi-kmeta.
    controller: str = "ivshmem"
    # Recipes of ours, with all they depend on.
    targets: tuple[str, ...] = (IMAGE,)
    # What overlays are for: a recipe's variable, and a word in it.
    effects: tuple[tuple[str, str, str], ...] = ()
    # What of the layers BitBake parses: a file of masks/; all if none is named.
    mask: str = ""

    @property
    def options(self) -> str:
        return f"-R {MASKS / self.mask}.conf" if self.mask else ""

    @property
    def series(self) -> str:
        return "5.0" if "kas/yocto-5.0.yml" in self.kas else "6.0"


# What is made for boards that have a device tree of their own.
FOR_BOARDS = "mcapi-devicetree"
EVERYWHERE = tuple(name for name in recipes() if name != FOR_BOARDS)
VARIANTS = tuple(name for recipe in recipes().values() for name in recipe.variants())
OE = frozenset({"openembedded-layer"})

DEFAULT = Build("kas.yml", targets=(*EVERYWHERE, *VARIANTS))
SCARTHGAP = "kas.yml:kas/yocto-5.0.yml"


def vendor(name: str, collection: str, controller: str, kas: str = "kas.yml") -> Build:
    targets = ["mcapi-driver", *([FOR_BOARDS] if name != "raspberrypi" else [])]
    # ST's layer depends on meta-oe.
    others = OE if name == "st" else frozenset()
    return Build(
        f"{kas}:kas/vendor/{name}.yml",
        others | {collection},
        controller,
        tuple(targets),
        mask="kernels",
    )


_RT = ("virtual/kernel", "PN", "linux-yocto-rt")
_MIRROR = (
    (IMAGE, "BB_HASHSERVE_UPSTREAM", "wss://hashserv.yoctoproject.org/ws"),
    (IMAGE, "SSTATE_MIRRORS", "http://sstate.yoctoproject.org/all/PATH;downloadfilename=PATH"),
)
WORKING_TREES = {
    "libmcapi": "libmcapi",
    "mcapi-demos": "demos",
    "mcapi-driver": "driver",
    "python3-mcapi": "python",
}

BUILDS = [
    DEFAULT,
    Build(SCARTHGAP, targets=(*EVERYWHERE, *VARIANTS)),
    Build(
        "kas.yml:kas/opt/rt.yml:kas/opt/externalsrc.yml",
        effects=(_RT, *((name, "S", str(ROOT / tree)) for name, tree in WORKING_TREES.items())),
    ),
    Build(
        "kas.yml:kas/opt/ptest.yml:kas/opt/debug-shell.yml",
        OE,
        targets=EVERYWHERE,
        effects=(
            (IMAGE, "IMAGE_INSTALL", "packagegroup-mcapi-ptest"),
            (IMAGE, "IMAGE_FEATURES", "empty-root-password"),
        ),
        mask="cmocka",
    ),
    # These are nothing without a network, but for the check of 5.0.
    Build("kas.yml:kas/opt/sbom.yml", effects=((IMAGE, "IMAGE_CLASSES", "sbom-cve-check"),)),
    Build(f"{SCARTHGAP}:kas/opt/sbom.yml", effects=((IMAGE, "INHERIT", "cve-check"),)),
    Build("kas.yml:kas/opt/sstate-mirror.yml", effects=_MIRROR),
    Build(f"{SCARTHGAP}:kas/opt/sstate-mirror.yml", effects=_MIRROR),
    Build(
        f"{SCARTHGAP}:kas/opt/ptest.yml:kas/opt/rt.yml",
        OE,
        targets=EVERYWHERE,
        effects=(_RT, (IMAGE, "IMAGE_INSTALL", "packagegroup-mcapi-ptest")),
        mask="cmocka",
    ),
    vendor("freescale", "freescale-layer", "imx"),
    vendor("raspberrypi", "raspberrypi", "bcm2835"),
    vendor("ti", "meta-ti-bsp", "omap"),
    vendor("freescale", "freescale-layer", "imx", SCARTHGAP),
    vendor("raspberrypi", "raspberrypi", "bcm2835", SCARTHGAP),
    vendor("st", "stm-st-stm32mp", "stm32", SCARTHGAP),
    vendor("ti", "meta-ti-bsp", "omap", SCARTHGAP),
    vendor("xilinx", "xilinx", "zynqmp", SCARTHGAP),
]


@dataclass(frozen=True)
class Made:
    """What BitBake makes with Debian's toolchain."""

    kas: str
    targets: tuple[str, ...]
    # A file beside this that BitBake reads after all else.
    conf: str = ""

    @property
    def options(self) -> str:
        return f"-R {Path(__file__).with_name(self.conf)}.conf" if self.conf else ""


_DEBIAN = "kas/opt/ptest.yml:kas/toolchain/debian.yml"
_PACKAGED = tuple(name for name in EVERYWHERE if name != IMAGE)

PACKAGES = [
    Made(f"kas.yml:{_DEBIAN}", _PACKAGED),
    Made(f"{SCARTHGAP}:{_DEBIAN}", _PACKAGED),
]
# For all boards at once.
DEVICETREES = [Made(made.kas, (FOR_BOARDS,), "boards") for made in PACKAGES]
# For users, and for who runs the tests.
IMAGES = [
    Made("kas.yml:kas/toolchain/debian.yml:kas/opt/debug-shell.yml", (IMAGE,)),
    Made(f"kas.yml:{_DEBIAN}:kas/opt/debug-shell.yml", (IMAGE,)),
]
# By a kernel that signs its modules.
SIGNED = Made(PACKAGES[0].kas, ("mcapi-driver",), "signed")
ELSEWHERE = Made(PACKAGES[0].kas, _PACKAGED, "elsewhere")
MADE = [*PACKAGES, *DEVICETREES, *IMAGES, SIGNED, ELSEWHERE]
