# SPDX-License-Identifier: BSD-3-Clause
"""Kernels that watch the driver: built from Debian's source, run in an emulator.

python -m lab.testkernel lockdep|kasan|kcsan... boots each, runs KUnit and the driver's
other tests, and fails if a test does or if the kernel complains of anything.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from lab import archive, debian, linux
from lab.__main__ import notify
from lab.debian import AMD64, DebianError
from lab.linux import TREE
from lab.paths import BUILD, CACHE, ROOT
from lab.steps import BuildError, Run, Step

VARIANTS = ("lockdep", "kasan", "kcsan")
# What watches makes a kernel slow, some by a factor of ten: it may take long, not stand still.
STANDSTILL = 300.0

_MORE = {"kasan": ("slim",), "kcsan": ("slim",)}

_OPTION = re.compile(r"(?:# )?(CONFIG_\w+).*")

_THIS = Path(__file__)
_DRIVER = ROOT / "driver"
_CONFIGS = _DRIVER / "tests/kernel"
_KERNELS = CACHE / "testkernel"
_COMPILER_32 = "gcc -m32 -idirafter /usr/include/x86_64-linux-gnu"

# What a kernel says when something is wrong.
_COMPLAINT = re.compile(
    r"WARNING:|BUG:|UBSAN:|\bOops\b|suspicious RCU|unreferenced object|possible recursive|"
    r"possible circular|inconsistent lock|invalid context|Kernel panic|blocked for more than|"
    # after these lockdep says nothing more
    r"non-static key|turning off the locking correctness validator"
)
_FAILED = re.compile(r"(\[[ .\d]+\])?\s*not ok\b")
_RESULT = re.compile(rb"\bok \d+ ")
# A race between other parts of the kernel than ours is not what is looked for.
_RACE = re.compile(r"BUG: KCSAN: ")
_OURS = re.compile(r"\[(mcapi|mailbox_loopback|\w+_kunit)\]")
_SUITES = ("mcapi-channel", "mcapi-doorbell", "mcapi-link", "mcapi-logic")


def kernel(variant: str, source: str) -> Step:
    """A kernel with its modules' build folder; tinyconfig and some fragments."""
    output = _KERNELS / variant
    names = ("base", *_MORE.get(variant, ()), variant)
    fragments = tuple(_CONFIGS / f"{name}.config" for name in names)
    make = ("make", "-s", "-C", TREE, f"O={output}")

    def build(run: Run) -> None:
        run(*make, "tinyconfig")
        merge = TREE / "scripts/kconfig/merge_config.sh"
        run(merge, "-m", "-O", output, output / ".config", *fragments, directory=TREE)
        run(*make, "olddefconfig")
        # of two fragments the later one is right
        lines = [line for file in fragments for line in file.read_text().splitlines()]
        wanted = {match[1]: match[0] for line in lines if (match := _OPTION.match(line))}
        got = set((output / ".config").read_text().splitlines())
        if lost := sorted(line for line in wanted.values() if line[0] != "#" and line not in got):
            raise BuildError(f"testkernel-{variant}: not in the configuration: {', '.join(lost)}")
        run(*make, f"-j{os.cpu_count()}", "bzImage", "modules")

    return Step(f"testkernel-{variant}", output, (source, *fragments), build)


def initrd(variant: str, kernel_hash: str, busybox: Path) -> Step:
    """The driver for this kernel, its tests and what runs them."""
    output = BUILD / "initrd" / variant
    folder = BUILD / "driver" / variant
    make = ("make", "-C", str(_DRIVER), f"BUILD={folder}", f"KERNEL_SRC={_KERNELS / variant}")

    def assemble(run: Run) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        run(*make, "MCAPI_KUNIT=m", "modules", "uapi-test", f"CC32={_COMPILER_32}")
        root = archive.Root()
        root.add_deb(busybox, keep=lambda path: path.endswith("/busybox"))
        for name in ("dev", "proc", "sys"):
            root.add_folder(name)
        root.add_device("dev/console", 5, 1)
        root.add_file("init", (_CONFIGS / "init").read_bytes(), 0o755)
        modules = [*folder.glob("*.ko"), *folder.glob("tests/kunit/*.ko")]
        programs = [folder / "uapi_test", folder / "uapi_test32", _DRIVER / "tests/loopback.sh"]
        for file in (*modules, *programs):
            root.add_file(f"tests/{file.name}", file.read_bytes(), 0o755)
        root.write(output / "initrd")

    inputs = (kernel_hash, busybox.name, _DRIVER, *make, _THIS)
    return Step(f"testkernel-initrd-{variant}", output, inputs, assemble)


