"""A stream that beats and brings nothing: where the beats begin, what they are, when they come, and how many."""

from __future__ import annotations

import pytest
from breaking import CHAT, broken, events, got, recording
from hypothesis import given
from hypothesis import strategies as st

from mocksse.errors import UsageError
from mocksse.replay.draft import Context

BODY = b"".join(CHAT)
BEAT = b": keep-alive\n\n"
A, B = b"data: a\n\n", b"data: bb\n\n"


def body(fault: str, *chunks: bytes) -> bytes:
    return got(broken(fault, recording(*chunks))).body


def test_beats_come_for_ten_minutes_a_second_apart() -> None:
    plan = broken("heartbeat-only at=event:1")
    assert got(plan).body == CHAT[0] + BEAT * 600
    assert got(plan).chunks[1:] == (BEAT,) * 600
    assert [write.at_us for write in plan.writes[1:4]] == [110_000, 1_110_000, 2_110_000]
    assert (plan.end_us, plan.finish) == (600_110_000, "hold")
    assert not got(plan).whole


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("heartbeat-only at=event:0 gap=15s for=30s", b": keep-alive\n\n" * 2),
        ("heartbeat-only at=end gap=15s for=29.9s", A + B + b": keep-alive\n\n"),
        ("heartbeat-only at=event:1 for=1s text=", A + b":\n\n"),
        ('heartbeat-only at=event:1 for=1s text="OPENROUTER PROCESSING"', A + b": OPENROUTER PROCESSING\n\n"),
        # Inside an event: in front of it.
        ("heartbeat-only at=byte:1 for=1s", BEAT),
        ("heartbeat-only at=byte:18 for=1s", A + BEAT),
        ("ping-only at=event:1 for=2s", A + b'event: ping\ndata: {"type": "ping"}\n\n' * 2),
    ],
)
def test_where_beats_begin_and_what_they_are(fault: str, expected: bytes) -> None:
    assert body(fault, A, B) == body(fault, (A + B)[:5], (A + B)[5:]) == expected


@pytest.mark.parametrize("eol", [b"\r\n", b"\r", b"\n"])
def test_beats_have_the_line_ends_of_the_stream(eol: bytes) -> None:
    a, b = b"data: a" + eol * 2, b"data: bb" + eol * 2
    for place, kept in (("event:0", b""), ("event:1", a), ("end", a + b)):
        assert body(f"heartbeat-only at={place} for=1s", a, b) == kept + b": keep-alive" + eol * 2
        ping = b"event: ping" + eol + b'data: {"type": "ping"}' + eol * 2
        assert body(f"ping-only at={place} for=2s", a, b) == kept + ping * 2


def test_what_was_never_finished_does_not_swallow_the_beats() -> None:
    assert body("heartbeat-only at=end for=1s", A, b"data: b") == A + BEAT


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("heartbeat-only gap=0", "gap=0"),
        ("heartbeat-only gap=2s for=1s", "no heartbeat would come"),
        ("heartbeat-only gap=1us for=1h", "too many: 20,000 is the most"),
        ("ping-only gap=1ms for=20001ms", "20,001 heartbeats are too many: 20,000 is the most"),
        ("heartbeat-only gap=1ms for=20s text=" + "x" * 4000, "20,000 times 4,004 bytes to put in"),
        ('heartbeat-only text="a\nb"', "line break"),
    ],
)
def test_beats_that_cannot_be_are_refused(fault: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        broken(fault)


def test_as_many_beats_as_there_may_be() -> None:
    assert body("heartbeat-only at=event:1 gap=1ms for=20s") == CHAT[0] + BEAT * 20_000


def test_only_an_event_stream_has_comments() -> None:
    with pytest.raises(UsageError, match="needs server-sent events"):
        broken("heartbeat-only", recording(b'{"a":1}\n', content_type="application/x-ndjson"))


def test_a_length_would_end_it() -> None:
    plan = broken("heartbeat-only at=event:1 for=1s", recording(A, B, framing="length"))
    assert plan.wire.endswith(b"Transfer-Encoding: chunked\r\n\r\n9\r\n" + A + b"\r\ne\r\n" + BEAT + b"\r\n")
    old = broken("heartbeat-only at=event:1 for=1s", recording(A, B, framing="length"), context=Context(http="1.0"))
    assert old.wire.endswith(b"Connection: close\r\n\r\n" + A + BEAT)


@given(st.integers(0, len(BODY)))
def test_beats_leave_the_events_before_them_and_no_other(at: int) -> None:
    left = body(f"heartbeat-only at=byte:{at} for=3s")
    assert left.endswith(BEAT * 3)
    assert events(left) == events(BODY[:at])
