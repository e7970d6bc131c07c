#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tests that need no board: library, driver logic, Python package, demos, host peers.
# Called by `make check-host`, which has built the host's parts.
set -eu

cd "$(dirname "$0")/.."
build=$PWD/build/check

# $1: name of the build; the rest: options of meson
library() {
    name=$1
    shift
    [ -d "$build/$name" ] ||
        meson setup --buildtype debug -Dwerror=true -Dtests=enabled "$@" "$build/$name" libmcapi
    meson test -C "$build/$name" --print-errorlogs
}

# The first run also writes down which status each function gave.
rm -f "$build/conformance.txt"
MCAPI_CONFORMANCE=$build/conformance.txt
export MCAPI_CONFORMANCE
library libmcapi -Dtools=enabled
unset MCAPI_CONFORMANCE
python libmcapi/conformance/report.py --check --local "$build/conformance.txt"
# Some of them: the others take minutes, and say the same under the sanitizers.
meson test -C "$build/libmcapi" --setup valgrind --print-errorlogs \
    node notinit endpoint attribute get connect chanstatus request zerocopy liar hostile flow watch
library libmcapi-sanitized -Db_sanitize=address,undefined -Db_lundef=false
library libmcapi-threads -Db_sanitize=thread -Db_lundef=false

make -C driver check BUILD="$build/driver"

stage=$PWD/build/stage
architecture=$(dpkg --print-architecture)
export LD_LIBRARY_PATH="$stage/libmcapi/$architecture/usr/lib"
export PYTHONPATH="$PWD:$stage/python/$architecture/usr/lib/python3/dist-packages"
export PATH="$stage/demos/$architecture/usr/bin:$PATH"
python -m pytest -q -ra --timeout 120 python/tests demos/tests tests/host
