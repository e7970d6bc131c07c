# SPDX-License-Identifier: MIT
# The library's tests as a package: they need cmocka, which meta-oe has.
inherit ptest

FILESEXTRAPATHS:prepend := "${THISDIR}/${BPN}:"
SRC_URI += "file://run-ptest"

PACKAGECONFIG:append = "${@bb.utils.contains('PTEST_ENABLED', '1', ' tests', '', d)}"

FILES:${PN}-ptest += "${libexecdir}/libmcapi-tests"

do_install_ptest() {
    install -d ${D}${PTEST_PATH}
    ln -s -r ${D}${libexecdir}/libmcapi-tests ${D}${PTEST_PATH}/tests
}
