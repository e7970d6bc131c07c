# SPDX-License-Identifier: MIT
SUMMARY = "Kernel modules for MCAPI links over the mailbox framework"
DESCRIPTION = "A mailbox client that gives each link between two processors a device node /dev/mcapiN, a mailbox controller for QEMU's ivshmem doorbell, and a loopback controller for tests."
SECTION = "kernel/modules"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://../LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263"

require recipes-mcapi/mcapi.inc

SRC_URI = "file://driver \
           file://LICENSES/GPL-2.0-only.txt"

S = "${UNPACKDIR}/driver"

inherit module

# The user-space interface, for programs that speak to /dev/mcapiN themselves;
# libmcapi has its own copy and does not need it.
do_install:append() {
    install -d ${D}${includedir}/linux
    install -m 0644 ${S}/include/uapi/linux/*.h ${D}${includedir}/linux/
}
