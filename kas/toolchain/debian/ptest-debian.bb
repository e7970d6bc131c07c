# SPDX-License-Identifier: MIT
SUMMARY = "Names of what runs packages of tests on a board"
DESCRIPTION = "Packages of tests ask for them. Here these are built, and not run."
SECTION = "devel"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"
do_install[noexec] = "1"

ALLOW_EMPTY:${PN} = "1"
RPROVIDES:${PN} = "ptest-runner python3-ctypes python3-pytest python3-unittest-automake-output"
