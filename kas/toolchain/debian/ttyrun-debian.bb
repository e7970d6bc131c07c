# SPDX-License-Identifier: MIT
SUMMARY = "Starts a getty on a console that is there"
DESCRIPTION = "The inittab of OE-Core starts every getty by ttyrun of s390-tools; this does what it does."
SECTION = "console/utils"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

SRC_URI = "file://ttyrun"

S = "${DEBIAN_UNPACKDIR}"

PROVIDES = "${PN} ttyrun"

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -D -m 0755 ${S}/ttyrun ${D}${sbindir}/ttyrun
}

RPROVIDES:${PN} = "ttyrun"
