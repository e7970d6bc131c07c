# SPDX-License-Identifier: MIT
SUMMARY = "Small image of a board that speaks MCAPI"
DESCRIPTION = "Boots to a shell with the MCAPI driver, library, Python package, demo programs and tools."
SECTION = "base"
LICENSE = "MIT"

inherit core-image features_check

# As the driver.
REQUIRED_DISTRO_FEATURES = "mcapi"

# Of Python's library, what the programs of the board tests import.
IMAGE_INSTALL = "\
    packagegroup-core-boot \
    packagegroup-mcapi \
    packagegroup-mcapi-demos \
    packagegroup-mcapi-tools \
    python3-fcntl \
    python3-json \
    python3-mmap \
    python3-threading \
    ${CORE_IMAGE_EXTRA_INSTALL} \
"
IMAGE_LINGUAS = ""
