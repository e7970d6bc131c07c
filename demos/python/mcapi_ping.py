#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Exchange messages with mcapi-echo, check every answer, measure.

Goes through the sizes up to what the link takes, then makes C round trips of
SMALL bytes.
"""

import json
import sys
import time

import demo
import mcapi
from ping_options import Options, options
from ping_report import Report

ROUNDS = 4  # of each size
SMALL = 8


class Ping:
    """An exchange with one echo."""

    def __init__(self, node: mcapi.Node, given: Options) -> None:
        domain, number, port = given.peer
        self.here = node.endpoint(port=1)
        self.there = node.find(domain=domain, node=number, port=port, timeout=given.timeout)
        self.timeout = given.timeout
        self.exchange(demo.hello(self.here.domain, self.here.node, self.here.port))

    def exchange(self, payload: bytes) -> bool:
        """Send, wait for the answer, say whether it is the same."""
        self.here.send(self.there, payload)
        return self.here.recv(self.timeout) == payload

    def through(self, sizes: list[int], report: Report) -> None:
        for size in sizes:
            for turn in range(ROUNDS):
                payload = demo.pattern(size, turn)
                try:
                    report.count(size, self.exchange(payload))
                except mcapi.ArgumentError as error:
                    if error.status is mcapi.Status.ERR_MSG_SIZE:
                        return  # more than this link takes
                    raise
            report.sizes.append(size)

    def often(self, count: int, report: Report) -> None:
        for turn in range(count):
            payload = demo.pattern(SMALL, turn)
            begin = time.perf_counter()
            same = self.exchange(payload)
            report.rtt_us.append((time.perf_counter() - begin) * 1e6)
            report.count(SMALL, same)


def run(given: Options) -> Report:
    report = Report(given.peer)
    with mcapi.Node(domain=given.domain, node=given.node) as node:
        ping = Ping(node, given)
        with report.of(node):
            ping.through(given.sizes, report)
            ping.often(given.count, report)
    return report


def main() -> int:
    given = options("mcapi-ping", __doc__)
    try:
        report = run(given)
    except mcapi.Error as error:
        print(f"mcapi-ping: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(json.dumps(report.as_json()) if given.json else report.as_text())
    return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main())
