# SPDX-License-Identifier: MIT
SUMMARY = "Debian's cmocka for arm64"
DESCRIPTION = "What the library's tests are linked with, instead of meta-oe's."
SECTION = "libs"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

require debian-packages.inc
DEBIAN_PACKAGES = "libcmocka0 libcmocka-dev"

PROVIDES = "${PN} cmocka"

do_install:append() {
    install -d ${D}${includedir}
    install -m 0644 ${DEBIAN_ROOT}${includedir}/*.h ${D}${includedir}/
    rm -r ${D}${libdir}/cmake
    sed -i 's,/lib/aarch64-linux-gnu,/lib,' ${D}${libdir}/pkgconfig/*.pc
}
