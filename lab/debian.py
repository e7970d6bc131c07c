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
from urllib.parse import unquote

from lab.paths import CACHE
from lab.steps import Notify

RELEASE = "bookworm"

# The boards' kernel: 6.12, rt or 6.12-rt; unset or empty: the release's own.
VARIABLE = "MCAPI_KERNEL"

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PUBLIC_MIRRORS = {
    "Debian": "http://deb.debian.org/debian",
    "Debian-Security": "http://deb.debian.org/debian-security",
}

STATE = CACHE / "apt"
DEBS = CACHE / "debs"

# What a board's root is unpacked from, apart from the kernel and python3.
ROOT_PACKAGES = ("busybox-static", "libc6", "libgcc-s1", "zlib1g", "libexpat1", "libcmocka0")


class DebianError(Exception):
    """A package could not be found or fetched."""


@dataclass(frozen=True)
class Architecture:
    """What Debian calls the parts of one architecture, with a kernel for it."""

    name: str
    flavour: str
    triplet: str
    kernel: str = ""

    @property
    def label(self) -> str:
        """Tells apart what is built for different kernels."""
        return f"{self.name}-{self.kernel}" if self.kernel else self.name

    def kernel_package(self, part: str) -> str:
        """The part is image or headers: linux-image-6.12-arm64, linux-headers-rt-amd64."""
        flavour = self.name if self.kernel.endswith("rt") else self.flavour
        return "-".join(filter(None, ("linux", part, self.kernel, flavour)))

    @property
    def cross_compile(self) -> str:
        """The prefix of the compiler; empty for the machine's own."""
        return "" if self.name == host_architecture() else f"{self.triplet}-"


KERNEL = os.environ.get(VARIABLE, "")
ARM64 = Architecture("arm64", "arm64", "aarch64-linux-gnu", KERNEL)
AMD64 = Architecture("amd64", "cloud-amd64", "x86_64-linux-gnu", KERNEL)
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
    test_framework: tuple[Path, ...]


def host_architecture() -> str:
    return _output("dpkg", "--print-architecture").strip()


def packages(architecture: Architecture, notify: Notify) -> Packages:
    """The packages of an architecture, fetched if they are not in the cache yet."""
    lock = DEBS / f"{architecture.label}.json"
    try:
        known = json.loads(lock.read_text())
        found = _from_lock(known)
    except (OSError, ValueError, KeyError, TypeError):
        found = None
    if found and all(
        deb.is_file()
        for deb in (
            *(found.kernel, *found.headers, *found.root, found.python_headers),
            *found.test_framework,
        )
    ):
        return found
    notify(f"packages-{architecture.label}", None)
    started = time.monotonic()
    known = _resolve(architecture)
    lock.write_text(json.dumps(known, indent=2) + "\n")
    notify(f"packages-{architecture.label}", time.monotonic() - started)
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
        test_framework=debs(known["test_framework"]),
    )


def _resolve(architecture: Architecture) -> dict[str, object]:
    apt = Apt(architecture.name, architecture)
    meta = architecture.kernel_package("image")
    image, version = apt.depends(meta, architecture, r"linux-image-\d\S*")
    minimal, _ = apt.depends("python3-minimal", architecture, r"python3\.\d+-minimal")
    python = minimal.removesuffix("-minimal")
    arch = architecture.name
    root = [f"{python}-minimal", f"lib{python}-minimal", f"lib{python}-stdlib", *ROOT_PACKAGES]
    framework = ["libcmocka0", "libcmocka-dev"]  # the first one also on the board
    files = apt.fetch(
        f"{image}:{arch}={version}",
        *(f"{name}:{arch}" for name in [*root, "libcmocka-dev", f"lib{python}-dev"]),
    )
    abi, headers = fetch_headers(apt, architecture)
    if f"linux-image-{abi}" != image:
        raise DebianError(f"{image} and the headers of {abi} are not of one version")
    return {
        "abi": abi,
        "python": python,
        "kernel": files[image],
        "headers": headers,
        "root": [files[name] for name in root],
        "python_headers": files[f"lib{python}-dev"],
        "test_framework": [files[name] for name in framework],
    }


