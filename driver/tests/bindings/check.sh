#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# check.sh BUILD - validate the bindings, their examples and the fixtures
#
# good/ must pass without a word, and so must the overlays of ../../boards, each on
# what it needs of a board (boards/). With KERNEL_SOURCE=<Linux source> they are also
# laid over the trees of real boards, by all of Linux's schemas; that takes two
# minutes. Each file of bad/ breaks one rule, and its line
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

# Of a tree, each in a line. Only Linux's schemas know the types of all properties, and
# with them we are a vendor who is not registered yet.
complaints() {
	dt-validate -s "$schema" "$1" 2>&1 |
		sed -e "s|^$1: ||" -e ':join' -e '$!N; s/\n\t/ /; t join' -e 'P; D' |
		grep -Ev 'schemas/(dt-core|vendor-prefixes).yaml$' | sort
}

# $1: an overlay, $2: the tree that it is laid over, which must have symbols. Prints what
# is wrong with the result that was not wrong before.
overlay() {
	dtc -q -@ -I dts -O dtb -o "$build/overlay.dtbo" "$1" 2>&1 || echo "dtc failed"
	fdtoverlay -i "$2" -o "$build/merged.dtb" "$build/overlay.dtbo" 2>&1 ||
		echo "fdtoverlay failed"
	complaints "$2" >"$build/before"
	complaints "$build/merged.dtb" | comm -13 "$build/before" -
}

for source in "$here"/../../boards/*.dtso; do
	name=$(basename "$source" .dtso)
	dtc -q -@ -I dts -O dtb -o "$build/board.dtb" "$here/boards/$name.dts"
	overlay "$source" "$build/board.dtb" >"$build/said"
	if [ -s "$build/said" ]; then
		fail "overlay $name" "$build/said"
	else
		echo "ok - overlay $name"
	fi
done

# Each line: an overlay and a board's tree below arch/.
real_boards='
	imx8mp-m7 arm64/boot/dts/freescale/imx8mp-evk.dts
	stm32mp157-m4 arm/boot/dts/st/stm32mp157c-dk2.dts
	zynqmp-r5 arm64/boot/dts/xilinx/zynqmp-zcu102-rev1.0.dts
	am62-m4 arm64/boot/dts/ti/k3-am625-sk.dts
	am64-r5 arm64/boot/dts/ti/k3-am642-sk.dts
	rpi3-mailbox arm/boot/dts/broadcom/bcm2837-rpi-3-b.dts
'
if [ -n "${KERNEL_SOURCE-}" ]; then
	# They have a complaint or two about each other.
	dt-mk-schema -j "$bindings" "$KERNEL_SOURCE/Documentation/devicetree/bindings" \
		>"$schema" 2>"$build/said" || fail "Linux's schemas are read" "$build/said"
	echo "$real_boards" | while read -r name tree; do
		[ -n "$name" ] || continue
		file=$KERNEL_SOURCE/arch/$tree
		cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$(dirname "$file")" \
			-I "$KERNEL_SOURCE/arch/arm/boot/dts" \
			-I "$KERNEL_SOURCE/include" "$file" |
			dtc -q -@ -I dts -O dtb -o "$build/board.dtb" -
		overlay "$here/../../boards/$name.dtso" "$build/board.dtb" >"$build/said"
		if [ -s "$build/said" ]; then
			fail "overlay $name on $(basename "$tree" .dts)" "$build/said"
			exit 1
		fi
		echo "ok - overlay $name on $(basename "$tree" .dts)"
	done || failures=$((failures + 1))
fi

[ "$failures" -eq 0 ]
