#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Send every message back to the client that said hello last."""

import argparse
import contextlib
import sys

import demo
import mcapi

CLIENT_TIMEOUT = 1.0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mcapi-echo", description=__doc__)
    parser.add_argument("--domain", type=int, required=True)
    parser.add_argument("--node", type=int, required=True)
    parser.add_argument("--port", type=int, default=1)
    parser.add_argument("--count", type=int, default=0, help="answers to give, 0: no end")
    return parser.parse_args()


def find_client(node: mcapi.Node, hello: tuple[int, int, int]) -> mcapi.RemoteEndpoint | None:
    domain, number, port = hello
    with contextlib.suppress(mcapi.Timeout, mcapi.ArgumentError):
        return node.find(domain=domain, node=number, port=port, timeout=CLIENT_TIMEOUT)
    return None  # it said hello and went


def serve(node: mcapi.Node, here: mcapi.Endpoint, count: int) -> None:
    client: mcapi.RemoteEndpoint | None = None
    answered = 0
    while not count or answered < count:
        message = here.recv()
        hello = demo.read_hello(message)
        if hello:
            client = find_client(node, hello)
        if client is None:
            continue
        try:
            here.send(client, message)
        except mcapi.TransmissionError:
            client = None  # it died; another one may come
            continue
        answered += hello is None


def main() -> int:
    given = options()
    try:
        with mcapi.Node(domain=given.domain, node=given.node) as node:
            here = node.endpoint(port=given.port)
            print(f"ready {here.domain}:{here.node}:{here.port}", flush=True)
            serve(node, here, given.count)
    except mcapi.Error as error:
        print(f"mcapi-echo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
