# SPDX-License-Identifier: MIT
SUMMARY = "Names and access rights of MCAPI device nodes"
DESCRIPTION = "The udev rule that gives /dev/mcapiN to group mcapi and links it from /dev/mcapi/by-name, and the group."
SECTION = "base"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://../../LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263"

require recipes-mcapi/mcapi.inc

SRC_URI = "file://driver/udev;subdir=${BP} \
           file://LICENSES/GPL-2.0-only.txt;subdir=${BP}"

S .= "/driver/udev"

inherit allarch useradd

# Rules are text.
COMPATIBLE_HOST = ".*"

USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system mcapi"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${nonarch_base_libdir}/udev/rules.d
    install -m 0644 ${S}/*.rules ${D}${nonarch_base_libdir}/udev/rules.d/
}

FILES:${PN} += "${nonarch_base_libdir}/udev/rules.d"
