# SPDX-License-Identifier: BSD-3-Clause
"""What this repository builds for one architecture: modules, library, Python package, demos.

Each component is installed into a folder of its own, laid out as on a board:
build/stage/<component>/<architecture>.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path

from lab import debian, kernel
from lab.debian import Architecture, Packages
from lab.paths import BUILD, ROOT
from lab.steps import Run, Step

_THIS = Path(__file__)
_CROSS_FILES = ROOT / "lab/board"
_UAPI = ROOT / "driver/include/uapi"
_KERNEL_ARCH = {"arm64": "arm64", "amd64": "x86"}
_COMPILER_32 = {
    "arm64": "arm-linux-gnueabihf-gcc",
    # Debian has the kernel's headers for both sizes in one folder, but not in gcc's path.
    "amd64": "gcc -m32 -idirafter /usr/include/x86_64-linux-gnu",
}

# Where Debian's Python looks for packages of any of its versions.
DIST_PACKAGES = "usr/lib/python3/dist-packages"


def stage(component: str, architecture: Architecture) -> Path:
    return BUILD / "stage" / component / architecture.name


def library_folder(architecture: Architecture) -> Path:
    return stage("libmcapi", architecture) / "usr/lib"


def site_packages(architecture: Architecture) -> Path:
    return stage("python", architecture) / DIST_PACKAGES


def driver(architecture: Architecture, packages: Packages, headers: str) -> Step:
    """The kernel modules, and the test of the uAPI that runs on a board."""
    output = BUILD / "stage/driver" / architecture.label
    source = ROOT / "driver"
    folder = BUILD / "driver" / architecture.label
    make = (
        *("make", "-C", str(source), f"BUILD={folder}"),
        f"KERNEL_SRC={kernel.headers_folder(architecture, packages)}",
        f"ARCH={_KERNEL_ARCH[architecture.name]}",
        f"CROSS_COMPILE={architecture.cross_compile}",
        "MCAPI_TEST_RPROC=m",
    )

    def build(run: Run) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        programs = ("tools", "uapi-test", "doorbells")
        run(*make, "modules", *programs, f"CC32={_COMPILER_32[architecture.name]}")
        # The headers lack the key to sign with and the symbols that depmod would check.
        run(
            *(*make, "modules_install", f"INSTALL_MOD_PATH={output}", "CONFIG_MODULE_SIG_ALL="),
            *("INSTALL_MOD_DIR=mcapi", "INSTALL_MOD_STRIP=1"),
        )
        _kernel_module(packages, "fs/configfs/configfs.ko", output)
        run("/usr/sbin/depmod", "-b", output, packages.abi)
        run(*make, "tools_install", f"DESTDIR={output}")
        binaries = output / "usr/bin"
        shutil.copy2(folder / "uapi_test", binaries / "mcapi-uapi-test")
        shutil.copy2(folder / "uapi_test32", binaries / "mcapi-uapi-test32")
        shutil.copy2(folder / "mcapi-doorbells", binaries / "mcapi-doorbells")
        shutil.copy2(source / "tests/loopback.sh", binaries / "mcapi-loopback-test")

    parts = [
        source / name for name in ("Makefile", "Kbuild", "include", "mcapi", "mailbox", "tools")
    ]
    parts += [source / "tests" / name for name in ("uapi", "doorbells", "rproc", "loopback.sh")]
    inputs: tuple[Path | str, ...] = (headers, packages.kernel.name, *parts, *make, _THIS)
    return Step(f"driver-{architecture.label}", output, inputs, build)


def _kernel_module(packages: Packages, name: str, root: Path) -> None:
    """One of the kernel's own modules, which one of ours needs."""
    path = f"lib/modules/{packages.abi}/kernel/{name}"
    module = root / path
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_bytes(kernel.file(packages, path))


def library(architecture: Architecture) -> Step:
    return _meson("libmcapi", architecture, ROOT / "libmcapi", (_UAPI,), "-Dtests=disabled")


