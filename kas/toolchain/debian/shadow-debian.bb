# SPDX-License-Identifier: MIT
SUMMARY = "Name of the tools that make users and groups"
DESCRIPTION = "Packages that bring a group of their own ask for shadow. The image's groups are made by the build host's tools, and the board makes none."
SECTION = "base"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

PROVIDES = "${PN} shadow virtual/update-alternatives"

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"
do_install[noexec] = "1"

ALLOW_EMPTY:${PN} = "1"
RPROVIDES:${PN} = "shadow"
