#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Fuzzes the library: check.sh DIRECTORY [SECONDS] builds and keeps what it finds there.
set -eu

fuzz=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/corpus"
build=$(cd "$1" && pwd)
seconds=${2:-30}

[ -f "$build/meson/build.ninja" ] ||
    CC=clang-14 meson setup --buildtype debugoptimized -Dfuzz=enabled -Dtests=disabled \
        -Dman=disabled -Dcheck-stores=enabled -Db_lundef=false "$build/meson" "$fuzz/.." \
        >"$build/meson.log"
meson compile -C "$build/meson" >"$build/build.log" || {
    cat "$build/build.log"
    exit 1
}

MCAPI_LOCAL_DIR=$(mktemp -d /dev/shm/mcapi-fuzz-XXXXXX)
export MCAPI_LOCAL_DIR
trap 'rm -rf "$MCAPI_LOCAL_DIR"' EXIT INT TERM
cd "$build"
"$build/meson/fuzz/fuzz_window" -max_total_time="$seconds" -timeout=20 -max_len=600 \
    -len_control=0 -print_final_stats=1 "$build/corpus" "$fuzz/corpus" >"$build/fuzz.log" 2>&1 || {
    cat "$build/fuzz.log"
    echo "fuzz: failed; the input is in $build" >&2
    exit 1
}
grep -E '^Done|cov:' "$build/fuzz.log" | tail -2
