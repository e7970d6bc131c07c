#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh BUILD - validate the bindings, their examples and the fixtures
#
# good/ must pass without a word. Each file of bad/ breaks one rule, and its line
# "// expect: REGEX" says with which complaint it must fail.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../Documentation/devicetree/bindings/mailbox
build=${1:?usage: check.sh BUILD}
schema=$build/schema.json
failures=0

for tool in dtc dt-doc-validate dt-mk-schema dt-extract-example dt-validate; do
	if ! command -v "$tool" >/dev/null; then
		echo "check.sh: $tool is missing: install device-tree-compiler, and dtschema from PyPI" >&2
		exit 1
	fi
done

fail() {
	failures=$((failures + 1))
	printf 'not ok - %s\n' "$1"
	sed 's/^/#   /' "$2"
}

# Prints what is wrong with a tree, nothing if it is right.
validate() {
	dtc -q -I dts -O dtb -i "$here" -o "$build/tree.dtb" "$1" 2>&1 || echo "dtc failed"
	dt-validate -s "$schema" "$build/tree.dtb" 2>&1 || true
}

mkdir -p "$build"
for binding in "$bindings"/*.yaml; do
	name=$(basename "$binding")
	if ! dt-doc-validate "$binding" >"$build/said" 2>&1 || [ -s "$build/said" ]; then
		fail "$name is a schema" "$build/said"
	else
		echo "ok - $name is a schema"
	fi
done

dt-mk-schema -j "$bindings" >"$schema"

for binding in "$bindings"/*.yaml; do
	name=$(basename "$binding")
	dt-extract-example "$binding" >"$build/example.dts"
	validate "$build/example.dts" >"$build/said"
	if [ -s "$build/said" ]; then
		fail "example of $name" "$build/said"
	else
		echo "ok - example of $name"
	fi
done

for tree in "$here"/good/*.dts; do
	validate "$tree" >"$build/said"
	if [ -s "$build/said" ]; then
		fail "good/$(basename "$tree") passes" "$build/said"
	else
		echo "ok - good/$(basename "$tree") passes"
	fi
done

for tree in "$here"/bad/*.dts; do
	validate "$tree" >"$build/said"
	expected=$(sed -n 's|^// expect: ||p' "$tree")
	if [ -n "$expected" ] && grep -Eq "$expected" "$build/said"; then
		echo "ok - bad/$(basename "$tree") is refused"
	else
		fail "bad/$(basename "$tree") is refused with: $expected" "$build/said"
	fi
done

[ "$failures" -eq 0 ]
