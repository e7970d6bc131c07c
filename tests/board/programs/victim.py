# SPDX-License-Identifier: BSD-3-Clause
"""Is sent to, until it is killed.

    victim.py DOMAIN:NODE SURVIVOR-DOMAIN takes|stuck

Greets the survivor at its port 2; then takes every message, or none, so that the
sender fills what there is to fill and sleeps.
"""

import sys
import threading

import mcapi

SURVIVOR_NODE = 5


def main(own: str, survivor_domain: str, what: str) -> None:
    domain, number = map(int, own.split(":"))
    with mcapi.Node(domain=domain, node=number) as node:
        here = node.endpoint(port=1)
        inbox = node.find(domain=int(survivor_domain), node=SURVIVOR_NODE, port=2)
        node.endpoint(port=3).send(inbox, b"greetings")
        print("ready", flush=True)
        if what == "stuck":
            threading.Event().wait()
        while True:
            here.recv()


if __name__ == "__main__":
    main(*sys.argv[1:])
