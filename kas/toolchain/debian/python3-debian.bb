# SPDX-License-Identifier: MIT
SUMMARY = "Debian's Python for arm64"
DESCRIPTION = "Interpreter, standard library and headers, where OE-Core's recipes look for those of python3."
SECTION = "devel/python"
LICENSE = "PSF-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/PSF-2.0;md5=76c1502273262a5ebefb50dfb20d7c4f"

require debian-packages.inc
DEBIAN_PACKAGES = "python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libpython3.11-dev libexpat1 libffi8 zlib1g"

SRC_URI += "file://sitecustomize.py"

PROVIDES = "${PN} python3"

inherit python3-dir

# Extension modules that need libraries which nobody here asks for.
DEBIAN_UNUSED = "_bz2 _crypt _curses _curses_panel _dbm _hashlib _lzma _sqlite3 _ssl _uuid nis readline"

do_install:append() {
    install -d ${D}${bindir} ${D}${includedir} ${D}${libdir}/python-sysconfigdata
    install -m 0755 ${DEBIAN_ROOT}${bindir}/${PYTHON_DIR} ${D}${bindir}/
    ln -s ${PYTHON_DIR} ${D}${bindir}/python3
    cp -a ${DEBIAN_ROOT}/usr/lib/${PYTHON_DIR} ${D}${libdir}/
    rm -r ${D}${libdir}/${PYTHON_DIR}/config-* ${D}${libdir}/*.a
    for module in ${DEBIAN_UNUSED}; do
        rm -f ${D}${libdir}/${PYTHON_DIR}/lib-dynload/$module.*
    done
    # It asks for /usr/local/bin/python.
    rm ${D}${libdir}/${PYTHON_DIR}/cgi.py
    # Debian's packages do this when they are installed; an emulated board takes long.
    python3 -m compileall -q --invalidation-mode unchecked-hash -s ${D} ${D}${libdir}/${PYTHON_DIR}
    # OE-Core's recipes install to site-packages, Debian's Python reads dist-packages.
    install -d ${D}${PYTHON_SITEPACKAGES_DIR} ${D}${libdir}/python3
    ln -s ../${PYTHON_DIR}/site-packages ${D}${libdir}/python3/dist-packages

    # What extension modules are built with.
    cp -a ${DEBIAN_ROOT}${includedir}/${PYTHON_DIR} ${D}${includedir}/
    install -m 0644 ${DEBIAN_ROOT}${includedir}/aarch64-linux-gnu/${PYTHON_DIR}/pyconfig.h ${D}${includedir}/${PYTHON_DIR}/
    install -m 0644 ${D}${libdir}/${PYTHON_DIR}/_sysconfigdata__aarch64-linux-gnu.py ${D}${libdir}/python-sysconfigdata/_sysconfigdata.py
    install -m 0644 ${DEBIAN_UNPACKDIR}/sitecustomize.py ${D}${libdir}/python-sysconfigdata/
}

PACKAGES = "${PN}-dev ${PN}"
FILES:${PN}-dev = "${includedir} ${libdir}/pkgconfig ${libdir}/python-sysconfigdata ${libdir}/*.so"
FILES:${PN} = "${bindir} ${libdir}"
RPROVIDES:${PN} = "python3 python3-core python3-ctypes python3-fcntl python3-json python3-mmap python3-pickle python3-threading"
