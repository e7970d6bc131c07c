# SPDX-License-Identifier: BSD-3-Clause
"""Every file, package and target that kas.yml and the recipes name exists."""

from __future__ import annotations

import hashlib
import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from builds import BUILDS, EVERYWHERE
from layer_metadata import (
    LAYER,
    ROOT,
    Metadata,
    kas_files,
    kas_load,
    metadata_files,
    read,
    recipes,
)

ALL_METADATA = [read(p) for p in metadata_files(".bb", ".bbappend", ".inc")]
RECIPES = recipes()
KAS = {str(p.relative_to(ROOT)): kas_load(p) for p in kas_files()}
LOCKS = {name: config for name, config in KAS.items() if name.endswith(".lock.yml")}

# What kas/ can check out, and what OE-Core calls it.
SERIES = {"5.0": "scarthgap", "6.0": "wrynose"}

# Where a recipe's version is the version of the tree that it packages.
VERSION_FILES = {
    "libmcapi": ("libmcapi/meson.build", r"version\s*:\s*'([^']+)'"),
    "python3-mcapi": ("python/meson.build", r"version\s*:\s*'([^']+)'"),
    "mcapi-demos": ("demos/c/meson.build", r"version\s*:\s*'([^']+)'"),
}


def layer_name(metadata: Metadata) -> str:
    return str(metadata.path.relative_to(LAYER))


@pytest.mark.parametrize("metadata", ALL_METADATA, ids=layer_name)
def test_sources_exist(metadata: Metadata) -> None:
    """file:// is looked up in the repository's root and where BitBake looks by itself."""
    beside = metadata.path.parent
    folders = [ROOT, beside, beside / "files", *beside.glob("files/*"), beside / metadata.name]
    missing = [
        name for name in metadata.files() if not any((folder / name).exists() for folder in folders)
    ]
    assert not missing, f"{metadata.path}: SRC_URI names {missing}"


@pytest.mark.parametrize("metadata", ALL_METADATA, ids=layer_name)
def test_requires_exist(metadata: Metadata) -> None:
    missing = [name for name in metadata.requires if not (LAYER / name).exists()]
    assert not missing, f"{metadata.path}: requires {missing}"


@pytest.mark.parametrize("metadata", RECIPES.values(), ids=layer_name)
def test_licence_checksums(metadata: Metadata) -> None:
    """The checksum is that of the text in LICENSES, so that BitBake finds it unchanged."""
    for entry in metadata.words("LIC_FILES_CHKSUM"):
        match = re.fullmatch(r"file://(?:\.\./)*(LICENSES/[^;]+);md5=([0-9a-f]{32})", entry)
        assert match, f"{metadata.path}: cannot read LIC_FILES_CHKSUM {entry}"
        name, expected = match.groups()
        assert name in metadata.files(), f"{metadata.path}: {name} is not in SRC_URI"
        actual = hashlib.md5((ROOT / name).read_bytes()).hexdigest()
        assert actual == expected, f"{metadata.path}: md5 of {name} is {actual}"


@pytest.mark.parametrize("name", VERSION_FILES)
def test_version_is_the_sources(name: str) -> None:
    path, pattern = VERSION_FILES[name]
    match = re.search(pattern, (ROOT / path).read_text())
    assert match, f"{path}: no version"
    assert RECIPES[name].version == match.group(1), f"{path} and the recipe differ"


def test_date_is_the_versions() -> None:
    """BitBake's packages and Debian's have the same date."""
    changelog = (ROOT / "packaging/debian/changelog").read_text()
    match = re.search(r"^ -- .*>  (.*)$", changelog, re.MULTILINE)
    assert match, "packaging/debian/changelog: no date"
    seconds = int(parsedate_to_datetime(match.group(1)).timestamp())
    inc = (LAYER / "recipes-mcapi/mcapi.inc").read_text()
    assert f'SOURCE_DATE_EPOCH = "{seconds}"' in inc


