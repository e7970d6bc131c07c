# SPDX-License-Identifier: BSD-3-Clause
"""The driver against each kernel that it is for: no warning, no complaint of a checker.

python -m lab.kernels builds the modules for all of them with W=1 and sparse, and has
checkpatch and kernel-doc read the sources.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lab import linux
from lab.__main__ import notify
from lab.debian import Architecture, DebianError
from lab.paths import BUILD, ROOT
from lab.release import Release
from lab.steps import BuildError, Run, Step

_ARM64 = Architecture("arm64", "arm64", "aarch64-linux-gnu")
_AMD64 = Architecture("amd64", "amd64", "x86_64-linux-gnu")
_ARMHF = Architecture("armhf", "armmp", "arm-linux-gnueabihf")
_RISCV64 = Architecture("riscv64", "riscv64", "riscv64-linux-gnu")

# Each with its own kernel and compiler.
RELEASES = (
    Release("bookworm", (_ARM64, _AMD64, _ARMHF)),
    Release("trixie", (_ARM64, _AMD64, _ARMHF, _RISCV64)),
    Release("sid", (_ARM64, _AMD64)),
)

_DRIVER = ROOT / "driver"
_KERNEL_ARCH = {"arm64": "arm64", "amd64": "x86", "armhf": "arm", "riscv64": "riscv"}
_WARNING = re.compile(r"\b(warning|error):", re.IGNORECASE)
# Also for peers that run no Linux, so written in plain C.
_SHARED = ("mcapi_wire.h", "mcapi_ivshmem.h")


def build(release: Release, root: str, architecture: Architecture, version: str) -> Step:
    """The modules for one kernel, without a warning."""
    name = f"kernels-{release.name}-{architecture.name}"
    output = BUILD / "kernels" / f"{release.name}-{architecture.name}"
    make = (
        *("make", "-C", str(_DRIVER), f"BUILD={output}"),
        f"KERNEL_SRC=/usr/src/linux-headers-{version}",
        f"ARCH={_KERNEL_ARCH[architecture.name]}",
        f"CROSS_COMPILE={architecture.cross_compile}",
        *("W=1", "CF=-D__CHECK_ENDIAN__", "CONFIG_DEBUG_INFO_BTF_MODULES="),
        "MCAPI_TEST_RPROC=m",
        # sparse does not know the extensions in riscv64's -march
        f"C={0 if architecture is _RISCV64 else 2}",
    )

    def work(run: Run) -> None:
        run(*release.command(*make, "modules"))
        log = BUILD / "logs" / f"{name}.log"
        if said := [line for line in log.read_text().splitlines() if _WARNING.search(line)]:
            raise BuildError(f"{name}: " + "\n".join(said))

    sources = ("Makefile", "Kbuild", "include", "mcapi", "mailbox", "tests/rproc")
    parts = (_DRIVER / source for source in sources)
    return Step(name, output, (root, *parts, *make, Path(__file__)), work)


def check_sources() -> list[str]:
    """What the kernel's own checkers say of the sources."""
    linux.source(notify)
    scripts = linux.TREE / "scripts"
    code = sorted(
        str(file.relative_to(_DRIVER))
        for folder in ("mcapi", "mailbox", "tools", "include", "tests/kunit", "tests/rproc")
        for file in (_DRIVER / folder).rglob("*.[ch]")
        if file.name not in _SHARED
    )
    # The macros of tracepoints are written in a way of their own.
    traces = [file for file in code if file.startswith("include/trace")]
    checkpatch = (str(scripts / "checkpatch.pl"), "--terse", "-f")
    return [
        *_said(*checkpatch, *(file for file in code if file not in traces)),
        *_said(*checkpatch, "--ignore", "OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT", *traces),
        *_said(str(scripts / "kernel-doc"), "-none", "-Werror", *code),
    ]


def _said(*command: str) -> list[str]:
    done = subprocess.run(command, cwd=_DRIVER, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return lines or ([f"{command[0]} failed"] if done.returncode else [])


def main() -> int:
    wrong = 0
    try:
        for line in check_sources():
            print(line)
            wrong += 1
    except (BuildError, DebianError) as error:
        print(error)
        wrong += 1
    for release in RELEASES:
        try:
            root, versions = release.unpack(notify)
        except (BuildError, DebianError) as error:
            print(error)
            wrong += 1
            continue
        for architecture in release.architectures:
            version = versions[architecture.name]
            try:
                build(release, root, architecture, version).run(notify)
                print(f"{version}: no warning")
            except BuildError as error:
                print(error)
                wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
