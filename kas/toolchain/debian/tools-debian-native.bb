# SPDX-License-Identifier: MIT
SUMMARY = "Host tools under the names and with the options that OE-Core gives them by patches"
DESCRIPTION = "APT and dpkg that fill an image and run the scripts of packages on the build host, update-alternatives and aclocal with OE-Core's way of naming folders, and the tool that merges fragments of a configuration."
SECTION = "devel"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

SRC_URI = "file://tools"

S = "${DEBIAN_UNPACKDIR}/tools"

PROVIDES += "apt-native automake-native dpkg-native kern-tools-native shadow-native virtual/update-alternatives-native"

inherit native

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -D -m 0644 ${S}/apt.conf.sample ${D}${sysconfdir}/apt/apt.conf.sample
    install -d ${D}${bindir}
    for tool in aclocal dpkg groupadd merge_config.sh update-alternatives; do
        install -m 0755 ${S}/$tool ${D}${bindir}/
    done
}
