# SPDX-License-Identifier: MIT
SUMMARY = "Kernel modules for MCAPI links over the mailbox framework"
SUMMARY:${PN}-tools = "Show MCAPI links, and their rates"
SUMMARY:${PN}-uapi-test = "Tests of the MCAPI driver's user-space interface"
DESCRIPTION = "A mailbox client that gives each link between two processors a device node /dev/mcapiN, mailbox controllers for ivshmem devices and Arm's PL320, and a loopback controller for tests."
SECTION = "kernel/modules"
LICENSE = "GPL-2.0-only & GPL-2.0-with-Linux-syscall-note & BSD-3-Clause"
LICENSE:${PN} = "GPL-2.0-only"
LICENSE:${PN}-dev = "GPL-2.0-with-Linux-syscall-note"
LICENSE:${PN}-tools = "GPL-2.0-only & GPL-2.0-with-Linux-syscall-note"
LICENSE:${PN}-uapi-test = "GPL-2.0-with-Linux-syscall-note & BSD-3-Clause"
# scarthgap has no text of it; others do not want another one.
NO_GENERIC_LICENSE[GPL-2.0-with-Linux-syscall-note] = "${@bb.utils.contains('LAYERSERIES_CORENAMES', 'scarthgap', '../LICENSES/Linux-syscall-note.txt', '', d)}"
LIC_FILES_CHKSUM = "\
    file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352 \
    file://../LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263 \
    file://../LICENSES/Linux-syscall-note.txt;md5=b8fd6961a627bd2cca84d9319bbbe8e1 \
"

require recipes-mcapi/mcapi.inc

SRC_URI = "file://driver;subdir=${BP} \
           file://LICENSES/BSD-3-Clause.txt;subdir=${BP} \
           file://LICENSES/GPL-2.0-only.txt;subdir=${BP} \
           file://LICENSES/Linux-syscall-note.txt;subdir=${BP} \
           file://run-ptest"

S .= "/driver"

inherit features_check module ptest

# Without it the kernel is not asked for mailboxes.
REQUIRED_DISTRO_FEATURES = "mcapi"

# Beside the sources, so that externalsrc leaves them clean.
B = "${WORKDIR}/build"
EXTRA_OEMAKE += "-C ${S} BUILD=${B}"
# A remote processor that is none, for tests of links to one.
EXTRA_OEMAKE += "${@bb.utils.contains('PTEST_ENABLED', '1', 'MCAPI_TEST_RPROC=m', '', d)}"

# Programs of user space: not with the kernel's compiler and flags.
do_compile:append() {
    program="${CC} ${CFLAGS} ${LDFLAGS} -std=gnu11 -I${S}/include/uapi -o ${B}"
    $program/mcapi-uapi-test -pthread ${S}/tests/uapi/*.c
    $program/mcapi-doorbells ${S}/tests/doorbells/doorbells.c
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
    for program in uapi-test doorbells info top; do
        install -m 0755 ${B}/mcapi-$program ${D}${bindir}/
    done
    install -m 0755 ${S}/tests/loopback.sh ${D}${bindir}/mcapi-loopback-test
}

PACKAGE_BEFORE_PN = "${PN}-tools ${PN}-uapi-test"
FILES:${PN}-tools += "${bindir}/mcapi-info ${bindir}/mcapi-top"
FILES:${PN}-uapi-test += "${bindir}/mcapi-doorbells ${bindir}/mcapi-loopback-test ${bindir}/mcapi-uapi-test"
RDEPENDS:${PN}-uapi-test += "${PN}"
RDEPENDS:${PN}-ptest += "${PN}-uapi-test"

# The package of all modules leaves that of tests to those who test, if the kernel has
# remote processors; there a test loads it, not the device tree.
RDEPENDS:${PN}:remove = "kernel-module-mcapi-test-rproc${KERNEL_MODULE_PACKAGE_SUFFIX}"
RRECOMMENDS:${PN}-ptest += "kernel-module-mcapi-test-rproc"
KERNEL_MODULE_PROBECONF += "mcapi-test-rproc"
# nooelint: oelint.vars.mispell.unknown - a variable of the class, with the module's name
module_conf_mcapi-test-rproc = "blacklist mcapi-test-rproc"
