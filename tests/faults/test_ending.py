"""How an answer breaks off: which bytes still come, what they had announced, and by what the connection ends."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, events, got, recording
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.model import End
from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.replay.draft import Context
from mocksse.replay.faults.fault import Refused
from mocksse.replay.plan import CUT_GRACE_US, RESET_GRACE_US

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending, Interaction
    from mocksse.replay.draft import Finish
    from mocksse.replay.plan import Plan

HTTP10 = Context(http="1.0", close=True)
BODY = b"".join(CHAT)
A, B, C = b"data: a\n\n", b"data: bb\n\n", b"data: ccc\n\n"
ABC = recording(A, B, C)
LENGTH = recording(A, B, C, framing="length")
CLOSE = recording(A, B, C, framing="close")
SIZES = (9, 10, 11)
GRACES_US = {"reset": RESET_GRACE_US, "truncate": 0, "missing-final-chunk": CUT_GRACE_US}


def after_head(plan: Plan) -> bytes:
    return plan.wire.partition(b"\r\n\r\n")[2]


def chunks(*data: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(d), d) for d in data)


# --- Which bytes come


@pytest.mark.parametrize(
    ("fault", "wire", "finish"),
    [
        ("reset at=event:2", chunks(A, B), "reset"),
        ("reset at=event:0", b"", "reset"),
        ("reset at=end", chunks(A, B, C), "reset"),
        ("reset at=byte:12", chunks(A) + b"a\r\ndat", "reset"),
        ("hang at=event:0", b"", "hold"),
        ("hang at=byte:12", chunks(A) + b"a\r\ndat", "hold"),
        ("hang at=end", chunks(A, B, C), "hold"),
        ("truncate at=event:2", chunks(A, B) + b"0\r\n\r\n", "complete"),
        ("truncate at=event:0", b"0\r\n\r\n", "complete"),
        ("truncate at=byte:12", chunks(A, b"dat") + b"0\r\n\r\n", "complete"),
        ("missing-final-chunk", chunks(A, B, C), "fin"),
        ("missing-final-chunk at=event:1", chunks(A), "fin"),
        ("missing-final-chunk at=byte:12", chunks(A, b"dat"), "fin"),
        ("fin-mid-chunk at=byte:12", chunks(A) + b"a\r\ndat", "fin"),
        ("fin-mid-chunk", chunks(A) + b"a\r\ndata: ", "fin"),
        # Between two chunks: half of the next.
        ("fin-mid-chunk at=event:0", b"9\r\ndata", "fin"),
        ("fin-mid-chunk at=event:2", chunks(A, B) + b"b\r\ndata:", "fin"),
        # Behind the last: it was to have a byte more.
        ("fin-mid-chunk at=end", chunks(A, B) + b"c\r\n" + C, "fin"),
    ],
)
def test_what_comes_in_chunks(fault: str, wire: bytes, finish: Finish) -> None:
    plan = broken(fault, ABC)
    assert after_head(plan) == wire
    assert plan.finish == finish


@pytest.mark.parametrize(
    ("fault", "length", "body", "finish"),
    [
        ("reset at=event:2", "30", A + B, "reset"),
        ("hang at=byte:12", "30", A + b"dat", "hold"),
        ("truncate at=byte:12", "12", A + b"dat", "complete"),
        ("truncate at=event:0", "0", b"", "complete"),
    ],
)
def test_a_length_was_announced_in_full_unless_the_end_is_clean(
    fault: str, length: str, body: bytes, finish: Finish
) -> None:
    plan = broken(fault, LENGTH)
    assert (got(plan).header("content-length"), after_head(plan), plan.finish) == (length, body, finish)
    assert broken(fault, CLOSE).finish == ("fin" if finish == "complete" else finish)
    assert after_head(broken(fault, CLOSE)) == body


@pytest.mark.parametrize("tape", [LENGTH, recording(b"", framing="length")])
def test_silence_behind_all_that_a_length_had_announced_needs_another_framing(tape: Interaction) -> None:
    """Else a client has a complete answer, and it is the next request on the connection that nobody answers."""
    plan = broken("hang at=end", tape)
    assert plan.finish == "hold"
    assert got(plan).header("content-length") is None
    assert (got(plan).header("transfer-encoding"), got(plan).whole) == ("chunked", False)
    assert got(plan).body == tape.response.body
    old = broken("hang at=end", tape, context=HTTP10)
    assert (old.finish, after_head(old)) == ("hold", tape.response.body)
    assert got(old).header("content-length") is None


def test_silence_before_all_that_was_announced_keeps_the_length() -> None:
    plan = broken("content-length-mismatch by=5; hang at=end", LENGTH)
    assert (got(plan).header("content-length"), plan.finish) == ("35", "hold")


@pytest.mark.parametrize("fault", ["fin-mid-chunk at=byte:12", "missing-final-chunk at=byte:12"])
def test_what_needs_chunks_makes_them(fault: str) -> None:
    for tape in (LENGTH, CLOSE):
        plan = broken(fault, tape)
        assert plan.wire == broken(fault, ABC).wire
        with pytest.raises(Refused, match="which has no chunks"):
            broken(fault, tape, context=HTTP10)


def test_a_chunk_that_has_no_half_comes_and_was_to_be_longer() -> None:
    tape = recording(A, b"d", b"ata: x\n\n")
    assert after_head(broken("fin-mid-chunk at=event:1", tape)) == chunks(A) + b"2\r\nd"


@pytest.mark.parametrize("fault", ["reset at=head", "hang at=head", "empty-reply", "no-reply"])
def test_not_even_a_head(fault: str) -> None:
    for tape in (ABC, LENGTH, CLOSE, recording(status=204)):
        if tape.response.status == 204 and "at=head" in fault:
            continue
        plan = broken(fault, tape)
        assert (plan.wire, plan.writes, plan.status) == (b"", (), 0)
        assert plan.finish == {"reset at=head": "reset", "empty-reply": "fin"}.get(fault, "hold")
        assert plan.end_us == 100_000


def test_no_body_no_fault() -> None:
    for fault in ("reset", "truncate", "hang", "fin-mid-chunk"):
        with pytest.raises(Refused, match="no body"):
            broken(fault, context=Context("HEAD"))
    with pytest.raises(Refused, match="ends like that already"):
        broken("truncate", recording(b""))


@pytest.mark.parametrize(
    ("fault", "tape"),
    [
        ("truncate at=end", ABC),
        ("reset at=end", recording(A, end=End(5000, "reset"))),
        ("hang at=end", recording(A, end=End(5000, "idle"))),
        ("missing-final-chunk", recording(A, end=End(5000, "cut"))),
        ("reset at=end; reset at=end", ABC),
    ],
)
def test_what_would_change_nothing_says_so(fault: str, tape: Interaction) -> None:
    with pytest.raises(Refused, match="the answer ends like that already"):
        broken(fault, tape)


@pytest.mark.parametrize("how", ["cut", "reset", "idle"])
def test_a_broken_recording_can_be_ended_well(how: Ending) -> None:
    plan = broken("truncate at=end", recording(A, B, end=End(5000, how)))
    assert (after_head(plan), plan.finish) == (chunks(A, B) + b"0\r\n\r\n", "complete")


# --- When


def test_an_answer_breaks_off_when_the_last_byte_came() -> None:
    plan = broken("reset at=event:2")
    assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000]
    assert plan.end_us == 120_000 + RESET_GRACE_US
    assert broken("truncate at=event:2").end_us == 120_000
    assert broken("missing-final-chunk at=event:2").end_us == 120_000 + CUT_GRACE_US
    assert broken("fin-mid-chunk at=event:2").end_us == 130_000 + CUT_GRACE_US
    assert broken("truncate at=event:0").end_us == 100_000


def test_a_moment_is_when_it_ends() -> None:
    for fault, end_us in (("reset", 136_000), ("truncate", 136_000), ("missing-final-chunk", 136_000)):
        plan = broken(f"{fault} at=ms:136")
        assert got(plan).body == b"".join(CHAT[:3])
        assert plan.end_us == max(end_us, 130_000 + GRACES_US[fault])
    assert broken("hang at=ms:0").writes[-1].at_us == 100_000


def test_at_instant_speed_the_reset_leaves_time_to_read() -> None:
    plan = broken("reset at=event:2", pacing=Pacing(speed=INSTANT))
    assert (plan.writes[-1].at_us, plan.end_us) == (0, RESET_GRACE_US)


# --- Together


@pytest.mark.parametrize(
    ("faults", "wire", "finish"),
    [
        ("truncate at=event:2; reset at=end", chunks(A, B), "reset"),
        ("reset at=event:2; truncate at=event:1", chunks(A) + b"0\r\n\r\n", "complete"),
        ("truncate at=event:2; fin-mid-chunk at=event:1", chunks(A) + b"a\r\ndata:", "fin"),
        ("close-delimited; truncate at=byte:12", A + b"dat", "fin"),
        ("truncate at=byte:12; close-delimited", A + b"dat", "fin"),
        ("reset at=byte:12; close-delimited", A + b"dat", "reset"),
        ("close-delimited; missing-final-chunk", chunks(A, B, C), "fin"),
        ("bytes-after-end; truncate at=event:1", chunks(A) + b"0\r\n\r\n", "complete"),
        ("stale-keepalive; truncate at=event:1", chunks(A) + b"0\r\n\r\n", "complete"),
        ("bad-chunk-size at=event:1; reset at=event:2", chunks(A) + b"ZZ\r\n" + B + b"\r\n", "reset"),
        ("content-length-mismatch; reset at=event:1", A, "reset"),
    ],
)
def test_faults_together_do_what_they_say(faults: str, wire: bytes, finish: Finish) -> None:
    plan = broken(faults, ABC)
    assert (after_head(plan), plan.finish) == (wire, finish)


def test_a_length_that_was_a_lie_stays_one_when_the_body_breaks_off() -> None:
    plan = broken("content-length-mismatch by=+7; reset at=event:1", LENGTH)
    assert got(plan).header("content-length") == "37"


def test_behind_an_answer_that_never_came_there_is_nothing_to_break() -> None:
    with pytest.raises(Refused, match="no body"):
        broken("no-reply; truncate")


# --- The same, however the body was cut


@given(
    st.lists(st.integers(1, len(BODY) - 1), max_size=8),
    st.sampled_from(["event:2", "tool-args", "percent:33", "byte:100", "finish", "done", "end", "first-text"]),
    st.sampled_from(["reset", "truncate", "hang", "missing-final-chunk", "fin-mid-chunk"]),
)
def test_how_the_body_was_cut_is_no_matter_to_what_is_left(cuts: list[int], place: str, name: str) -> None:
    if place == "tool-args" or (name, place) == ("truncate", "end"):
        return
    bounds = sorted({0, len(BODY), *cuts})
    tape = recording(*(BODY[a:b] for a, b in pairwise(bounds)))
    left, whole = got(broken(f"{name} at={place}", tape)), got(broken(f"{name} at={place}"))
    assert left.whole == whole.whole == (name == "truncate")
    if name != "fin-mid-chunk":
        assert left.body == whole.body
    else:
        expected = got(broken(f"truncate at={place}", tape)).body if place != "end" else BODY
        assert left.body.startswith(expected)
        assert BODY.startswith(left.body)
    assert events(BODY)[: len(events(left.body))] == events(left.body)
