#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Proves the packages that `make deb` built, in a fresh Debian 12 that has nothing else:
# builds the source package there once more and compares, installs and tests the
# packages (debian/tests), removes them and looks for what they left behind.
# It needs root for the chroot, which is in memory (2 GiB at most); everything it
# mounts and starts ends with it.
set -eu

cd "$(dirname "$0")/.."
output=$PWD/build/deb
check=$PWD/build/check-deb
root=$check/root
base=$PWD/.cache/debian.tar

die() {
    echo "check-deb: $*" >&2
    exit 1
}

version=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
dsc=$output/meta-mcapi_$version.dsc
packages=$(sed -n 's/^Package: //p' packaging/debian/control)

case ${1-} in
'')
    [ -e "${dsc%.dsc}_$(dpkg --print-architecture).changes" ] ||
        die "no packages in $output; run make deb"
    [ "$(id -u)" -eq 0 ] || exec sudo packaging/check-deb.sh
    # Nothing of the caller's environment: the fresh Debian's Python would heed it.
    exec env -i HOME="$output" LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        unshare --mount --pid --fork --kill-child packaging/check-deb.sh contained
    ;;
contained) ;;
*) die "unknown argument $1" ;;
esac

rm -rf "$check"
mkdir -p "$root"
mount -t tmpfs -o mode=755,size=2g tmpfs "$root"

if ! [ -e "$base" ]; then
    echo "check-deb: making a Debian with what the packages and their tests depend on"
    TMPDIR=$root mmdebstrap --variant=buildd --skip=cleanup/apt/lists \
        --include="apt-utils dkms linux-headers-$(dpkg --print-architecture) openssl python3-pytest" \
        --customize-hook="copy-in $dsc /tmp" \
        --customize-hook="chroot \"\$1\" apt-get -y build-dep /tmp/${dsc##*/}" \
        --customize-hook="rm \"\$1/tmp/${dsc##*/}\"" \
        bookworm "$base.new.tar" >"$check/base.log" 2>&1 ||
        die "mmdebstrap failed; see $check/base.log"
    mv "$base.new.tar" "$base"
fi

tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"

echo "check-deb: building the source package, testing what comes out"
status=0
autopkgtest --output-dir "$check/tests" --apt-upgrade \
    --timeout-build 900 --timeout-install 600 --timeout-test 300 "$dsc" -- chroot "$root" \
    >"$check/tests.log" 2>&1 || status=$?
cat "$check/tests/summary"
[ "$status" -eq 0 ] || die "autopkgtest failed ($status); see $check/tests.log"

echo "check-deb: comparing the packages of both builds"
for deb in "$output"/*.deb; do
    name=${deb##*/}
    cmp "$deb" "$check/tests/binaries/${name%%_*}.deb" || different=yes
done
[ -z "${different-}" ] ||
    die "the packages of $output and $check/tests/binaries differ; are the versions of the
    compiler the same? They are in meta-mcapi_*.buildinfo. diffoscope shows the difference"

echo "check-deb: purging"
# shellcheck disable=SC2086 # a list of words
chroot "$root" apt-get -y purge $packages >"$check/purge.log" 2>&1 ||
    die "the packages cannot be purged; see $check/purge.log"
left=$(
    find "$root" -xdev -iname '*mcapi*' -o -name 'mailbox-*.ko*'
    grep mcapi "$root/etc/group" || :
)
[ -z "$left" ] || die "this is left of the packages:
$left"
