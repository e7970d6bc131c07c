# SPDX-License-Identifier: MIT
SUMMARY = "The host's Python under the names of OE-Core's python3-native"
DESCRIPTION = "A virtual environment around the host's Python, so that wheels are installed to site-packages and not where Debian's administrators install theirs."
SECTION = "devel/python"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

SRC_URI = "file://nativepython3 file://pyproject-build"

S = "${DEBIAN_UNPACKDIR}"

PROVIDES += "python3-native"

inherit native

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${bindir}/python3-native
    cd ${D}${bindir}/python3-native
    printf 'home = /usr/bin\ninclude-system-site-packages = true\n' > pyvenv.cfg
    ln -s /usr/bin/python3 python3
    install -m 0755 ${S}/nativepython3 ${S}/pyproject-build .
}
