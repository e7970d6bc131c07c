# SPDX-License-Identifier: MIT
SUMMARY = "The smallest kernel that the driver's modules can be built for"
DESCRIPTION = "Debian's kernel sources with all options off but those that the MCAPI driver needs."
SECTION = "kernel"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://COPYING;md5=6bc538ed5bd9a7fc9398086aedcd7e46"

FILESEXTRAPATHS:prepend := "${THISDIR}:"
SRC_URI = "file:///usr/src/linux-source-${PV}.tar.xz \
           file://board.cfg"

inherit kernel

# The class sets it to where it moves the sources from here.
S = "${DEBIAN_UNPACKDIR}/linux-source-${PV}"

COMPATIBLE_MACHINE = "^mcapi-qemuarm64$"
LINUX_VERSION = "${PV}"
KERNEL_CONFIG_COMMAND = "oe_runmake -C ${S} O=${B} KCONFIG_ALLCONFIG=${DEBIAN_UNPACKDIR}/board.cfg allnoconfig"
