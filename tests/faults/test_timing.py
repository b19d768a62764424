"""The same bytes at other times: each write's time and bytes, at the recorded pace and at once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, got, recording
from hypothesis import given
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.errors import UsageError
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.plan import FLUSH_GAP_US, join

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing, Interaction
    from mocksse.replay.plan import Plan

BODY = b"".join(CHAT)
A, B, C = b"data: a\n\n", b"data: bb\n\n", b"data: ccc\n\n"
ABC = recording(A, B, C)
S = 1_000_000


def times(plan: Plan) -> list[int]:
    return [write.at_us for write in plan.writes]


def clean(tape: Interaction) -> Plan:
    return compile_plan(tape, Pacing())


def sent(plan: Plan) -> list[bytes]:
    return [write.data for write in plan.writes[1:]]


CLEAN_US = [100_000, 110_000, 120_000, 130_000, 135_000]


# --- Stalls


@pytest.mark.parametrize(
    ("fault", "late_from"),
    [
        ("stall at=head for=2s", 0),
        ("stall at=event:0 for=2s", 1),
        ("stall at=event:1 for=2s", 2),
        ("stall at=event:2 for=2s", 3),
        ("stall at=end for=2s", 4),
        ("stall at=byte:9 for=2s", 2),
        ("stall at=ms:121 for=2s", 3),
    ],
)
def test_what_is_behind_the_place_comes_later(fault: str, late_from: int) -> None:
    plan = broken(fault, ABC)
    assert times(plan) == CLEAN_US[:late_from] + [at + 2 * S for at in CLEAN_US[late_from:]]
    assert plan.end_us == 135_000 + 2 * S
    assert plan.wire == clean(ABC).wire


def test_a_stall_amid_a_chunk_leaves_it_one() -> None:
    plan = broken("stall at=byte:12 for=1s", ABC)
    assert sent(plan)[1:3] == [b"a\r\ndat", b"a: bb\n\n\r\n"]
    assert times(plan) == [100_000, 110_000, 120_000, 1_120_000, 1_130_000, 1_135_000]


def test_a_minute_and_a_second_in_the_middle() -> None:
    assert times(broken("stall"))[-1] == 155_000 + 61 * S


def test_pauses_are_in_real_time() -> None:
    plan = broken("stall at=event:1 for=1s; stall at=event:2 for=2s", ABC, pacing=Pacing(speed=INSTANT))
    assert times(plan) == [0, 0, S, 3 * S, 3 * S]


@pytest.mark.parametrize(
    ("faults", "expected", "end_us"),
    [
        ("stall at=event:1 for=1s; reset at=event:2", [100_000, 110_000, 1_120_000], 1_140_000),
        ("reset at=event:2; stall at=event:1 for=1s", [100_000, 110_000, 1_120_000], 1_140_000),
        ("reset at=event:2; stall at=end for=1s", [100_000, 110_000, 120_000], 1_120_000),
        ("truncate at=event:1; stall at=end for=1s", [100_000, 110_000, 1_110_000], 1_110_000),
        ("empty-reply", [], 100_000),
    ],
)
def test_silence_and_then_the_end(faults: str, expected: list[int], end_us: int) -> None:
    plan = broken(faults, ABC)
    assert (times(plan), plan.end_us) == (expected, end_us)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("stall for=0", "for=0 is no pause"),
        ("stall for=0.0001ms", "for=0 is no pause"),
        ("hang; stall at=end", "nothing is behind this place"),
        ("open-after-done; stall at=end", "nothing is behind this place"),
        ("slow-drip at=end", "no bytes are behind this place"),
        ("truncate at=byte:0; buffered-burst", "no body to hold back"),
    ],
)
def test_what_nobody_could_see_is_refused(fault: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(fault)


def test_a_message_with_a_length_has_nothing_behind_its_last_byte() -> None:
    with pytest.raises(Refused, match="nothing is behind this place"):
        broken("stall at=end", recording(framing="length"))
    assert broken("stall at=end for=1s", recording(framing="length"), context=Context(close=True)).end_us == 1_155_000


@pytest.mark.parametrize("word", ["forever", "ever", "inf"])
def test_for_ever_is_another_fault(word: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(f"stall for={word}")
    assert error.value.hint.endswith("hang")


# --- Drips


def test_a_byte_at_a_time_in_the_chunks_that_were() -> None:
    plan = broken("slow-drip bytes=4 gap=50ms", recording(b"0123456789", b"abcdef"))
    assert sent(plan) == [b"a\r\n0123", b"4567", b"89\r\n", b"6\r\nab", b"cdef\r\n", b"0\r\n\r\n"]
    # The parts that the chunks make are each a write of their own, and wait their turn too.
    assert times(plan) == [100_000, 110_000, 160_000, 210_000, 260_000, 310_000, 310_000]


def test_what_was_slower_than_the_drip_comes_no_earlier() -> None:
    plan = broken("slow-drip bytes=5 gap=1ms at=byte:5", recording(b"0123456789", b"abcde", b"fghij"))
    assert sent(plan) == [b"a\r\n01234", b"56789\r\n", b"5\r\nabcde\r\n", b"5\r\nfghij\r\n", b"0\r\n\r\n"]
    assert times(plan) == [100_000, 110_000, 110_000, 120_000, 130_000, 135_000]


def test_at_once_drips_are_still_apart() -> None:
    plan = broken("slow-drip bytes=1 gap=0", recording(b"abc"), pacing=Pacing(speed=INSTANT))
    sends = join(plan)
    assert sends.data[1:] == (b"3\r\na", b"b", b"c\r\n", b"0\r\n\r\n")
    assert sends.at_us[2:] == (FLUSH_GAP_US, 2 * FLUSH_GAP_US, 3 * FLUSH_GAP_US)


def test_a_million_drips_are_too_many() -> None:
    tape = recording(bytes(limits.MAX_PLAN_WRITES + 1))
    for fault in ("slow-drip", "buffered-burst block=1"):
        with pytest.raises(Refused, match=f"would be more than {limits.MAX_PLAN_WRITES:,}"):
            broken(fault, tape)


# --- Bursts


def test_a_burst_has_all_of_it_at_the_end_in_one_send() -> None:
    plan = broken("buffered-burst", ABC)
    assert times(plan) == [135_000] * 3
    assert got(plan).chunks == (A + B + C,)
    assert join(plan).data == (plan.wire,)
    assert broken("buffered-burst block=1MiB", ABC).wire == plan.wire


def test_blocks_come_when_they_are_full_and_the_last_at_the_end() -> None:
    plan = broken("buffered-burst block=10", ABC)
    assert got(plan).chunks == ((A + B + C)[:10], (A + B + C)[10:20], (A + B + C)[20:])
    assert times(plan) == [120_000, 120_000, 130_000, 135_000, 135_000]


@pytest.mark.parametrize("framing", ["length", "close"])
def test_a_burst_needs_no_chunks(framing: Framing) -> None:
    plan = broken("buffered-burst block=20", recording(A, B, C, framing=framing))
    assert sent(plan) == [(A + B + C)[:20], (A + B + C)[20:]]
    assert times(plan) == [130_000, 130_000, 135_000]


def test_a_proxy_gives_out_what_it_has_when_the_answer_breaks_off() -> None:
    plan = broken("reset at=event:2; buffered-burst", ABC)
    assert (times(plan), plan.finish) == ([120_000, 120_000], "reset")
    assert got(plan).body == A + B


# --- A slow head


def test_the_head_comes_in_drips_and_all_else_behind_it() -> None:
    plan = broken("slow-head bytes=30 gap=20ms", ABC)
    assert plan.wire == clean(ABC).wire
    head = plan.wire[: plan.wire.index(b"\r\n\r\n") + 4]
    assert [w.data for w in plan.writes[:3]] == [head[:30], head[30:60], head[60:]]
    assert times(plan) == [100_000, 120_000, 140_000, 150_000, 160_000, 170_000, 175_000]
    assert all(write.upto == -1 for write in plan.writes[:3])
    assert len(broken("slow-head").writes) == len(head) + 6


def test_a_head_without_a_body_can_be_slow_too() -> None:
    plan = broken("slow-head bytes=1000", context=Context("HEAD"))
    assert (len(plan.writes), plan.finish) == (1, "complete")
    with pytest.raises(Refused, match="no answer goes out any more"):
        broken("no-reply; slow-head")


# --- Laws


@given(
    st.lists(st.integers(1, len(BODY) - 1), max_size=8),
    st.sampled_from(["stall at=tool-args", "stall", "slow-drip bytes=30", "buffered-burst block=50", "buffered-burst"]),
    st.sampled_from(["chunked", "length", "close"]),
)
def test_the_bytes_stay_and_are_never_early(cuts: list[int], fault: str, framing: Framing) -> None:
    bounds = sorted({0, len(BODY), *cuts})
    tape = recording(*(BODY[a:b] for a, b in pairwise(bounds)), framing=framing)
    plan = broken(fault, tape, strict=False)
    assert got(plan).body == BODY
    assert times(plan) == sorted(times(plan))
    for write in plan.writes[1:]:
        due = next(w.at_us for w in clean(tape).writes[1:] if w.upto >= write.upto)
        assert write.at_us >= due
