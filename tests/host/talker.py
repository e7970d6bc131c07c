# SPDX-License-Identifier: BSD-3-Clause
"""A host peer that echoes, run by test_host_peers.py: talker.py DOMAIN PEER.

PEER is the domain and the port that it talks to.

It says "ready", then "found" and "lost STATUS" as its peer comes and goes.
"""

from __future__ import annotations

import sys

import mcapi

domain, peer, port = (int(word) for word in (sys.argv[1], *sys.argv[2].split(":")))
with mcapi.Node(domain=domain, node=1) as node:
    here = node.endpoint(port=1)
    print("ready", flush=True)
    while True:
        there = node.find(domain=peer, node=1, port=port, timeout=None)
        print("found", flush=True)
        try:
            while True:
                here.send(there, here.recv())
        except mcapi.Error as error:
            print("lost", error.status.name, flush=True)
