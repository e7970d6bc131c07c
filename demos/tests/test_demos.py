# SPDX-License-Identifier: BSD-3-Clause
"""Each echo against each ping."""

import json
import signal
import subprocess

import pytest
from programs import Echo, Run, command, ping

LANGUAGES = ["C", "Python"]
AUTO = [0, *(1 << shift for shift in range(25))]
ROUNDS = 4

both = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize("echo_language", LANGUAGES)
@pytest.mark.parametrize("ping_language", LANGUAGES)
def test_all_sizes_come_back(echo: Echo, echo_language: str, ping_language: str) -> None:
    echo(echo_language)
    done = ping(ping_language, "--count", "50", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    samples = report.pop("rtt_us")
    assert len(samples) == 50
    assert all(sample > 0 for sample in samples)
    assert report.pop("seconds") > 0
    assert report.pop("doorbells") >= 0
    assert report.pop("sleeps") >= 0
    assert report == {
        "language": ping_language,
        "peer": "2:1:1",
        "sizes": AUTO,
        "max_size": 16 << 20,
        "count": 50,
        "messages": len(AUTO) * ROUNDS + 50,
        "bytes": sum(AUTO) * ROUNDS + 50 * 8,
        "errors": 0,
    }


def test_reports_have_the_same_keys_in_the_same_order(echo: Echo) -> None:
    echo("C")
    reports = [json.loads(ping(language, "--json").stdout) for language in LANGUAGES]
    assert [*reports[0]] == [*reports[1]]


@both
def test_ping_stops_at_what_the_link_takes(echo: Echo, language: str) -> None:
    echo("C")
    done = ping(language, "--sizes", "3,1000,16777217,5", "--count", "0", "--json")
    report = json.loads(done.stdout)
    assert (report["sizes"], report["max_size"], report["rtt_us"]) == ([3, 1000], 1000, [])


@both
def test_ping_is_readable(echo: Echo, language: str) -> None:
    echo("C")
    done = ping(language, "--sizes", "1,2", "--count", "10")
    lines = done.stdout.splitlines()
    assert lines[0] == "2:1:1 answered 18 messages, 2 sizes up to 2 bytes, 0 wrong"
    assert lines[1].startswith("round trip: min ")
    assert lines[2].startswith("92 bytes in ")


@both
def test_echo_serves_one_client_after_another(echo: Echo, language: str) -> None:
    process = echo(language, "--count", "12")
    for _ in range(3):
        assert ping(language, "--sizes", "1", "--count", "0").returncode == 0
    assert process.wait(timeout=10) == 0


@both
def test_echo_survives_a_client_that_dies(echo: Echo, python: Run, language: str) -> None:
    echo(language)
    # It takes no answers, so that the echo soon waits for room at it.
    client = python(
        "import demo, mcapi\n"
        "with mcapi.Node(domain=1, node=2) as node:\n"
        "    here = node.endpoint(port=1)\n"
        "    there = node.find(domain=2, node=1, port=1)\n"
        "    here.send(there, demo.hello(1, 2, 1))\n"
        "    for _ in range(20):\n"
        "        here.send(there, b'question')\n"
        "    print('sent', flush=True)\n"
        "    while True:\n"
        "        here.send(there, b'question')\n"
    )
    assert client.stdout is not None
    assert client.stdout.readline() == "sent\n"
    client.kill()
    client.wait()
    assert ping("C", "--sizes", "1,16777216", "--count", "10").returncode == 0


@both
def test_ping_without_an_echo_ends_in_time(language: str) -> None:
    done = ping(language, "--timeout", "0.05")
    assert done.returncode == 1
    assert done.stderr.startswith("mcapi-ping: ")
    assert "2:1" in done.stderr
    assert done.stdout == ""


@both
def test_ping_notices_a_wrong_answer(python: Run, language: str) -> None:
    python(
        "import demo, mcapi\n"
        "with mcapi.Node(domain=2, node=1) as node:\n"
        "    here = node.endpoint(port=1)\n"
        "    hello = here.recv()\n"
        "    domain, number, port = demo.read_hello(hello)\n"
        "    there = node.find(domain=domain, node=number, port=port)\n"
        "    here.send(there, hello)\n"
        "    while True:\n"
        "        message = bytearray(here.recv())\n"
        "        message[-1] ^= len(message) == 100\n"
        "        here.send(there, message)\n"
    )
    done = ping(language, "--sizes", "99,100,101", "--count", "0", "--json")
    assert json.loads(done.stdout)["errors"] == ROUNDS
    assert done.returncode == 1


@both
@pytest.mark.parametrize(
    "options",
    [
        ["--sizes", "1,x"],
        ["--sizes", ""],
        ["--peer", "2"],
        ["--peer", "2:1:1:1"],
        ["--timeout", "-1"],
        ["--count", "many"],
        ["--nonsense"],
        ["extra"],
    ],
    ids=" ".join,
)
def test_wrong_options_are_refused(language: str, options: list[str]) -> None:
    done = ping(language, *options)
    assert done.returncode == 2
    assert done.stderr


@both
@pytest.mark.parametrize("name", ["mcapi-echo", "mcapi-ping"])
def test_needed_options_are_named(language: str, name: str) -> None:
    done = subprocess.run(command(language, name), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--domain" in done.stderr


def test_ctrl_c_ends_the_python_echo(echo: Echo) -> None:
    process = echo("Python")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
