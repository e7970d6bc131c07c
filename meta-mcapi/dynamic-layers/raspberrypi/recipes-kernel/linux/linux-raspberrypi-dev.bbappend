# SPDX-License-Identifier: MIT
require ${@bb.utils.contains('DISTRO_FEATURES', 'mcapi', 'recipes-kernel/linux/mcapi.inc', '', d)}