def test_packages_exist() -> None:
    """A package of ours that a recipe, group or image asks for is made by a recipe of ours."""
    made = set().union(*(metadata.packages() for metadata in ALL_METADATA))
    # One for each module, by the kernel's classes.
    modules = re.findall(r"([\w-]+)\.o\b", (ROOT / "driver/Kbuild").read_text())
    made |= {f"kernel-module-{name}" for name in modules}
    asked = {
        (layer_name(recipe), word.removesuffix("${KERNEL_MODULE_PACKAGE_SUFFIX}"))
        for recipe in RECIPES.values()
        for variable in ("DEPENDS", "RDEPENDS", "RRECOMMENDS", "IMAGE_INSTALL")
        for word in recipe.words(variable)
        if "mcapi" in word
    }
    assert asked, "no recipe asks for a package of ours: the reader is broken"
    assert not {(where, word) for where, word in asked if word not in made}


def test_packages_belong_to_a_group() -> None:
    """What the layer builds for all boards is reachable from the package groups or the image."""
    asked = {
        word
        for recipe in RECIPES.values()
        for variable in ("RDEPENDS", "RRECOMMENDS", "IMAGE_INSTALL")
        for word in recipe.words(variable)
    }
    targets = {target for config in KAS.values() for target in config.get("target", [])}
    assert not set(EVERYWHERE) - asked - targets


@pytest.mark.parametrize("name", KAS)
def test_kas_includes_exist(name: str) -> None:
    for include in KAS[name]["header"].get("includes", []):
        assert (ROOT / include).is_file(), f"{name}: includes {include}"


@pytest.mark.parametrize("name", KAS)
def test_kas_requires_exist(name: str) -> None:
    """local.conf reads files of this repository by its root's name in layer.conf."""
    for header in KAS[name].get("local_conf_header", {}).values():
        for line in header.splitlines():
            if line.startswith("require ${MCAPI_TOPDIR}"):
                path = line.split()[1].replace("${MCAPI_TOPDIR}", str(ROOT))
                assert Path(path).is_file(), f"{name}: {line}"


@pytest.mark.parametrize("name", KAS)
def test_kas_targets_exist(name: str) -> None:
    config = KAS[name]
    for target in config.get("target", []):
        assert target in RECIPES, f"{name}: target {target} is no recipe of the layer"
    if machine := config.get("machine"):
        if name.startswith("kas/machine/"):
            assert (LAYER / f"conf/machine/{machine}.conf").is_file(), f"{name}: {machine}"
        for artifact in config.get("artifacts", {}).values():
            assert f"/{machine}/" in artifact, f"{name}: {artifact} is not of {machine}"


@pytest.mark.parametrize("name", KAS)
def test_kas_layers_exist(name: str) -> None:
    """A repository without a URL is this one."""
    for key, repo in KAS[name].get("repos", {}).items():
        if repo and "url" not in repo:
            for layer in repo["layers"]:
                assert (ROOT / layer / "conf/layer.conf").is_file(), f"{name}: {key}/{layer}"


def test_kas_pins_every_repository() -> None:
    """OE-Core's by tag, others' by the branch of the series; all by commit in its lock file."""
    assert LOCKS, "no lock file: the reader is broken"
    for series, codename in SERIES.items():
        pins = LOCKS[f"kas/yocto-{series}.lock.yml"]["overrides"]["repos"]
        assert all(re.fullmatch(r"[0-9a-f]{40}", pin["commit"]) for pin in pins.values())
        named = {
            key: repo
            for build in BUILDS
            if build.series == series
            for file in build.kas.split(":")
            for key, repo in KAS[file].get("repos", {}).items()
        }
        assert set(named) | {"bitbake", "openembedded-core"} == set(pins)
        assert KAS[f"kas/yocto-{series}.yml"]["defaults"]["repos"]["branch"] == codename
        assert not [key for key, repo in named.items() if repo and repo.get("branch")]


def test_series_are_those_of_the_layer() -> None:
    conf = read(LAYER / "conf/layer.conf")
    assert conf.words("LAYERSERIES_COMPAT_mcapi") == sorted(SERIES.values())
    for series in SERIES:
        tags = {repo["tag"] for repo in KAS[f"kas/yocto-{series}.yml"]["repos"].values()}
        assert len(tags) == 1, f"repositories of several releases: {tags}"
        assert tags.pop().startswith(f"yocto-{series}.")
