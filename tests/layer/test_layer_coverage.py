# SPDX-License-Identifier: BSD-3-Clause
"""Nothing lies in the layer or in kas/ that no verb gives to BitBake, and no menu offers."""

from __future__ import annotations

import itertools
import re

import kconfiglib
from builds import BUILDS, MADE, VARIANTS
from layer_metadata import LAYER, ROOT, kas_files, kas_load, metadata_files, recipes


def with_includes(name: str) -> set[str]:
    includes = kas_load(ROOT / name)["header"].get("includes", [])
    return {name}.union(*map(with_includes, includes))


def used() -> set[str]:
    """The kas files of the builds that tests are parametrized with."""
    combinations = {*(build.kas for build in BUILDS), *(made.kas for made in MADE)}
    names = {name for combination in combinations for name in combination.split(":")}
    return set().union(*map(with_includes, names))


def kas_names() -> set[str]:
    return {str(p.relative_to(ROOT)) for p in kas_files() if not p.name.endswith(".lock.yml")}


def test_every_kas_file_is_used() -> None:
    assert not kas_names() - used()


def test_every_machine_is_used() -> None:
    machines = {kas_load(ROOT / name).get("machine") for name in used()}
    assert not {p.stem for p in LAYER.glob("conf/machine/*.conf")} - machines


def test_every_recipe_is_used() -> None:
    assert {*recipes(), *VARIANTS} == set(itertools.chain.from_iterable(b.targets for b in BUILDS))


def test_every_recipe_is_built() -> None:
    """For the board; for the build host and the SDK there are graphs only."""
    assert set(recipes()) == set(itertools.chain.from_iterable(made.targets for made in MADE))


def test_every_dynamic_layer_is_used() -> None:
    """BitBake itself refuses an append to a recipe that is not there."""
    here = {p.name for p in (LAYER / "dynamic-layers").iterdir()}
    assert here == set().union(*(build.collections for build in BUILDS))


def test_every_append_is_read() -> None:
    """Those outside dynamic-layers/ always are; those in it by the glob of layer.conf."""
    conf = (LAYER / "conf/layer.conf").read_text()
    globs = re.findall(r"([\w-]+):\$\{LAYERDIR\}/(\S+)", conf)
    assert globs, "no BBFILES_DYNAMIC: the reader is broken"
    assert all(glob.startswith(f"dynamic-layers/{name}/") for name, glob in globs)
    patterns = ["recipes-*/*/*.bbappend", *(glob for _, glob in globs)]
    read = set().union(*(set(LAYER.glob(pattern)) for pattern in patterns))
    assert not set(metadata_files(".bbappend")) - read


def test_every_fragment_is_used() -> None:
    kmeta = LAYER / "recipes-kernel/linux/mcapi-kmeta"
    assert {p.stem for p in kmeta.glob("*.cfg")} == {"mcapi", *(b.controller for b in BUILDS)}
    assert {p.stem for p in kmeta.glob("*.scc")} <= {p.stem for p in kmeta.glob("*.cfg")}


def offered(*chosen: str) -> set[str]:
    """The kas files that kas menu can join: what KAS_INCLUDE_* say, every choice made once."""
    menu = kconfiglib.Kconfig(str(ROOT / "Kconfig"), warn_to_stderr=False)
    assert not menu.warnings
    files = set()
    options = [s for s in menu.unique_defined_syms if s.type == kconfiglib.BOOL]
    series = [option for option in options if option.name.startswith("YOCTO_")]
    for release, option in itertools.product(series, options):
        menu.unset_values()
        for symbol in (release, option, *(menu.syms[name] for name in chosen)):
            symbol.set_value("y")
        if any(menu.syms[name].str_value != "y" for name in chosen):
            continue
        files |= {
            symbol.str_value
            for symbol in menu.unique_defined_syms
            if symbol.name.startswith("KAS_INCLUDE_") and symbol.str_value
        }
    return files


def test_the_menu_offers_every_kas_file() -> None:
    # kas.yml is the menu's default for those who do not ask.
    assert offered() == kas_names() - {"kas.yml"}


def test_the_menu_knows_what_debians_toolchain_lacks() -> None:
    """Another kernel, recipes that it masks, what OE-Core built itself, sources of 5.0."""
    chosen = offered("MACHINE_QEMUARM64", "TOOLCHAIN_DEBIAN")
    assert "kas/toolchain/debian.yml" in chosen
    lacking = {"kas/yocto-5.0.yml", *(f"kas/opt/{n}.yml" for n in ("rt", "sbom", "sstate-mirror"))}
    assert lacking <= kas_names()
    assert not chosen & lacking
