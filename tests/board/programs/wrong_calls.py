# SPDX-License-Identifier: BSD-3-Clause
"""Makes wrong calls to a device, and checks with which error each is refused."""

import errno
import fcntl
import struct
import sys

MAGIC = 0xB9
INFO_SIZE = 136
INFO_FIRST_SIZE = 104
COMMANDS = {"INFO": (0, INFO_SIZE), "WINDOW": (2, 32), "NOTIFY": (3, 16), "WAIT": (4, 40)}
TCGETS = 0x5401


def number(command: int, size: int) -> int:
    """_IOWR of uapi/asm-generic/ioctl.h."""
    return 3 << 30 | size << 16 | MAGIC << 8 | command


def call(device: int, request: int, argument: bytes) -> str:
    try:
        fcntl.ioctl(device, request, bytearray(argument))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "taken"


def check(what: str, found: str, wanted: str) -> bool:
    if found != wanted:
        print(f"{what}: {found}, not {wanted}")
    return found == wanted


def main(path: str) -> int:
    right = []
    with open(path, "r+b", buffering=0) as file:
        device = file.fileno()
        info = number(0, INFO_SIZE)

        def given(size: int, flags: int = 0, tail: bytes = b"") -> bytes:
            return struct.pack("<II", size, flags).ljust(INFO_SIZE, b"\0") + tail

        right += [
            check("right size", call(device, info, given(INFO_SIZE)), "taken"),
            check("first size", call(device, info, given(INFO_FIRST_SIZE)), "taken"),
            check("size 0", call(device, info, given(0)), "EINVAL"),
            check("flags", call(device, info, given(INFO_SIZE, flags=1)), "EINVAL"),
            check("longer", call(device, info, given(INFO_SIZE + 8, tail=bytes(8))), "taken"),
            check("longer, used", call(device, info, given(INFO_SIZE + 8, tail=b"x" * 8)), "E2BIG"),
            check("larger than a page", call(device, info, given(1 << 20)), "E2BIG"),
            check("unknown", call(device, number(63, 16), bytes(16)), "ENOTTY"),
            check("a terminal's", call(device, TCGETS, bytes(64)), "ENOTTY"),
        ]
        for name, (command, size) in COMMANDS.items():
            right.append(check(f"{name}, all 0", call(device, number(command, size), bytes(size)),
                               "EINVAL"))  # fmt: skip
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
