# SPDX-License-Identifier: BSD-3-Clause
"""Packages of Debian's architectures, fetched by a private APT that leaves the system's alone.

What is fetched is resolved once and remembered in the cache, so that a warm run
needs no network. `make distclean` forgets it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.paths import CACHE
from lab.steps import Notify

RELEASE = "bookworm"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PUBLIC_MIRRORS = {
    "Debian": "http://deb.debian.org/debian",
    "Debian-Security": "http://deb.debian.org/debian-security",
}

STATE = CACHE / "apt"
DEBS = CACHE / "debs"

# What a board's root is unpacked from, apart from the kernel and python3.
ROOT_PACKAGES = ("busybox-static", "libc6", "libgcc-s1", "zlib1g", "libexpat1")


class DebianError(Exception):
    """A package could not be found or fetched."""


@dataclass(frozen=True)
class Architecture:
    """What Debian calls the parts of one architecture."""

    name: str
    kernel: str
    triplet: str

    @property
    def image_package(self) -> str:
        return f"linux-image-{self.kernel}"

    @property
    def cross_compile(self) -> str:
        """The prefix of the compiler; empty for the machine's own."""
        return "" if self.name == host_architecture() else f"{self.triplet}-"


ARM64 = Architecture("arm64", "arm64", "aarch64-linux-gnu")
AMD64 = Architecture("amd64", "cloud-amd64", "x86_64-linux-gnu")
ARCHITECTURES = {architecture.name: architecture for architecture in (ARM64, AMD64)}


@dataclass(frozen=True)
class Packages:
    """The fetched packages of one architecture; all parts of the kernel have one version."""

    abi: str
    python: str
    kernel: Path
    headers: tuple[Path, ...]
    root: tuple[Path, ...]
    python_headers: Path


def host_architecture() -> str:
    return _output("dpkg", "--print-architecture").strip()


def packages(architecture: Architecture, notify: Notify) -> Packages:
    """The packages of an architecture, fetched if they are not in the cache yet."""
    lock = DEBS / f"{architecture.name}.json"
    try:
        known = json.loads(lock.read_text())
        found = _from_lock(known)
    except (OSError, ValueError, KeyError, TypeError):
        found = None
    if found and all(
        deb.is_file() for deb in (found.kernel, *found.headers, *found.root, found.python_headers)
    ):
        return found
    notify(f"packages-{architecture.name}", None)
    started = time.monotonic()
    lock.parent.mkdir(parents=True, exist_ok=True)
    known = _resolve(architecture)
    lock.write_text(json.dumps(known, indent=2) + "\n")
    notify(f"packages-{architecture.name}", time.monotonic() - started)
    return _from_lock(known)


def unpack(deb: Path, directory: Path) -> None:
    """Unpack a package's files, owned by whoever calls this; its scripts do not run."""
    _output("dpkg-deb", "--extract", str(deb), str(directory))


@contextmanager
def contents(deb: Path) -> Iterator[tarfile.TarFile]:
    """A package's files as a tar stream, to be read once from front to back."""
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(deb)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            yield tar


def _from_lock(known: dict[str, object]) -> Packages:
    def deb(name: object) -> Path:
        if not isinstance(name, str):
            raise TypeError(name)
        return DEBS / name

    def debs(names: object) -> tuple[Path, ...]:
        if not isinstance(names, list):
            raise TypeError(names)
        return tuple(deb(name) for name in names)

    return Packages(
        abi=str(known["abi"]),
        python=str(known["python"]),
        kernel=deb(known["kernel"]),
        headers=debs(known["headers"]),
        root=debs(known["root"]),
        python_headers=deb(known["python_headers"]),
    )


def _resolve(architecture: Architecture) -> dict[str, object]:
    apt = Apt(architecture, architecture.name)
    image, version = apt.depends(architecture.image_package, r"linux-image-\d\S*")
    abi = image.removeprefix("linux-image-")
    release = re.sub(r"^(\d+\.\d+\.\d+-\d+).*", r"\1", abi)
    kbuild = "linux-kbuild-" + ".".join(release.split(".")[:2])
    python = re.sub("-minimal$", "", apt.depends("python3-minimal", r"python3\.\d+-minimal")[0])
    arch, host = architecture.name, host_architecture()
    kernel = [image, f"linux-headers-{abi}"]
    common = f"linux-headers-{release}-common"
    root = [f"{python}-minimal", f"lib{python}-minimal", f"lib{python}-stdlib", *ROOT_PACKAGES]
    files = apt.fetch(
        *(f"{name}:{arch}={version}" for name in kernel),
        f"{common}={version}",
        f"{kbuild}:{host}={version}",
        *(f"{name}:{arch}" for name in [*root, f"lib{python}-dev"]),
    )
    return {
        "abi": abi,
        "python": python,
        "kernel": files[image],
        "headers": [files[kernel[1]], files[common], files[kbuild]],
        "root": [files[name] for name in root],
        "python_headers": files[f"lib{python}-dev"],
    }


