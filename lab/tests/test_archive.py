# SPDX-License-Identifier: BSD-3-Clause
"""The initramfs is read back by cpio as it was put together, and belongs to root."""

from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from lab.archive import Root


def listing(image: Path) -> dict[str, str]:
    """Mode, owner and device of each entry, as cpio sees them."""
    shown = subprocess.run(
        ["cpio", "--list", "--verbose", "--numeric-uid-gid", "--quiet"],
        input=gzip.decompress(image.read_bytes()),
        capture_output=True,
        check=True,
    ).stdout.decode()
    entries = {}
    for line in shown.splitlines():
        mode, _, owner, group, *rest = line.split()
        name = rest[rest.index("->") - 1] if "->" in rest else rest[-1]
        entries[name] = f"{mode} {owner}:{group}"
    return entries


@pytest.fixture
def root() -> Root:
    root = Root()
    root.add_file("init", b"#!/bin/sh\n", 0o755)
    root.add_file("/lib/deep/er/file", b"odd")
    root.add_link("usr/bin/sh", "busybox")
    root.add_folder("tmp", 0o1777)
    root.add_device("dev/console", 5, 1)
    return root


def test_cpio_reads_it(root: Root, tmp_path: Path) -> None:
    root.write(tmp_path / "image")
    assert listing(tmp_path / "image") == {
        "bin": "lrwxrwxrwx 0:0",
        "dev": "drwxr-xr-x 0:0",
        "dev/console": "crw------- 0:0",
        "init": "-rwxr-xr-x 0:0",
        "lib": "lrwxrwxrwx 0:0",
        "lib64": "lrwxrwxrwx 0:0",
        "sbin": "lrwxrwxrwx 0:0",
        "tmp": "drwxrwxrwt 0:0",
        "usr": "drwxr-xr-x 0:0",
        "usr/bin": "drwxr-xr-x 0:0",
        "usr/bin/sh": "lrwxrwxrwx 0:0",
        "usr/lib": "drwxr-xr-x 0:0",
        "usr/lib/deep": "drwxr-xr-x 0:0",
        "usr/lib/deep/er": "drwxr-xr-x 0:0",
        "usr/lib/deep/er/file": "-rw-r--r-- 0:0",
    }


def test_same_inputs_give_the_same_bytes(root: Root, tmp_path: Path) -> None:
    root.write(tmp_path / "one")
    root.write(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_byte_code_is_taken_without_a_look_at_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root()
    root.add_file("usr/lib/python3/answer.py", b"value = 42\n")
    monkeypatch.setattr(sys, "pycache_prefix", "/somewhere/else")
    root.compile_python()
    root.write(tmp_path / "image")
    subprocess.run(
        ["cpio", "--extract", "--make-directories", "--quiet"],
        input=gzip.decompress((tmp_path / "image").read_bytes()),
        cwd=tmp_path,
        check=True,
    )
    source = tmp_path / "usr/lib/python3/answer.py"
    source.write_text("value = 0\n")
    monkeypatch.setattr(sys, "pycache_prefix", None)
    spec = importlib.util.spec_from_file_location("answer", source)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.value == 42
