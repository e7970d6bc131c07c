# SPDX-License-Identifier: BSD-3-Clause
"""BitBake reads the layer in all combinations of builds.py, and its own checker likes it.

The first run parses OE-Core, which takes a minute or more; what takes longer is
run by make layer-check.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bitbake import complaints, environment, need, shell, values
from builds import BUILDS, DEFAULT, Build
from layer_metadata import LAYER

# Cloning, parsing and checking; a hang is still found in the end.
pytestmark = pytest.mark.timeout(6 * 3600)

CORE = "tests/layer/core.yml"
CORE_WITH_LAYER = "tests/layer/core-with-layer.yml"
FOREIGN_MACHINE = "qemux86-64"
SERIES = pytest.mark.parametrize("series", ["", ":kas/yocto-5.0.yml"], ids=["6.0", "5.0"])
MACHINES = {file.stem for file in (LAYER / "conf/machine").glob("*.conf")}


@SERIES
def test_parse_without_warnings(series: str) -> None:
    kas = DEFAULT.kas + series
    need(kas)
    # What is in a cache, or in a server that is still there, is not read again.
    cache = values(shell(kas, "bitbake-getvar CACHE"), "CACHE")["CACHE"]
    output = shell(kas, f"bitbake --kill-server && rm -rf {cache} && bitbake --parse-only")
    assert "(0 cached, " in output
    assert not complaints(output)


@SERIES
def test_dry_run_of_the_image(series: str) -> None:
    need(DEFAULT.kas + series, long=True)
    output = shell(DEFAULT.kas + series, f"bitbake --dry-run {' '.join(DEFAULT.targets)}")
    assert "all succeeded" in output
    assert not complaints(output)


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.kas)
def test_build_is_whole(build: Build) -> None:
    """BitBake finds all that our recipes depend on, and asks the kernel for mailboxes.

    The graph of the tasks is that of a dry run, which takes much longer: it starts each task.
    """
    need(build.kas, long=True)
    output = shell(
        build.kas,
        f"bitbake {build.options} --graphviz {' '.join(build.targets)}"
        f" && bitbake {build.options} -e virtual/kernel",
    )
    assert "task-depends.dot" in output
    # Vendors' layers have complaints of their own.
    ours = build.collections <= {"openembedded-layer"}
    assert not [line for line in complaints(output) if ours or "mcapi" in line]
    kernel = values(
        output,
        "BBFILE_COLLECTIONS",
        "SRC_URI",
        "KERNEL_FEATURES",
        "KERNEL_CONFIG_FRAGMENTS",
        "KMACHINE",
    )
    assert set(kernel["BBFILE_COLLECTIONS"].split()) >= {"core", "mcapi", *build.collections}
    assert "file://mcapi-kmeta;" in kernel["SRC_URI"]
    # Either kind of kernel reads its own list.
    features = kernel["KERNEL_FEATURES"].split()
    fragments = [Path(name).name for name in kernel["KERNEL_CONFIG_FRAGMENTS"].split()]
    for fragment in ("mcapi", build.controller):
        assert f"{fragment}.scc" in features or f"{fragment}.cfg" in fragments
    # linux-yocto knows no machine of ours: ask for a definition that it has. Kernels that do
    # not inherit kernel-yocto ask for none.
    assert kernel.get("KMACHINE") not in MACHINES
    for recipe, variable, word in build.effects:
        output = shell(build.kas, f"bitbake {build.options} -e {recipe}")
        words = values(output, variable)[variable].split()
        # Paths of BitBake may lead through its build folder.
        assert word in {*words, *map(os.path.realpath, words)}, f"{recipe}: {variable}"


@SERIES
def test_layer_changes_nothing_unasked(series: str) -> None:
    """The signatures of an image that has nothing to do with us, without the layer and with it."""
    need(CORE + series, long=True)
    signatures = []
    for kas in (CORE + series, CORE_WITH_LAYER + series):
        locked = Path(environment(kas)["KAS_BUILD_DIR"]) / "locked-sigs.inc"
        locked.unlink(missing_ok=True)
        output = shell(kas, "bitbake -S lockedsigs core-image-minimal")
        signatures.append(locked.read_text())
    assert "core-image-minimal:do_rootfs" in signatures[0]
    assert signatures[0] == signatures[1]
    # And the layer says that it is not switched on.
    assert 'DISTRO_FEATURES has no "mcapi"' in output


@SERIES
def test_yocto_check_layer(series: str) -> None:
    """The Yocto Project's own criteria, for our machines and one that is not ours."""
    need(CORE + series, long=True)
    machines = [path.stem for path in LAYER.glob("conf/machine/*.conf")]
    log = Path(environment(CORE + series)["KAS_BUILD_DIR"]) / "yocto-check-layer.log"
    output = shell(
        CORE + series,
        f"yocto-check-layer --machines {' '.join(machines)} {FOREIGN_MACHINE} -- {LAYER}",
    )
    log.write_text(output)
    assert "meta-mcapi ... PASS" in output
