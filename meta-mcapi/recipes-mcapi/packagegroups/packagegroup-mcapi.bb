# SPDX-License-Identifier: MIT
SUMMARY = "MCAPI on a board: driver, library and Python package"
DESCRIPTION = "What a product image adds to speak MCAPI; the demo programs are a package group of their own."
SECTION = "base"

# The driver is built for one machine's kernel.
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup

PACKAGES = "${PN} ${PN}-demos"

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
