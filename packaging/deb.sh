#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds the Debian packages of the working tree into build/deb, and runs lintian.
# Installs what that needs and this machine lacks.
set -eu

cd "$(dirname "$0")/.."
output=$PWD/build/deb
log=$output/build.log
# What the packages are made of; the rest of the repository is not in the source package.
parts='driver libmcapi python demos docs LICENSES CHANGELOG.md README.md SECURITY.md'

die() {
    echo "deb: $*" >&2
    exit 1
}

# Debian's own tools, and nothing of the caller's environment.
debian() {
    env -i HOME="$output" LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEB_BUILD_OPTIONS="parallel=$(nproc)" "$@"
}

install_packages() {
    root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "not root and no sudo; as root, run: apt-get $*"
        root=sudo
    fi
    echo "deb: installing what is missing with apt-get"
    { $root apt-get -q update &&
        $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends "$@"
    } >"$log" 2>&1 || die "apt-get failed; see $log"
}

version=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
source=$output/meta-mcapi-$version

rm -rf "$output"
mkdir -p "$source"
# shellcheck disable=SC2086 # a list of words
git ls-files -z --cached --others --exclude-standard $parts |
    xargs -0 cp --parents --no-dereference -t "$source"
cp -r packaging/debian "$source"

command -v lintian >/dev/null || install_packages install lintian
debian dpkg-checkbuilddeps "$source/debian/control" >/dev/null 2>&1 ||
    install_packages build-dep "$source"

cd "$source"
debian dpkg-buildpackage --no-sign >"$log" 2>&1 ||
    die "dpkg-buildpackage failed; see $log"

cd "$output"
debian lintian --allow-root --display-info --display-experimental --pedantic \
    --fail-on error,warning,info,pedantic ./*.changes || die "lintian is not content"
ls ./*.deb
