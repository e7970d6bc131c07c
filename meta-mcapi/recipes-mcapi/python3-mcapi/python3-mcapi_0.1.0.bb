# SPDX-License-Identifier: MIT
SUMMARY = "Python package for the Multicore Communications API (MCAPI)"
DESCRIPTION = "Nodes, endpoints and messages of libmcapi as Python objects."
SECTION = "devel/python"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352"

require recipes-mcapi/mcapi.inc

DEPENDS += "libmcapi"

SRC_URI = "file://python;subdir=${BP} \
           file://LICENSES/BSD-3-Clause.txt;subdir=${BP} \
           file://run-ptest"

S .= "/python"

inherit pkgconfig python_mesonpy ptest

# The README too: its snippets are run.
do_install_ptest() {
    install -d ${D}${PTEST_PATH}/tests
    install -m 0644 ${S}/tests/*.py ${D}${PTEST_PATH}/tests/
    install -m 0644 ${S}/README.md ${D}${PTEST_PATH}/
}

RDEPENDS:${PN} += "python3-core"
RDEPENDS:${PN}-ptest += "python3-ctypes python3-pickle python3-pytest python3-unittest-automake-output"
