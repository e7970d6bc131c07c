# SPDX-License-Identifier: BSD-3-Clause
"""A release of Debian for the sake of its kernel: headers and compilers, unpacked side by side.

The tools run in a root of their own, whatever this machine's release is, and need
no rights: a user namespace does.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import debian
from lab.debian import DEBS, Apt, Architecture
from lab.paths import BUILD, ROOT
from lab.steps import Notify, Run, Step, digest

# base-files first: it has the links that later packages are unpacked through.
_TOOLS = (
    *("base-files", "dash", "coreutils", "sed", "grep", "findutils", "diffutils", "mawk"),
    *("make", "gcc", "sparse"),
)
_ENTER = """
root=$1 project=$2 && shift 2
for folder in dev proc; do mount --rbind "/$folder" "$root/$folder"; done
mount --rbind "$project" "$root$project"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""
# Debian's modpost for 32-bit kernels has the pointers of the machine that compiled it.
_I386 = Architecture("i386", "", "i686-linux-gnu")
_MODPOST_32 = "usr/lib/linux-kbuild-*/scripts/mod/modpost.real-lsb-32"
_THIS = Path(__file__)


@dataclass(frozen=True)
class Release:
    """A release, and the architectures whose kernel headers are wanted."""

    name: str
    architectures: tuple[Architecture, ...]

    @property
    def root(self) -> Path:
        return BUILD / "release" / self.name

    def unpack(self, notify: Notify) -> tuple[str, dict[str, str]]:
        """The hash of what was unpacked, and each architecture's version of the kernel."""
        versions, packages = self._packages()

        def work(run: Run) -> None:
            other = self.root / "i386"
            for package in packages:
                is_other = package.startswith("linux-kbuild-") and package.endswith("_i386.deb")
                run("dpkg-deb", "--extract", DEBS / package, other if is_other else self.root)
            for modpost in other.glob(_MODPOST_32):
                shutil.copy2(modpost, self.root / modpost.relative_to(other))
            (self.root / "usr/bin/awk").symlink_to("mawk")
            for name in ("dev", "proc", str(ROOT).lstrip("/")):
                (self.root / name).mkdir(parents=True, exist_ok=True)

        step = Step(f"release-{self.name}", self.root, (*packages, str(ROOT), _THIS), work)
        return step.run(notify), versions

    def command(self, *words: str | Path) -> tuple[str | Path, ...]:
        """How to run something in the release, which sees this project where it is."""
        enter = ("unshare", "--map-root-user", "--mount", "sh", "-ec", _ENTER, "enter")
        return (*enter, self.root, ROOT, *words)

    def _packages(self) -> tuple[dict[str, str], list[str]]:
        """Resolved once, and remembered in the cache with what was asked for."""
        lock = DEBS / f"release-{self.name}.json"
        wanted = digest((*(architecture.name for architecture in self.architectures), _THIS))
        try:
            asked, versions, packages = json.loads(lock.read_text())
        except (OSError, ValueError):
            asked, versions, packages = "", {}, []
        if asked != wanted or not all((DEBS / package).is_file() for package in packages):
            versions, packages = self._resolve()
            lock.write_text(json.dumps([wanted, versions, packages], indent=2) + "\n")
        return versions, packages

    def _resolve(self) -> tuple[dict[str, str], list[str]]:
        apt = Apt(f"release-{self.name}", *self.architectures, _I386, suites=(self.name,))
        found = {a.name: debian.fetch_headers(apt, a) for a in self.architectures}
        headers = dict.fromkeys(file for _, files in found.values() for file in files)
        names = [file.split("_")[0] for file in headers]
        kbuild = [name for name in names if name.startswith("linux-kbuild-")]
        cross = [f"gcc-{a.triplet}" for a in self.architectures if a.cross_compile]
        tools = apt.fetch_closure(*_TOOLS, *cross, *kbuild)
        packages = dict.fromkeys([tools["base-files"], *tools.values(), *headers])
        if "armhf" in found:
            others = apt.fetch(*(f"{name}:{_I386.name}" for name in ("libc6", *kbuild)))
            packages |= dict.fromkeys(others.values())
        return {name: version for name, (version, _) in found.items()}, list(packages)
