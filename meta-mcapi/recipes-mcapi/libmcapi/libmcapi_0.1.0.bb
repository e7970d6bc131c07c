# SPDX-License-Identifier: MIT
SUMMARY = "Multicore Communications API (MCAPI) library"
SUMMARY:${PN}-tools = "Benchmark of the MCAPI library"
DESCRIPTION = "Message passing between processors by the MCAPI standard, over /dev/mcapiN, over shared memory inside one system, and over emulated links."
SECTION = "libs"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://../LICENSES/BSD-3-Clause.txt;md5=69c3c2f65ef95b2340fa73b78cc55352"

require recipes-mcapi/mcapi.inc

# The library builds against the wire format and uAPI headers of its own
# commit, not against those that the kernel happens to install.
SRC_URI = "file://libmcapi;subdir=${BP} \
           file://driver/include;subdir=${BP} \
           file://LICENSES/BSD-3-Clause.txt;subdir=${BP}"

S .= "/libmcapi"

inherit meson pkgconfig
# scarthgap has no scdoc, which makes the pages.
# nooelint: oelint.spaces.lineend - where oelint leaves the class out, a space is left
inherit_defer ${@bb.utils.contains('LAYERSERIES_CORENAMES', 'scarthgap', '', 'manpages', d)}

# The tests are switched on, and packaged, where the layer is that has cmocka:
# see dynamic-layers/openembedded-layer.
PACKAGECONFIG ??= "tools"
PACKAGECONFIG[check-stores] = "-Dcheck-stores=enabled,-Dcheck-stores=disabled"
PACKAGECONFIG[manpages] = "-Dman=enabled,-Dman=disabled,scdoc-native"
PACKAGECONFIG[tests] = "-Dtests=enabled -Dinstall-tests=true,-Dtests=disabled,cmocka"
PACKAGECONFIG[tools] = "-Dtools=enabled,-Dtools=disabled"

PACKAGE_BEFORE_PN = "${PN}-tools"
# packagegroup-mcapi-tools asks for it, with or without the switch.
ALLOW_EMPTY:${PN}-tools = "1"
FILES:${PN}-tools += "${bindir}/mcapi-bench"

BBCLASSEXTEND = "native nativesdk"
