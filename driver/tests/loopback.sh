#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# loopback.sh PROGRAM [OPTIONS...] - run a test program on loopback pairs that behave
# as different mailbox controllers do. PROGRAM gets the options and the pair's two
# devices; and once more with --pair <the pair's folder>, to end it. With VARIANTS="name ..." only those. Needs configfs.
set -eu

config=/sys/kernel/config/mailbox-loopback
failed=

# What each variant changes, as <knob>=<value>.
knobs() {
	case $1 in
	irq) ;;
	thread) echo irq=thread ;;
	slow) echo irq=hard delay_us=200 ;;
	late) echo late_clear=1 ;;
	late-thread) echo late_clear=1 irq=thread delay_us=50 ;;
	poll) echo txdone=poll ;;
	poll-late) echo txdone=poll late_clear=1 ;;
	ack) echo txdone=ack ;;
	busy) echo busy_every=2000 ;;
	drop) echo drop_every=2000 ;;
	*)
		echo "loopback.sh: there is no variant $1" >&2
		exit 2
		;;
	esac
}

device() {
	for label in /sys/class/mcapi/mcapi*/label; do
		if [ "$(cat "$label")" = "$1" ]; then
			label=${label%/label}
			echo "/dev/${label##*/}"
			return
		fi
	done
	echo "loopback.sh: no link has the label $1" >&2
	exit 1
}

# $1: the variant; the rest: options of the program
variant() {
	name=$1
	pair=$config/$1
	shift
	mkdir "$pair"
	echo 1 >"$pair/payload_check"
	for knob in $(knobs "$name"); do
		echo "${knob#*=}" >"$pair/${knob%%=*}"
	done
	echo 1 >"$pair/live"
	case $name in
	*late*) set -- "$@" --wakes 2 ;;
	esac
	ends="$(device "$name-0") $(device "$name-1")"
	# shellcheck disable=SC2086 # two words
	"$program" "$@" $ends || failed="$failed $name"
	if [ "$(cat "$pair/bad_payloads")" != 0 ]; then
		echo "# $name: a controller could not have used the message"
		failed="$failed $name"
	fi
	# shellcheck disable=SC2086 # two words
	"$program" "$@" --pair "$pair" $ends || failed="$failed $name"
	echo 0 >"$pair/live"
	rmdir "$pair"
}

program=${1:?usage: loopback.sh PROGRAM [OPTIONS...]}
shift
[ -d "$config" ] || mount -t configfs configfs /sys/kernel/config
[ -d "$config" ] || {
	echo "loopback.sh: $config is missing: load mailbox-loopback" >&2
	exit 1
}
for name in ${VARIANTS:-irq thread slow late late-thread poll poll-late ack busy drop}; do
	echo "# variant $name"
	variant "$name" "$@"
done
[ -z "$failed" ] || {
	echo "# failed:$failed"
	exit 1
}
