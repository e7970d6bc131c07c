# SPDX-License-Identifier: BSD-3-Clause
"""Counters of a node."""

from typing import NamedTuple


class Stats(NamedTuple):
    """Counters of a node since it was opened."""

    links: int
    """links that the node is attached to, the local one included"""
    sent: int
    """messages handed to a peer"""
    received: int
    """messages delivered to the program"""
    doorbells: int
    """times that a sleeping peer was rung, one system call each"""
    sleeps: int
    """times that a call of this node slept"""
    faults: int
    """peers cut off because they broke the wire format"""
