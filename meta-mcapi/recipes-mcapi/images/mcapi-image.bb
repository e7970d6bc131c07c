# SPDX-License-Identifier: MIT
SUMMARY = "Small image of a board that speaks MCAPI"
DESCRIPTION = "Boots to a shell with the MCAPI driver, library, Python package and demo programs."
SECTION = "base"
LICENSE = "MIT"

inherit core-image

IMAGE_INSTALL = "\
    packagegroup-core-boot \
    packagegroup-mcapi \
    packagegroup-mcapi-demos \
    ${CORE_IMAGE_EXTRA_INSTALL} \
"
IMAGE_LINGUAS = ""
