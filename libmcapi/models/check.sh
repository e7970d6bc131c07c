#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks the models with spin: check.sh DIRECTORY, which is for what it makes.
# Each model must hold; each of its variants, broken on purpose, must fail.
set -eu

models=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

die() {
    echo "models: $*" >&2
    exit 1
}

# $1: model; $2: its variant or nothing. Leaves spin's report in $report.
run() {
    report=$1${2:+.$2}.log
    spin ${2:+-D"$2"} -a "$models/$1.pml" >"$report" 2>&1 || die "$1: spin failed; see $1/$report"
    gcc -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -o pan pan.c
    timeout 300 ./pan -m200000 >>"$report" 2>&1 || die "$1 ${2-}: no answer within 300 s"
    grep -q 'max search depth too small' "$report" && die "$1 ${2-}: the search was not complete"
    grep -q 'errors: ' "$report" || die "$1 ${2-}: no verdict; see $PWD/$report"
}

# $1: model; the others: settings of it that must hold as well.
holds() {
    model=$1
    shift
    for setting in '' "$@"; do
        run "$model" "$setting"
        grep -q 'errors: 0' "$report" ||
            die "$model ${setting:+($setting) }does not hold; see $PWD/$report"
        states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$report")
        echo "$model${setting:+ ($setting)}: holds, $states states"
    done
}

# $1: model; the others: variants that must fail.
fails() {
    model=$1
    shift
    for variant in "$@"; do
        run "$model" "$variant"
        grep -q 'errors: 0' "$report" && die "$model holds although it is broken by $variant"
        echo "$model, $variant: fails, as it must"
    done
}

holds slots
fails slots NO_RELEASE NO_ACQUIRE EARLY_ACK NO_FULL_CHECK
holds quarantine
fails quarantine NO_SYSTEM_BARRIER NO_READER_BARRIER NO_EPOCH
holds channel
fails channel NO_BUSY NO_DEATH EARLY_DONE
holds epochs
fails epochs NO_ACK STALE_ACK NO_RING NO_RECHECK
holds sleep_device
fails sleep_device NO_SENDER_BARRIER NO_OWN_BARRIER SAME_SEQ
holds sleep_local FENCED
fails sleep_local NO_BARRIER NO_OWN_BARRIER TAKE_FIRST CLEAR_ALL CLEAR_BLINDLY ASK_ONLY
