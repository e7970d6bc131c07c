# SPDX-License-Identifier: MIT
SUMMARY = "Debian's udev for arm64"
DESCRIPTION = "Loads drivers by what the kernel says of its devices, and applies the rules of device nodes; started by init's rcS."
SECTION = "base"
LICENSE = "LGPL-2.1-or-later & GPL-2.0-or-later"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/LGPL-2.1-or-later;md5=2a4f4fd2128ea2f65047ee63fbca9f68 \
                    file://${COMMON_LICENSE_DIR}/GPL-2.0-or-later;md5=fed54355545ffd980b814dab4a3b312c"

require debian-packages.inc
DEBIAN_PACKAGES = "udev libudev1 libkmod2 libblkid1 libcap2 libacl1 libselinux1 libpcre2-8-0 libzstd1 liblzma5 libssl3"
SRC_URI += "file://udev"

PROVIDES = "${PN} udev"

do_install:append() {
    install -d ${D}${bindir} ${D}${base_sbindir} ${D}${nonarch_base_libdir}/udev ${D}${sysconfdir}/udev/rules.d
    install -m 0755 ${DEBIAN_ROOT}/bin/udevadm ${D}${bindir}/
    ln -s -r ${D}${bindir}/udevadm ${D}${base_sbindir}/udevd
    cp -a ${DEBIAN_ROOT}/lib/udev/rules.d ${D}${nonarch_base_libdir}/udev/
    install -D -m 0755 ${DEBIAN_UNPACKDIR}/udev ${D}${sysconfdir}/init.d/udev
    install -d ${D}${sysconfdir}/rcS.d
    ln -s ../init.d/udev ${D}${sysconfdir}/rcS.d/S04udev
}

PACKAGES = "${PN}"
FILES:${PN} = "${sysconfdir} ${bindir} ${base_sbindir} ${libdir} ${nonarch_base_libdir}/udev"
RPROVIDES:${PN} = "udev"
