# SPDX-License-Identifier: MIT
SUMMARY = "MCAPI on a board: driver, library and Python package"
SUMMARY:${PN}-demos = "MCAPI echo and ping in C and Python"
SUMMARY:${PN}-ptest = "Tests of the MCAPI driver, library and Python package"
SUMMARY:${PN}-tools = "What shows and measures MCAPI links"
DESCRIPTION = "What a product image adds to speak MCAPI; demo programs, tools and tests are package groups of their own."
SECTION = "base"

# The driver is built for one machine's kernel.
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit features_check packagegroup

# As the driver.
REQUIRED_DISTRO_FEATURES = "mcapi"

# As what it is made of.
COMPATIBLE_HOST = "(aarch64|arm|i.86|riscv64|x86_64)-(.*-)?linux"
COMPATIBLE_HOST:armv4 = "null"
COMPATIBLE_HOST:armv5 = "null"

PACKAGES = "${PN} ${PN}-demos ${PN}-tools"

RDEPENDS:${PN} = "\
    libmcapi \
    mcapi-driver \
    mcapi-udev \
    python3-mcapi \
"

RDEPENDS:${PN}-demos = "\
    mcapi-demos \
    mcapi-demos-python \
"

# The class adds this group where the distribution asks for tests. The library's need
# meta-oe, see dynamic-layers/openembedded-layer.
RDEPENDS:${PN}-ptest = "\
    ${@bb.utils.contains('BBFILE_COLLECTIONS', 'openembedded-layer', 'libmcapi-ptest', '', d)} \
    mcapi-driver-ptest \
    python3-mcapi-ptest \
"

RDEPENDS:${PN}-tools = "\
    libmcapi-tools \
    mcapi-driver-tools \
"
