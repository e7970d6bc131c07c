#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Each function of the headers has its name in a page and leads to it.
# $1: libmcapi's folder
set -eu

cd "$1"
sed -n 's/^MCAPI_API.*\(mcapix*_[a-z0-9_]*\)(.*/\1/p' include/mcapi.h include/mcapix.h |
{
    status=0
    while read -r name; do
        if ! sed -n '/^# NAME/,/^# SYNOPSIS/p' man/*.3.scd | grep -qw "$name"; then
            echo "$name is in no page's NAME: describe it in a man/*.3.scd" >&2
            status=1
        elif [ ! -e "man/$name.3.scd" ] && ! grep -q "'$name'" man/meson.build; then
            echo "$name has a page and does not lead to it: name it in man/meson.build" >&2
            status=1
        fi
    done
    exit $status
}
