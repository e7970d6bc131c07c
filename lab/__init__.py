# SPDX-License-Identifier: BSD-3-Clause
"""The lab: emulated boards, their images, and the programs that drive them."""
