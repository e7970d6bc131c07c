# SPDX-License-Identifier: MIT
SUMMARY = "Debian's C library and compiler runtime for arm64"
DESCRIPTION = "Packages the libraries that Debian's cross compiler links with, so that packages find what they depend on. Headers and link libraries stay where the compiler looks for them by itself."
SECTION = "libs"
LICENSE = "LGPL-2.1-or-later & GPL-3.0-with-GCC-exception"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/LGPL-2.1-or-later;md5=2a4f4fd2128ea2f65047ee63fbca9f68 \
                    file://${COMMON_LICENSE_DIR}/GPL-3.0-with-GCC-exception;md5=aef5f35c9272f508be848cd99e0151df"

PROVIDES = "${PN} glibc libgcc gcc-runtime libxcrypt linux-libc-headers virtual/libc virtual/libiconv virtual/libintl virtual/crypt"

S = "${DEBIAN_UNPACKDIR}"

INHIBIT_DEFAULT_DEPS = "1"
COMPATIBLE_HOST = "aarch64.*-linux"
DEBIAN_LIBRARIES = "/usr/aarch64-linux-gnu/lib"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${base_libdir}
    cp -d --preserve=mode ${DEBIAN_LIBRARIES}/*.so.* ${D}${base_libdir}/
    rm -f ${D}${base_libdir}/lib*san.so.*
}

RPROVIDES:${PN} = "glibc ldconfig libgcc libstdc++ rtld(GNU_HASH)"
# Debian has stripped them.
INSANE_SKIP:${PN} = "already-stripped"
