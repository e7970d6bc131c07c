# SPDX-License-Identifier: BSD-3-Clause
"""BitBake, run by kas: where its repositories can be had, and not by root.

The environment is that of kas (KAS_PREMIRRORS, KAS_CLONE_DEPTH, ...), but each
series has its own directories below MCAPI_LAYER_DIR, build/layer if not set:
<series>/src, and <series>/build with conf/site.conf for settings of this machine.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

import pytest
from layer_metadata import ROOT

# Long enough for shallow clones, short enough for a network that swallows packets.
CHECKOUT_SECONDS = 600

# What BitBake says by the way where its build host has no network: uninative, which OE-Core
# has every distribution inherit, then stays off for the build (uninative.bbclass). It lets
# hosts share native binaries, and has no part in what a recipe of ours is.
NO_UNINATIVE = re.compile(
    r"WARNING: (Disabling uninative as unable to fetch uninative tarball: "
    r"Network access disabled through BB_NO_NETWORK .*"
    r"|To build your own uninative loader, please bitbake uninative-tarball .*)"
)

# What BitBake says of overlays that ask servers, when it is the machine that lacks something;
# 5.0 then goes on without.
ASK_SERVERS = ("kas/opt/sbom.yml", "kas/opt/sstate-mirror.yml")
NOT_HERE = {
    "Network access disabled through BB_NO_NETWORK": (
        "looks things up in the network, which BB_NO_NETWORK forbids"
    ),
    "No module named 'websockets'": "speaks to a server by Python's websockets: install that",
    "BB_HASHSERVE_UPSTREAM is not valid": "asks a server that the network does not reach",
}


def series_of(kas: str) -> str:
    return "5.0" if "kas/yocto-5.0.yml" in kas else "6.0"


def environment(kas: str) -> dict[str, str]:
    top = Path(os.environ.get("MCAPI_LAYER_DIR", ROOT / "build/layer")).resolve() / series_of(kas)
    variables = {"KAS_CLONE_DEPTH": "1", **os.environ}
    for variable, name in (("KAS_WORK_DIR", "src"), ("KAS_BUILD_DIR", "build")):
        (top / name).mkdir(parents=True, exist_ok=True)
        variables[variable] = str(top / name)
    return variables


@functools.cache
def why_not(kas: str) -> str | None:
    """Why BitBake cannot be run on these kas files; nothing if it can."""
    if os.geteuid() == 0:
        return "BitBake refuses to run as root: run this as another user"
    if kas != "kas.yml" and (reason := why_not("kas.yml")):
        return reason
    try:
        run = subprocess.run(
            ["kas", "checkout", kas],
            cwd=ROOT,
            env={**environment(kas), "GIT_TERMINAL_PROMPT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=CHECKOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"the repositories of {kas} do not answer within {CHECKOUT_SECONDS} s"
    if run.returncode == 0:
        return None
    fault = re.search(r"^fatal: .*$", run.stdout, re.MULTILINE)
    return f"the repositories of {kas} cannot be had: {fault.group() if fault else run.stdout}"


def need(kas: str, *, long: bool = False) -> None:
    """Skip, with one reason for all that cannot run here."""
    if reason := why_not(kas):
        pytest.skip(reason)
    if long and os.environ.get("MCAPI_LAYER_CHECK") != "1":
        pytest.skip("takes minutes to an hour: make layer-check")


def shell(kas: str, command: str) -> str:
    """Run a command in the build environment of kas files; fail with what it wrote."""
    run = subprocess.run(
        ["kas", "--log-level", "warning", "shell", kas, "-c", command],
        cwd=ROOT,
        env=environment(kas),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if any(overlay in kas for overlay in ASK_SERVERS):
        said = NO_UNINATIVE.sub("", run.stdout)
        for words, reason in NOT_HERE.items():
            if words in said:
                pytest.skip(f"{kas} {reason}")
    assert run.returncode == 0, run.stdout
    return run.stdout


def values(output: str, *names: str) -> dict[str, str]:
    """What variables have in the end, in what bitbake -e wrote."""
    pattern = re.compile(rf'^({"|".join(names)})="(.*)"$', re.MULTILINE)
    return dict(pattern.findall(output))


def complaints(output: str) -> list[str]:
    """What BitBake does not like, but for layers of which a mask leaves nothing."""
    lines = re.findall(r"^(?:WARNING:|ERROR:|NOTE: .* skipped).*$", output, re.MULTILINE)
    return [
        line for line in lines if "No bb files in" not in line and not NO_UNINATIVE.fullmatch(line)
    ]
