# SPDX-License-Identifier: BSD-3-Clause
"""labgrid strategies of the lab; importing this package registers them."""

from lab.strategies.board import BoardStrategy, Status

__all__ = ["BoardStrategy", "Status"]
