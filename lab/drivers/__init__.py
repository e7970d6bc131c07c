# SPDX-License-Identifier: BSD-3-Clause
"""labgrid drivers of the lab; importing this package registers them."""

from lab.drivers.board import BoardError, EmulatedBoardDriver

__all__ = ["BoardError", "EmulatedBoardDriver"]
