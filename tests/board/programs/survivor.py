# SPDX-License-Identifier: BSD-3-Clause
"""Sends to a peer without end, and finds it again whenever it has died.

    survivor.py DOMAIN PEER-DOMAIN:PEER-NODE

A thread waits at port 2 all the while: its receive names no sender, so it must
outlive every peer. Prints found, sending, lost (with the time that the last send
took) and received.
"""

import sys
import threading
import time

import mcapi

NODE = 5


def say(*words: object) -> None:
    print(*words, flush=True)


def receive(inbox: mcapi.Endpoint) -> None:
    while True:
        say("received", inbox.recv().decode())


def send_until_lost(here: mcapi.Endpoint, there: mcapi.RemoteEndpoint) -> None:
    sent = 0
    while True:
        begin = time.monotonic()
        try:
            here.send(there, bytes(64))
        except mcapi.TransmissionError:
            say(f"lost after {time.monotonic() - begin:.3f} s")
            return
        sent += 1
        if sent == 10:
            say("sending")


def main(domain: str, peer: str) -> None:
    peer_domain, peer_node = map(int, peer.split(":"))
    with mcapi.Node(domain=int(domain), node=NODE) as node:
        inbox = node.endpoint(port=2)
        threading.Thread(target=receive, args=[inbox], daemon=True).start()
        here = node.endpoint(port=1)
        while True:
            there = node.find(domain=peer_domain, node=peer_node, port=1)
            say("found")
            send_until_lost(here, there)


if __name__ == "__main__":
    main(*sys.argv[1:])
