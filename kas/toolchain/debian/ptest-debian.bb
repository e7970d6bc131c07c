# SPDX-License-Identifier: MIT
SUMMARY = "Debian's pytest for arm64, and stand-ins for what else packages of tests ask for"
DESCRIPTION = "With it the tests of the Python package run on a board. ptest-runner is a name: the lab calls each package's run-ptest."
SECTION = "devel"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

require debian-packages.inc
DEBIAN_PACKAGES = "python3-pytest:all python3-attr:all python3-iniconfig:all python3-packaging:all python3-pluggy:all"

SRC_URI += "file://automake.py"

inherit python3-dir

# Debian's Python reads site-packages by the name of dist-packages. Its packages are
# compiled when they are installed; an emulated board takes long.
do_install:append() {
    install -d ${D}${PYTHON_SITEPACKAGES_DIR}
    cp -a ${DEBIAN_ROOT}/usr/lib/python3/dist-packages/. ${D}${PYTHON_SITEPACKAGES_DIR}/
    install -m 0644 ${DEBIAN_UNPACKDIR}/automake.py ${D}${PYTHON_SITEPACKAGES_DIR}/
    # what makes pytest load it
    info=${D}${PYTHON_SITEPACKAGES_DIR}/automake-0.dist-info
    install -d $info
    printf 'Metadata-Version: 2.1\nName: automake\nVersion: 0\n' >$info/METADATA
    printf '[pytest11]\nautomake = automake\n' >$info/entry_points.txt
    python3 -m compileall -q --invalidation-mode unchecked-hash -s ${D} ${D}${PYTHON_SITEPACKAGES_DIR}
}

PACKAGES = "${PN}"
FILES:${PN} = "${libdir}"
RPROVIDES:${PN} = "ptest-runner python3-pytest python3-unittest-automake-output"
