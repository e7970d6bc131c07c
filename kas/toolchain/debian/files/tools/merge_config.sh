#!/bin/sh
# SPDX-License-Identifier: MIT
# merge_config.sh -m <base> <fragment>...: of each option the last word goes into .config.
set -e
shift
awk '
    match($0, /^(# )?CONFIG_[A-Za-z0-9_]+/) {
        name = substr($0, RSTART, RLENGTH)
        sub(/^# /, "", name)
        last[name] = $0
    }
    END { for (name in last) print last[name] }
' "$@" >.config.merged
mv .config.merged .config
