# SPDX-License-Identifier: BSD-3-Clause
"""What the Debian packaging repeats of the sources is what the sources say."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEBIAN = ROOT / "packaging/debian"

# Those that the source package has; dpkg-source leaves .gitignore out.
PARTS = re.search(r"^parts='(.*)'$", (ROOT / "packaging/deb.sh").read_text(), re.MULTILINE)

SPDX = re.compile(r"SPDX-License-Identifier:\s*(.+?)\s*(?:\*/|-->)?\s*$", re.MULTILINE)


def paragraphs(path: Path) -> list[dict[str, str]]:
    """The fields of each paragraph of a control file."""
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)
    return [
        {
            key: value.strip()
            for key, value in re.findall(r"^([\w-]+):(.*(?:\n[ \t].*)*)", paragraph, re.MULTILINE)
        }
        for paragraph in re.split(r"\n\s*\n", text)
    ]


def debian_name(licence: str) -> str:
    """The name of an SPDX expression in a copyright file."""
    spaced = licence.replace("(", "").replace(")", "").replace(" OR ", " or ")
    return re.sub(r" WITH (\S+)", r" with \1 exception", spaced)


def source_files() -> list[str]:
    assert PARTS
    listing = subprocess.run(
        ["git", "ls-files", "-z", *PARTS.group(1).split()],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = [name for name in listing.split("\0") if name and not name.endswith(".gitignore")]
    return [name for name in names if (ROOT / name).is_file()]


@pytest.mark.parametrize("tree", ["libmcapi", "python", "demos/c"])
def test_changelog_has_the_version_of_the_trees(tree: str) -> None:
    packaged = re.match(r"meta-mcapi \((.*?)\)", (DEBIAN / "changelog").read_text())
    version = re.search(r"^  version: '(.*)',$", (ROOT / tree / "meson.build").read_text(), re.M)
    assert packaged
    assert version
    assert packaged.group(1) == version.group(1)


def test_copyright_says_what_the_files_say() -> None:
    stanzas = [s for s in paragraphs(DEBIAN / "copyright") if "Files" in s]
    wrong = {}
    for name in source_files():
        match = SPDX.search((ROOT / name).read_text(errors="replace")[:400])
        if not match:
            continue  # texts of licences, and what REUSE.toml speaks for
        theirs = [
            s["License"] for s in stanzas if any(fnmatch(name, f) for f in s["Files"].split())
        ]
        if theirs[-1] != debian_name(match.group(1)):
            wrong[name] = theirs[-1]
    assert not wrong, "packaging/debian/copyright differs from the SPDX line"


def test_every_licence_of_copyright_has_its_text() -> None:
    stanzas = paragraphs(DEBIAN / "copyright")
    named = {name for s in stanzas if "Files" in s for name in s["License"].split(" or ")}
    texts = {s["License"].splitlines()[0] for s in stanzas if "Files" not in s and "License" in s}
    assert named == texts


@pytest.mark.parametrize("config", ["CONFIG_PCI=y", "# CONFIG_PCI is not set", None])
def test_dkms_builds_the_modules_of_kbuild(tmp_path: Path, config: str | None) -> None:
    if config:
        (tmp_path / ".config").write_text(config + "\n")
    # where nothing tells of the kernel, it is one of Debian's, which have PCI
    pci = r"|\$\(if \$\(CONFIG_PCI\),m\)" if config != "# CONFIG_PCI is not set" else ""
    kbuild = re.findall(
        rf"^obj-(?:m{pci}) [:+]?= (.*)", (ROOT / "driver/Kbuild").read_text(), re.MULTILINE
    )
    modules = [name.removesuffix(".o") for line in kbuild for name in line.split()]
    show = (
        'kernel_source_dir=$1; . "$2"; echo "${BUILT_MODULE_NAME[@]}"; '
        'echo "${!BUILT_MODULE_NAME[@]}"; echo "${!DEST_MODULE_LOCATION[@]}"'
    )
    named, numbers, places = subprocess.run(
        ["bash", "-euc", show, "bash", tmp_path, DEBIAN / "mcapi-dkms.dkms"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert sorted(named.split()) == sorted(modules)
    assert numbers.split() == [str(n) for n in range(len(modules))] == places.split()


def test_dkms_has_the_sources_that_the_makefile_names() -> None:
    sources = re.search(r"^SOURCES := (.*)", (ROOT / "driver/Makefile").read_text(), re.MULTILINE)
    assert sources
    listed = re.findall(r"^driver/(\S+) ", (DEBIAN / "mcapi-dkms.install").read_text(), re.M)
    assert sorted(listed) == sorted([*sources.group(1).split(), "Makefile"])


def test_every_test_is_declared() -> None:
    declared = {
        name
        for s in paragraphs(DEBIAN / "tests/control")
        for name in s.get("Tests", "").replace(",", " ").split()
    }
    assert declared == {path.name for path in (DEBIAN / "tests").iterdir()} - {"control"}
