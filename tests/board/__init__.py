# SPDX-License-Identifier: BSD-3-Clause
"""Tests that run on boards."""
