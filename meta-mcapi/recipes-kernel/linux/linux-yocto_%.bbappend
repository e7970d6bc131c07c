# SPDX-License-Identifier: MIT
require ${@bb.utils.contains('DISTRO_FEATURES', 'mcapi', 'linux-yocto/mcapi.inc', '', d)}
