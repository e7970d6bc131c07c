# SPDX-License-Identifier: MIT
"""Read by the build host's Python when it builds for the target.

Debian's meson-python takes names of extension modules from the interpreter that runs
it, not from sysconfig, which is the target's here.
"""

import importlib.machinery
import sysconfig

importlib.machinery.EXTENSION_SUFFIXES.append(sysconfig.get_config_var("EXT_SUFFIX"))