class Apt:
    """APT with its own lists, sources and (empty) status, for the host and one architecture.

    Sources are those of the given releases; none are read if there is no such release.
    """

    def __init__(
        self, architecture: Architecture, state_name: str, source_releases: tuple[str, ...] = ()
    ) -> None:
        self._name = architecture.name
        state = STATE / state_name
        for part in ("lists/partial", "archives/partial", "etc"):
            (state / part).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        host = host_architecture()
        names = dict.fromkeys((host, architecture.name))
        (state / "etc/sources.list").write_text(_sources(names, source_releases))
        settings = state / "etc/apt.conf"
        settings.write_text(
            f'Dir::State "{state}";\n'
            f'Dir::State::status "{state}/status";\n'
            f'Dir::Cache "{state}";\n'
            f'Dir::Etc::SourceList "{state}/etc/sources.list";\n'
            'Dir::Etc::SourceParts "/dev/null";\n'
            f'APT::Architecture "{host}";\n'
            f"APT::Architectures {{ {' '.join(f'{chr(34)}{n}{chr(34)};' for n in names)} }};\n"
            'APT::Sandbox::User "";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "3";\n'
        )
        self._environment = os.environ | {"APT_CONFIG": str(settings), "LC_ALL": "C"}
        self._run("apt-get", "-q", "update")

    def depends(self, package: str, pattern: str) -> tuple[str, str]:
        """The first dependency that matches, and its version; that of the package if not given."""
        shown = self._run("apt-cache", "show", "--no-all-versions", f"{package}:{self._name}")
        depends = ", ".join(re.findall(r"^(?:Pre-)?Depends: (.*)$", shown, re.MULTILINE))
        match = re.search(rf"(?:^|[ ,])({pattern})(?: \(.?= ([^)]*)\))?(?:,|$)", depends)
        version = re.search(r"^Version: (.*)$", shown, re.MULTILINE)
        if not match or not version:
            raise DebianError(f"{package}:{self._name} depends on nothing like {pattern}")
        return match.group(1), match.group(2) or version.group(1)

    def fetch(self, *packages: str) -> dict[str, str]:
        """Bring packages into the cache; their files' names by package."""
        files = {}
        missing = False
        # A line is: 'URI' file size hash
        for line in self._run("apt-get", "-q", "download", "--print-uris", *packages).splitlines():
            _, name, size = line.split()[:3]
            files[name.split("_")[0]] = name
            deb = DEBS / name
            if not deb.is_file() or deb.stat().st_size != int(size):
                missing = True
        if missing:
            self._run("apt-get", "-q", "download", *packages, directory=DEBS)
        return files

    def fetch_source(self, package: str) -> Path:
        """Bring the tarball of a source package, name=version, into the cache."""
        command = ("apt-get", "-q", "source", "--download-only", "--tar-only")
        printed = self._run(*command, "--print-uris", package)
        match = re.search(r"^'\S+' (\S+) \d+ \S+$", printed, re.MULTILINE)
        if not match:
            raise DebianError(f"{package} has no tarball of its own")
        tarball = DEBS / match[1]
        if not tarball.is_file():
            self._run(*command, package, directory=DEBS)
        return tarball

    def _run(self, *command: str, directory: Path | None = None) -> str:
        return _output(*command, directory=directory, environment=self._environment)


def _sources(architectures: dict[str, None], source_releases: tuple[str, ...]) -> str:
    """Debian's repositories at the mirrors that this machine uses itself."""
    mirrors = dict(PUBLIC_MIRRORS)
    if shutil.which("apt-get"):
        form = "$(LABEL) $(CODENAME) $(REPO_URI)"
        for line in _output("apt-get", "indextargets", "--format", form).splitlines():
            label, codename, uri = [*line.split(), "", "", ""][:3]
            if label in mirrors and codename.startswith(RELEASE):
                mirrors[label] = uri
    options = f"[arch={','.join(architectures)} signed-by={KEYRING}]"
    lines = [
        f"deb {options} {mirrors['Debian']} {RELEASE} main",
        f"deb {options} {mirrors['Debian-Security']} {RELEASE}-security main",
        *(
            f"deb-src [signed-by={KEYRING}] {mirrors['Debian']} {release} main"
            for release in source_releases
        ),
    ]
    return "\n".join(lines) + "\n"


def _output(
    *command: str,
    directory: Path | None = None,
    environment: dict[str, str] | None = None,
) -> str:
    try:
        done = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise DebianError(f"{command[0]} is not there: the lab runs on Debian") from error
    except subprocess.CalledProcessError as error:
        raise DebianError(f"{' '.join(command)}: {error.stderr.strip()}") from error
    return done.stdout
