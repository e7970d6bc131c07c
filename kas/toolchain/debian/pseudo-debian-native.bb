# SPDX-License-Identifier: MIT
SUMMARY = "Name of Debian's pseudo among the providers"
DESCRIPTION = "Tasks that need fakeroot depend on a recipe; this one stands for the host's /usr/bin/pseudo."
SECTION = "base"
LICENSE = "MIT"

PROVIDES += "pseudo-native virtual/fakeroot-native"

inherit native

INHIBIT_DEFAULT_DEPS = "1"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${bindir}
    ln -s /usr/bin/pseudo ${D}${bindir}/pseudo
}
