# SPDX-License-Identifier: BSD-3-Clause
"""The root of a board, put together in memory and written as an initramfs.

Nothing is unpacked on disk, so the files can belong to root without anybody
being root, and the same inputs give the same image to the byte.
"""

from __future__ import annotations

import gzip
import importlib.util
import marshal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab import debian

# Debian's packages still ship files in /lib and /bin; on a system these are
# links into /usr.
_MERGED = ("bin", "sbin", "lib", "lib64")


@dataclass(frozen=True)
class _Entry:
    mode: int
    data: bytes
    device: tuple[int, int] = (0, 0)


class Root:
    """Files, folders, links and devices by path."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        for name in _MERGED:
            self.add_link(name, f"usr/{name}")

    def add_file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self._add(path, _Entry(stat.S_IFREG | mode, data))

    def add_link(self, path: str, target: str) -> None:
        self._add(path, _Entry(stat.S_IFLNK | 0o777, target.encode()))

    def add_folder(self, path: str, mode: int = 0o755) -> None:
        self._add(path, _Entry(stat.S_IFDIR | mode, b""))

    def add_device(self, path: str, major: int, minor: int, mode: int = 0o600) -> None:
        self._add(path, _Entry(stat.S_IFCHR | mode, b"", (major, minor)))

    def add_deb(self, deb: Path, keep: Callable[[str], bool]) -> None:
        """Take the files of a package for which keep(path) is true."""
        with debian.contents(deb) as tar:
            for member in tar:
                path = _merged(member.name.removeprefix("./"))
                if member.issym() and keep(path):
                    self.add_link(path, member.linkname)
                elif member.isfile() and keep(path):
                    stream = tar.extractfile(member)
                    assert stream
                    self.add_file(path, stream.read(), member.mode)

    def add_tree(self, directory: Path, at: str) -> None:
        """Take all files below a directory of this machine."""
        for source in sorted(directory.rglob("*")):
            path = f"{at}/{source.relative_to(directory)}"
            if source.is_symlink():
                self.add_link(path, str(source.readlink()))
            elif source.is_file():
                executable = bool(source.stat().st_mode & stat.S_IXUSR)
                self.add_file(path, source.read_bytes(), 0o755 if executable else 0o644)

    def compile_python(self) -> None:
        """Add the byte code of each Python source, so that the board need not compile it."""
        for path, entry in list(self._entries.items()):
            if path.endswith(".py") and stat.S_ISREG(entry.mode):
                folder, _, name = path.rpartition("/")
                # Not cache_from_source(): it heeds where this machine keeps its own.
                cached = f"{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
                self.add_file(f"{folder}/__pycache__/{cached}", _byte_code(entry.data, f"/{path}"))

    def write(self, image: Path) -> None:
        """Write the root as a compressed cpio archive."""
        with image.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as out:
            for inode, (path, entry) in enumerate(sorted(self._entries.items()), 1):
                out.write(_cpio_entry(inode, path, entry))
            out.write(_cpio_entry(0, "TRAILER!!!", _Entry(0, b"")))

    def _add(self, path: str, entry: _Entry) -> None:
        path = _merged(path.lstrip("/"))
        folder = path.rpartition("/")[0]
        if folder and folder not in self._entries:
            self.add_folder(folder)
        self._entries[path] = entry


def _merged(path: str) -> str:
    first, _, rest = path.partition("/")
    return f"usr/{path}" if first in _MERGED and rest else path


def _byte_code(source: bytes, path: str) -> bytes:
    # Flag 1: identified by a hash that is not checked when loaded (PEP 552).
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")
    code = compile(source, path, "exec", dont_inherit=True)
    return header + importlib.util.source_hash(source) + marshal.dumps(code)


def _cpio_entry(inode: int, path: str, entry: _Entry) -> bytes:
    """One entry in the "newc" format: 13 hexadecimal fields, name and data padded to 4 bytes."""
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    fields = (inode, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, *entry.device, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % value for value in fields) + name
    return _padded(head) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