def fetch_headers(apt: Apt, architecture: Architecture) -> tuple[str, list[str]]:
    """What builds modules: the kernel's version with its flavour, and the packages' files."""
    meta = architecture.kernel_package("headers")
    headers, version = apt.depends(meta, architecture, r"linux-headers-\d\S*")
    common, _ = apt.depends(headers, architecture, r"linux-headers-\S*-common\S*")
    kbuild, _ = apt.depends(headers, architecture, r"linux-kbuild-\S*")
    files = apt.fetch(
        f"{headers}:{architecture.name}={version}",
        f"{common}={version}",
        f"{kbuild}:{host_architecture()}={version}",
    )
    return headers.removeprefix("linux-headers-"), [files[n] for n in (headers, common, kbuild)]


class Apt:
    """APT with its own lists, sources and (empty) status, for the host and some architectures.

    Sources are those of the given releases; none are read if there is no such release.
    """

    def __init__(
        self,
        state_name: str,
        *architectures: Architecture,
        suites: tuple[str, ...] = (RELEASE, f"{RELEASE}-security"),
        source_releases: tuple[str, ...] = (),
    ) -> None:
        state = STATE / state_name
        for part in ("lists/partial", "archives/partial", "etc"):
            (state / part).mkdir(parents=True, exist_ok=True)
        DEBS.mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        host = host_architecture()
        names = dict.fromkeys((host, *(architecture.name for architecture in architectures)))
        (state / "etc/sources.list").write_text(_sources(names, suites, source_releases))
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

    def depends(self, package: str, architecture: Architecture, pattern: str) -> tuple[str, str]:
        """The first dependency that matches, and its version; that of the package if not given."""
        name = f"{package}:{architecture.name}"
        shown = self._run("apt-cache", "show", "--no-all-versions", name)
        depends = ", ".join(re.findall(r"^(?:Pre-)?Depends: (.*)$", shown, re.MULTILINE))
        match = re.search(rf"(?:^|[ ,])({pattern})(?: \(.?= ([^)]*)\))?(?:,|$)", depends)
        version = re.search(r"^Version: (.*)$", shown, re.MULTILINE)
        if not match or not version:
            raise DebianError(f"{name} depends on nothing like {pattern}")
        return match.group(1), match.group(2) or version.group(1)

    def fetch(self, *packages: str) -> dict[str, str]:
        """Bring packages into the cache; their files' names by package."""
        return self._fetch(self._run("apt-get", "-qq", "download", "--print-uris", *packages))

    def fetch_closure(self, *packages: str) -> dict[str, str]:
        """The same, with all that they depend on."""
        install = ("apt-get", "-qq", "install", "--no-install-recommends", "--print-uris")
        return self._fetch(self._run(*install, *packages))

    def _fetch(self, printed: str) -> dict[str, str]:
        files = {}
        missing = []
        # A line is: 'URI' file size hash; the file is: package_version_architecture.deb
        for line in printed.splitlines():
            _, name, size = line.split()[:3]
            package, version, architecture = name.removesuffix(".deb").split("_")
            files[package] = name
            deb = DEBS / name
            if not deb.is_file() or deb.stat().st_size != int(size):
                suffix = "" if architecture == "all" else f":{architecture}"
                missing.append(f"{package}{suffix}={unquote(version)}")
        if missing:
            self._run("apt-get", "-q", "download", *missing, directory=DEBS)
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


def _sources(
    architectures: dict[str, None], suites: tuple[str, ...], source_releases: tuple[str, ...]
) -> str:
    """Debian's repositories at the mirrors that this machine uses itself."""
    mirrors = dict(PUBLIC_MIRRORS)
    if shutil.which("apt-get"):
        form = "$(LABEL) $(CODENAME) $(REPO_URI)"
        for line in _output("apt-get", "indextargets", "--format", form).splitlines():
            label, codename, uri = [*line.split(), "", "", ""][:3]
            if label in mirrors and codename.startswith(RELEASE):
                mirrors[label] = uri
    options = f"[arch={','.join(architectures)} signed-by={KEYRING}]"
    lines = []
    for suite in suites:
        mirror = mirrors["Debian-Security" if suite.endswith("-security") else "Debian"]
        lines.append(f"deb {options} {mirror} {suite} main")
    for release in source_releases:
        lines.append(f"deb-src [signed-by={KEYRING}] {mirrors['Debian']} {release} main")
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
