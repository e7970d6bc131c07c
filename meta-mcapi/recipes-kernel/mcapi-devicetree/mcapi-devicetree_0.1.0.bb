# SPDX-License-Identifier: MIT
SUMMARY = "Device-tree overlays that declare an MCAPI link"
DESCRIPTION = "One overlay for each board that this layer knows, as a start for the product's own: it reserves a window and names the mailbox channel to the other processor. None has run on hardware."
SECTION = "bsp"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://LICENSES/MIT.txt;md5=fa9f480cf83a6f72966ecad24578fd1e"

require recipes-mcapi/mcapi.inc

# Below files/, in the directory of the SoC's override.
SRC_URI = "file://mcapi-link.dts \
           file://LICENSES/MIT.txt"

# The overlays include nothing of a kernel's.
# nooelint: oelint.vars.mispell.unknown - the variable of the class
KERNEL_INCLUDE = ""

inherit devicetree

# It is no board's whole device tree, which the class would have it provide.
# nooelint: oelint.var.order.PROVIDES - after the class, which sets it
PROVIDES = "${PN}"

COMPATIBLE_MACHINE = "^(am62xx|stm32mp15common)$"
