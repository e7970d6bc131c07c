# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the lab's own code; they start no emulator."""
