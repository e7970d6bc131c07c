# SPDX-License-Identifier: MIT
SUMMARY = "Python package for the Multicore Communications API (MCAPI)"
DESCRIPTION = "Nodes, endpoints and messages of libmcapi as Python objects."
SECTION = "devel/python"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352"

require recipes-mcapi/mcapi.inc

DEPENDS += "libmcapi"

SRC_URI = "file://python \
           file://LICENSES/BSD-3-Clause.txt"

S = "${UNPACKDIR}/python"

inherit pkgconfig python_mesonpy

RDEPENDS:${PN} += "python3-core"