def run(variant: str) -> list[str]:
    """Boot, and return what is wrong."""
    log = BUILD / "logs" / f"testkernel-{variant}-console.log"
    command = (
        *("qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "max"),
        # by sockets, which are all that the firmware tells of without ACPI
        *("-smp", "2,sockets=2", "-m", "1024", "-nographic", "-nodefaults", "-no-reboot"),
        *("-serial", "stdio", "-kernel", str(_KERNELS / variant / "arch/x86/boot/bzImage")),
        *("-initrd", str(BUILD / "initrd" / variant / "initrd")),
        *("-append", f"{_clock()} console=ttyS0 panic=-1 rdinit=/init"),
    )
    ended = _boot(command, log)
    wrong = judge(log.read_text(errors="replace")) + ended
    return [*wrong, f"its console is in {log}"] if wrong else []


def _clock() -> str:
    """The guest's time stamp counter is this machine's: tell it how fast that runs."""
    program = BUILD / "driver/ticks"
    subprocess.run(["gcc", "-O2", "-o", program, _CONFIGS / "ticks.c"], check=True)
    ticks = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return f"tsc=reliable tsc_early_khz={ticks.strip()}"


def _boot(command: tuple[str, ...], log: Path) -> list[str]:
    """Run the emulator until the kernel ends, and say so if it does not."""
    results = -1
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file)
        try:
            while process.poll() is None:
                before, results = results, len(_RESULT.findall(log.read_bytes()))
                if results == before:
                    return [f"no test has ended for {STANDSTILL:.0f} s"]
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STANDSTILL)
        finally:
            process.kill()
            process.wait()
    return [f"{command[0]} ended with {process.returncode}"] if process.returncode else []


def judge(console: str) -> list[str]:
    """What a console shows that it should not, or lacks."""
    lines = [line.strip() for line in console.splitlines()]
    wrong = [line for line in lines if _is_complaint(line) or _FAILED.match(line)]
    wrong += [f"{suite} did not pass" for suite in _SUITES if not _passed(suite, lines)]
    return wrong if "verdict: 0" in lines else [*wrong, "it gave no good verdict"]


def _is_complaint(line: str) -> bool:
    return bool(_COMPLAINT.search(line)) and not (_RACE.search(line) and not _OURS.search(line))


def _passed(suite: str, lines: list[str]) -> bool:
    return any(re.search(rf"\bok \d+ {suite}$", line) for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.testkernel", description=__doc__)
    parser.add_argument("--if-built", action="store_true", help="skip a kernel that is not")
    parser.add_argument("variant", nargs="+", choices=VARIANTS)
    arguments = parser.parse_args()
    failed = False
    for variant in arguments.variant:
        if arguments.if_built and not kernel(variant, linux.package()).is_fresh():
            print(f"SKIPPED {variant}: its kernel is not built; `make kunit` builds it")
            continue
        try:
            kernel_hash = kernel(variant, linux.source(notify)).run(notify)
            busybox = next(
                deb for deb in debian.packages(AMD64, notify).root if "busybox" in deb.name
            )
            initrd(variant, kernel_hash, busybox).run(notify)
            started = time.monotonic()
            wrong = run(variant)
            notify(f"tests-{variant}", time.monotonic() - started)
        except (BuildError, DebianError) as error:
            wrong = [str(error)]
        for line in wrong:
            print(f"{variant}: {line}")
        print(f"{variant}: {'failed' if wrong else 'all tests passed, no complaint'}")
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
