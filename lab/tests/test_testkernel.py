# SPDX-License-Identifier: BSD-3-Clause
"""What the console of a kernel that watches the driver must show, and must not."""

from __future__ import annotations

import pytest

from lab.testkernel import judge

GOOD = """\
[    1.204000] KTAP version 1
[    1.204100]     ok 1 request_while_busy_rings_again
[    1.204200] ok 1 mcapi-channel
[    1.234200] ok 1 mcapi-doorbell
[    1.254200] ok 1 mcapi-link
[    1.304200] ok 1 mcapi-logic
ok 1 - INFO describes both ends
verdict: 0\r
[    9.000000] reboot: Power down
"""


def test_a_good_console() -> None:
    assert judge(GOOD) == []


@pytest.mark.parametrize(
    "line",
    [
        "[    2.0] WARNING: possible circular locking dependency detected",
        "[    2.0] BUG: KASAN: slab-use-after-free in mcapi_link_put+0x1c/0x40 [mcapi]",
        "[    2.0] BUG: KCSAN: data-race in mcapi_event_raise [mcapi] / mcapi_poll [mcapi]",
        "[    2.0] BUG: KCSAN: data-race in mbox_send_message / mcapi_channel_close [mcapi]",
        "[    2.0] BUG: sleeping function called from invalid context at mm/slab.h:1",
        "[    2.0]     not ok 1 request_while_busy_rings_again",
        "not ok 4 - ATTACH ends with ENOSPC and close gives back",
        "[    2.0] INFO: trying to register non-static key.",
        "[    2.0] turning off the locking correctness validator.",
        "not ok - lockdep_is_on",
        "unreferenced object 0xffff888003b3c000 (size 64):",
    ],
)
def test_a_complaint_is_shown(line: str) -> None:
    assert judge(line + "\n" + GOOD) == [line.strip()]


def test_a_race_of_others_is_none_of_ours() -> None:
    line = "[    2.0] BUG: KCSAN: data-race in tick_nohz_idle_stop_tick / tick_sched_timer"
    assert judge(line + "\n" + GOOD) == []


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("verdict: 0", "it gave no good verdict"),
        ("[    1.204200] ok 1 mcapi-channel", "mcapi-channel did not pass"),
    ],
)
def test_what_did_not_run_is_missed(gone: str, said: str) -> None:
    assert judge(GOOD.replace(gone, "")) == [said]
