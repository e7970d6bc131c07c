# SPDX-License-Identifier: MIT
SUMMARY = "MCAPI echo and ping in C and Python"
DESCRIPTION = "Two programs of one screen each, in both languages: one answers messages, the other sends them, checks every answer and measures."
SECTION = "utils"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352"

require recipes-mcapi/mcapi.inc

DEPENDS += "libmcapi"

SRC_URI = "file://demos \
           file://LICENSES/BSD-3-Clause.txt"

S = "${UNPACKDIR}/demos"
MESON_SOURCEPATH = "${S}/c"

inherit meson pkgconfig
