"""What may be the machine's doing has to be shown more than once; what is the client's own counts at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from told_by import asked, play

from mocksse.torture.case import FAIL, SAME, Expect
from mocksse.torture.doubt import plays_to_show
from mocksse.torture.verdict import Verdict, Wrong


def verdict(wrong: Wrong, faults: str, expect: Expect = SAME, finish: str = "complete") -> Verdict:
    made = replace(play(expect), faults=faults)
    return Verdict(made, "FAIL" if wrong else "PASS", "", wrong, exchanges=(asked(finish=finish),))


@pytest.mark.parametrize(
    ("wrong", "faults", "late", "plays"),
    [
        ("", "stall at=event:3 for=1s", True, 1),
        ("rude", "status 503", False, 3),
        ("late", "open-after-done", False, 3),
        ("loud", "stall at=event:3 for=1s", False, 3),
        ("money", "slow-drip bytes=100 gap=20ms", False, 3),
        ("loud", "bytes-after-end as=answer gap=0", False, 3),
        ("loud", "crlf", True, 3),
        ("loud", "crlf", False, 1),
        ("money", "reset at=byte:9000", False, 1),
        ("silent", "stall at=event:3 for=1s", True, 1),
        ("hang", "hang at=percent:50", False, 1),
        ("hang", "hang at=percent:50", True, 2),
        ("hang", "large-event size=8MiB; rechunk size=256", False, 2),
    ],
)
def test_how_many_plays_have_to_show_it(wrong: Wrong, faults: str, late: bool, plays: int) -> None:
    assert plays_to_show(verdict(wrong, faults), late) == plays


def test_of_a_client_that_hangs_again_and_again_it_is_believed_at_once() -> None:
    hung = verdict("hang", "crlf")
    assert [plays_to_show(hung, False, endless) for endless in (0, 1, 2, 9)] == [2, 2, 1, 1]


def test_a_reset_may_have_taken_what_its_peer_had_not_read() -> None:
    assert plays_to_show(verdict("silent", "reset at=event:5 times=1", SAME, "reset"), False) == 3
    assert plays_to_show(verdict("silent", "reset at=event:5", FAIL, "reset"), False) == 1