def sysroot(architecture: Architecture, packages: Packages, library_hash: str) -> Step:
    """What programs are compiled against: the library, the board's Python, what tests need."""
    output = _sysroot(architecture)
    debs = (packages.python_headers, *packages.test_framework)

    def build(_: Run) -> None:
        for deb in debs:
            debian.unpack(deb, output)
        shutil.copytree(stage("libmcapi", architecture), output, symlinks=True, dirs_exist_ok=True)

    inputs: tuple[Path | str, ...] = (library_hash, *(deb.name for deb in debs), _THIS)
    return Step(f"sysroot-{architecture.name}", output, inputs, build)


def library_tests(architecture: Architecture, sysroot_hash: str) -> Step:
    """The library's own test programs, in usr/libexec/libmcapi-tests."""
    return _meson(
        "libmcapi-tests",
        architecture,
        ROOT / "libmcapi",
        (sysroot_hash, _UAPI),
        *("-Dtests=enabled", "-Dinstall-tests=true", "-Dman=disabled", "-Dstrip=true"),
        install=("--tags", "tests"),
    )


def demos(architecture: Architecture, sysroot_hash: str) -> Step:
    """The C programs in usr/bin, the Python ones in usr/share/mcapi-demos."""
    scripts = stage("demos", architecture) / "usr/share/mcapi-demos"

    def finish(_: Run) -> None:
        shutil.copytree(ROOT / "demos/python", scripts, ignore=shutil.ignore_patterns("__*"))

    return _meson(
        "demos",
        architecture,
        ROOT / "demos/c",
        (sysroot_hash, ROOT / "demos/python"),
        finish=finish,
    )


def python_package(architecture: Architecture, packages: Packages, sysroot_hash: str) -> Step:
    """The Python package, for the board's version of Python."""

    def finish(_: Run) -> None:
        # meson names the extension after the Python that runs meson.
        ours = sysconfig.get_config_var("EXT_SUFFIX")
        version = packages.python.removeprefix("python").replace(".", "")
        theirs = f".cpython-{version}-{architecture.triplet}.so"
        for extension in site_packages(architecture).rglob(f"*{ours}"):
            extension.rename(extension.with_name(extension.name.removesuffix(ours) + theirs))

    return _meson(
        "python",
        architecture,
        ROOT / "python",
        (sysroot_hash,),
        f"-Dpython.purelibdir=/{DIST_PACKAGES}",
        f"-Dpython.platlibdir=/{DIST_PACKAGES}",
        "-Dpython.bytecompile=-1",
        finish=finish,
    )


def _sysroot(architecture: Architecture) -> Path:
    return BUILD / "sysroot" / architecture.name


def _nothing(_: Run) -> None:
    """No further work after the build."""


def _meson(
    component: str,
    architecture: Architecture,
    source: Path,
    inputs: tuple[Path | str, ...],
    *options: str,
    install: tuple[str, ...] = (),
    finish: Callable[[Run], None] = _nothing,
) -> Step:
    """A meson project that is built, and installed into its stage."""
    output = stage(component, architecture)
    folder = BUILD / component / architecture.name
    sysroot = _sysroot(architecture)
    environment = {
        "PKG_CONFIG_LIBDIR": os.pathsep.join(
            str(sysroot / folder / "pkgconfig")
            for folder in ("usr/lib", f"usr/lib/{architecture.triplet}")
        ),
        "PKG_CONFIG_SYSROOT_DIR": str(sysroot),
        "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
        "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1",
    }
    cross = (
        ("--cross-file", str(_CROSS_FILES / f"{architecture.name}.cross"))
        if architecture.cross_compile
        else ()
    )
    setup = ("--prefix=/usr", "--libdir=lib", "--buildtype=debugoptimized", *options)

    def build(run: Run) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        run("meson", "setup", *setup, *cross, folder, source, environment=environment)
        run("meson", "compile", "-C", folder)
        run("meson", "install", "--no-rebuild", "-C", folder, "--destdir", output, *install)
        finish(run)

    return Step(
        f"{component}-{architecture.name}",
        output,
        (*inputs, source, *setup, *install, *(Path(file) for file in cross[1:]), _THIS),
        build,
    )
