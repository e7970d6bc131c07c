#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Installs what the verbs of the Makefile need and this machine lacks: Debian
# packages, and a virtual environment in .cache/. Says nothing if nothing is to do.
set -eu

cd "$(dirname "$0")/.."
cache=$PWD/.cache
venv=$cache/venv

packages='
    binutils cpio dpkg-dev kmod make gcc libc6-dev linux-libc-dev util-linux
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-12-multilib
    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
    bc bison flex libelf-dev xz-utils perl
    device-tree-compiler qemu-system-arm qemu-system-x86
    meson ninja-build pkg-config libcmocka-dev python3-dev python3-venv scdoc abigail-tools
    clang-14 libclang-rt-14-dev valgrind
    shellcheck sparse spin git ca-certificates debian-archive-keyring
'

die() {
    echo "setup: $*" >&2
    exit 1
}

# shellcheck source=/dev/null
. /etc/os-release
[ "${VERSION_CODENAME-}" = bookworm ] ||
    die "this is ${PRETTY_NAME-an unknown system}; the lab is made for Debian 12 (bookworm)"
[ "$(dpkg --print-architecture)" = amd64 ] ||
    die "this is a $(dpkg --print-architecture) machine; the lab has only been made to run on amd64"

mkdir -p "$cache"
exec 9>"$cache/setup.lock"
flock 9

missing=
for package in $packages; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
if [ -n "$missing" ]; then
    root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "not root and no sudo; as root, run: apt-get install --no-install-recommends$missing"
        root=sudo
    fi
    echo "setup: installing Debian packages:$missing"
    log=$cache/setup-apt.log
    # shellcheck disable=SC2086 # lists of words
    { $root apt-get -q update &&
        $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
    } >"$log" 2>&1 || die "apt-get failed; see $log"
fi

stamp=$venv/.requirements
if ! cmp -s lab/requirements.txt "$stamp"; then
    echo "setup: installing Python packages into .cache/venv"
    log=$cache/setup-pip.log
    { rm -rf "$venv" &&
        /usr/bin/python3 -m venv "$venv" &&
        PIP_CACHE_DIR=$cache/pip "$venv/bin/pip" install --disable-pip-version-check \
            -r lab/requirements.txt
    } >"$log" 2>&1 || die "pip failed; see $log"
    cp lab/requirements.txt "$stamp"
fi
