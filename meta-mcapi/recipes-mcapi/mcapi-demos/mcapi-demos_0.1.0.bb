# SPDX-License-Identifier: MIT
SUMMARY = "MCAPI echo and ping in C and Python"
DESCRIPTION = "Two programs in both languages: one answers messages, the other sends them, checks every answer and measures."
SECTION = "utils"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352"

require recipes-mcapi/mcapi.inc

DEPENDS += "libmcapi"

SRC_URI = "file://demos;subdir=${BP} \
           file://LICENSES/BSD-3-Clause.txt;subdir=${BP}"

S .= "/demos"

inherit meson pkgconfig

# Warnings of a compiler that we do not know are no reason to end a build.
EXTRA_OEMESON += "-Dwerror=false"
# After the class, which sets it to S.
MESON_SOURCEPATH = "${S}/c"

# The C programs are commands; the Python ones are read as much as run.
do_install:append() {
    install -d ${D}${datadir}/mcapi-demos
    install -m 0644 ${S}/python/*.py ${D}${datadir}/mcapi-demos/
    chmod 0755 ${D}${datadir}/mcapi-demos/mcapi_*.py
}

PACKAGE_BEFORE_PN = "${PN}-python"
FILES:${PN}-python += "${datadir}/mcapi-demos"
RDEPENDS:${PN}-python += "python3-json python3-mcapi"
