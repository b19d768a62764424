"""What of a plan is sent at once, and when: a table, and a law over every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from tapes import pieces, responses, tape, with_pieces

from mocksse.cassette.model import Interaction, Request
from mocksse.cassette.pacing import INSTANT, Fixed, Pacing
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.grammar import parse
from mocksse.replay.plan import CUT_GRACE_US, FLUSH_GAP_US, Plan, Write, join

if TYPE_CHECKING:
    from mocksse.cassette.model import Response

A, B = b"data: a\n\n", b"data: b\n\n"


def test_what_is_due_together_is_one_send() -> None:
    made = Plan((Write(0, b"a"), Write(0, b"b"), Write(5, b"c"), Write(5, b"d"), Write(6, b"e")), 9, "fin")
    sends = join(made)
    assert (sends.at_us, sends.data, sends.alone) == ((0, 5, 6), (b"ab", b"cd", b"e"), (False,) * 3)
    assert (sends.end_us, sends.finish) == (9, "fin")


def test_a_flushed_write_stands_alone() -> None:
    made = Plan((Write(0, b"a"), Write(0, b"b", flush=True), Write(0, b"c"), Write(0, b"d")), 0, "complete")
    sends = join(made)
    assert (sends.data, sends.alone) == ((b"a", b"b", b"cd"), (False, True, False))
    assert sends.at_us == (0, 0, 0)


def test_the_gap_behind_a_flushed_write_moves_what_is_due_within_it_and_no_more() -> None:
    recorded = with_pieces(tape(), *pieces(A, B, A, after_us=7000))
    made = compile_plan(recorded, Pacing(), faults=parse("split at=byte:3; split at=byte:6; missing-final-chunk"))
    gap = FLUSH_GAP_US
    assert [(write.at_us, write.flush) for write in made.writes] == [
        (10_000, False),
        (17_000, True),
        (17_000 + gap, True),
        (17_000 + 2 * gap, False),
        (17_000 + 2 * gap, False),
        (31_000, False),
    ]
    assert made.end_us == 31_000 + CUT_GRACE_US
    assert join(made).at_us == (10_000, 17_000, 17_000 + gap, 17_000 + 2 * gap, 31_000)


def test_order_goes_before_time() -> None:
    sends = join(Plan((Write(5, b"a"), Write(3, b"b"), Write(7, b"c"), Write(2, b"d", flush=True)), 7, "complete"))
    assert (sends.at_us, sends.data) == ((5, 7, 7), (b"ab", b"c", b"d"))


def test_at_instant_speed_a_whole_answer_is_one_send() -> None:
    whole = compile_plan(tape(A, B, A), Pacing(speed=INSTANT))
    sends = join(whole)
    assert sends.at_us == (0,)
    assert sends.data == (whole.wire,)


@given(responses(), st.sampled_from([Pacing(), Pacing(speed=INSTANT), Pacing(gap=Fixed(3)), Pacing(jitter=50)]))
def test_joining_keeps_every_byte_in_order_and_never_sends_early(response: Response, pacing: Pacing) -> None:
    made = compile_plan(Interaction("a", Request("/a"), response), pacing)
    sends = join(made)
    assert b"".join(sends.data) == made.wire
    assert all(before < after for before, after in zip(sends.at_us, sends.at_us[1:], strict=False))
    assert [w.at_us for w in made.writes] == sorted(w.at_us for w in made.writes)
    due = {write.at_us for write in made.writes}
    assert set(sends.at_us) == due
    assert made.end_us >= made.writes[-1].at_us
