# SPDX-License-Identifier: MIT
SUMMARY = "Device-tree overlays that declare an MCAPI link"
DESCRIPTION = "The driver's overlay for the board: it reserves a window and names the mailbox channels to the other processor, as a start for the product's own. None has run on hardware."
SECTION = "bsp"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263"

require recipes-mcapi/mcapi.inc

SRC_URI = "file://LICENSES/GPL-2.0-only.txt"
SRC_URI:append:am62xx = " file://driver/boards/am62-m4.dtso"
SRC_URI:append:am64xx = " file://driver/boards/am64-r5.dtso"
SRC_URI:append:mx8mp-generic-bsp = " file://driver/boards/imx8mp-m7.dtso"
SRC_URI:append:stm32mp15common = " file://driver/boards/stm32mp157-m4.dtso"
SRC_URI:append:zynqmp = " file://driver/boards/zynqmp-r5.dtso"

COMPATIBLE_MACHINE = "^(am62xx|am64xx|mx8mp-generic-bsp|stm32mp15common|zynqmp)$"

# nooelint: oelint.vars.mispell - a variable of the class
DT_FILES_PATH = "${S}/driver/boards"
# The overlays include nothing of a kernel's.
# nooelint: oelint.vars.mispell.unknown - a variable of the class
KERNEL_INCLUDE = ""

inherit devicetree

# It is no board's whole device tree, which the class would have it provide.
# nooelint: oelint.var.order.PROVIDES - after the class, which sets it
PROVIDES = "${PN}"
