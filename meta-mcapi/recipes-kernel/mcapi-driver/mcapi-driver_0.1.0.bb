# SPDX-License-Identifier: MIT
SUMMARY = "Kernel modules for MCAPI links over the mailbox framework"
SUMMARY:${PN}-tools = "Show MCAPI links, and their rates"
SUMMARY:${PN}-uapi-test = "Test of the MCAPI driver's user-space interface"
DESCRIPTION = "A mailbox client that gives each link between two processors a device node /dev/mcapiN, mailbox controllers for ivshmem devices and Arm's PL320, and a loopback controller for tests."
SECTION = "kernel/modules"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://../LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263"

require recipes-mcapi/mcapi.inc

SRC_URI = "file://driver;subdir=${BP} \
           file://LICENSES/GPL-2.0-only.txt;subdir=${BP} \
           file://run-ptest"

S .= "/driver"

inherit features_check module ptest

# Without it the kernel is not asked for mailboxes.
REQUIRED_DISTRO_FEATURES = "mcapi"

# Beside the sources, so that externalsrc leaves them clean.
B = "${WORKDIR}/build"
EXTRA_OEMAKE += "-C ${S} BUILD=${B}"

# Programs of user space: not with the kernel's compiler and flags.
do_compile:append() {
    program="${CC} ${CFLAGS} ${LDFLAGS} -std=gnu11 -I${S}/include/uapi -o ${B}"
    $program/mcapi-uapi-test -pthread ${S}/tests/uapi/*.c
    program="${CC} ${CFLAGS} ${LDFLAGS} -std=gnu11 -D_GNU_SOURCE -I${S}/include/uapi -I${S}/mcapi -o ${B}"
    $program/mcapi-info ${S}/tools/info.c ${S}/tools/window.c ${S}/tools/link.c
    $program/mcapi-top ${S}/tools/top.c ${S}/tools/link.c
}

# The user-space interface, for programs that speak to /dev/mcapiN themselves;
# libmcapi has its own copy and does not need it.
do_install:append() {
    install -d ${D}${includedir}/linux
    install -m 0644 ${S}/include/uapi/linux/*.h ${D}${includedir}/linux/
    install -d ${D}${bindir}
    install -m 0755 ${B}/mcapi-uapi-test ${B}/mcapi-info ${B}/mcapi-top ${D}${bindir}/
}

PACKAGE_BEFORE_PN = "${PN}-tools ${PN}-uapi-test"
FILES:${PN}-tools += "${bindir}/mcapi-info ${bindir}/mcapi-top"
FILES:${PN}-uapi-test += "${bindir}/mcapi-uapi-test"
RDEPENDS:${PN}-uapi-test += "${PN}"
RDEPENDS:${PN}-ptest += "${PN}-uapi-test mcapi-udev"
