# SPDX-License-Identifier: MIT
"""pytest --automake: a line for each test as packages of tests give it, and no more of it."""

from __future__ import annotations

import pytest

WORDS = {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--automake", action="store_true", help="PASS, FAIL or SKIP: name")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("automake"):
        config.pluginmanager.register(Lines(config))


class Lines:
    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # Set-up and end of a test are told of if they are what went wrong.
        if report.when == "call" or not report.passed:
            line = f"{WORDS[report.outcome]}: {report.nodeid}"
            self._plugins.getplugin("terminalreporter").write_line(f"\n{line}")
