"""Comments, pings and other signs of life: exact bytes, chunks of their own, and nothing of it an event."""

from __future__ import annotations

import tracemalloc

import pytest
from breaking import CHAT, broken, events, got, recording

from mocksse import limits
from mocksse.replay.faults.fault import Refused

TWO = b"data: 1\n\nevent: x\ndata: 2\n\n"
PING = b": ping\n\n"


def body(spec: str, sent: bytes) -> bytes:
    return got(broken(spec, recording(sent))).body


@pytest.mark.parametrize(
    ("spec", "sent", "came"),
    [
        ("comment-keepalive", TWO, b": keep-alive\n\ndata: 1\n\n: keep-alive\n\nevent: x\ndata: 2\n\n"),
        ('comment-keepalive at=event:1 text=""', TWO, b"data: 1\n\n:\n\nevent: x\ndata: 2\n\n"),
        ("comment-keepalive at=end text=bye", b"data: 1\r\n\r\n", b"data: 1\r\n\r\n: bye\r\n\r\n"),
        ("comment-keepalive at=end", b"data: 1\r\rdata: 2", b"data: 1\r\r: keep-alive\r\rdata: 2"),
        ("comment-keepalive at=event:0", b"\xef\xbb\xbfdata: 1\n\n", b"\xef\xbb\xbf: keep-alive\n\ndata: 1\n\n"),
        ("comment-keepalive size=20 at=event:0", b"data: 1\n\n", b": keep-alivexxxxxxxx\n\ndata: 1\n\n"),
        ("comment-keepalive size=3 at=event:0", b"data: 1\n\n", b": keep-alive\n\ndata: 1\n\n"),
        ("comment-keepalive where=inside", TWO, b"data: 1\n: keep-alive\n\nevent: x\n: keep-alive\ndata: 2\n\n"),
        ("comment-keepalive where=inside at=event:1", TWO, b"data: 1\n\nevent: x\n: keep-alive\ndata: 2\n\n"),
        (
            "comment-keepalive where=inside",
            b"data: {\r\ndata: }\r\n\r\n",
            b"data: {\r\n: keep-alive\r\ndata: }\r\n\r\n",
        ),
        ("event-without-data", TWO, b"event: ping\n\ndata: 1\n\nevent: ping\n\nevent: x\ndata: 2\n\n"),
        ("event-without-data event=beat at=end", TWO, TWO + b"event: beat\n\n"),
        ("data-wrapped-comment", TWO, b"data: 1\n\ndata: : keepalive\n\nevent: x\ndata: 2\n\n"),
        ("data-wrapped-comment at=event:0 text=beat", TWO, b"data: : beat\n\n" + TWO),
        ("data-wrapped-comment at=end", b"data: 1\r\r: c", b"data: 1\r\rdata: : keepalive\r\r: c"),
        ("ids; ping-after-id", b"data: 1\n\ndata: 2\n\n", b"id: 1\ndata: 1\n\n" + PING + b"id: 2\ndata: 2\n\n" + PING),
        (
            "ping-after-id",
            b"data: 1\n\nid: 7\ndata: 2\n\ndata: 3\n\n",
            b"data: 1\n\nid: 7\ndata: 2\n\n" + PING + b"data: 3\n\n" + PING,
        ),
        ("ping-after-id", b"id: 7\n\ndata: 2\n\nid\ndata: 3\n\n", b"id: 7\n\ndata: 2\n\n" + PING + b"id\ndata: 3\n\n"),
        ("ping-after-id at=event:1", b"id: 7\rdata: 2\r\rdata: 3\r\r", b"id: 7\rdata: 2\r\rdata: 3\r\r: ping\r\r"),
    ],
)
def test_the_bytes(spec: str, sent: bytes, came: bytes) -> None:
    assert body(spec, sent) == came


def test_each_comes_in_a_chunk_of_its_own_when_what_follows_it_does() -> None:
    plan = broken("comment-keepalive at=event:2")
    assert got(plan).chunks == (*CHAT[:2], b": keep-alive\n\n", *CHAT[2:])
    assert [write.at_us for write in plan.writes][1:6] == [110_000, 120_000, 130_000, 130_000, 140_000]
    several = broken("comment-keepalive at=event:2", recording(b"".join(CHAT)))
    assert got(several).chunks == (b"".join(CHAT[:2]), b": keep-alive\n\n", b"".join(CHAT[2:]))


def test_a_line_inside_an_event_stays_in_its_chunk() -> None:
    assert len(got(broken("comment-keepalive where=inside")).chunks) == len(CHAT)


def test_a_wrapped_comment_is_an_event() -> None:
    assert events(got(broken("data-wrapped-comment")).body)[2] == (b"message", b": keepalive")


def test_a_long_comment() -> None:
    assert max(len(line) for line in body("comment-keepalive size=2KiB", TWO).split(b"\n")) == 2048


@pytest.mark.parametrize(
    ("spec", "sent", "reason"),
    [
        ("comment-keepalive", b": c\n\n", "no events in this body"),
        ("comment-keepalive where=inside at=end", TWO, "no event at this place or behind it"),
        ('comment-keepalive text="a\nb"', TWO, "text= has a line break in it"),
        ("comment-keepalive size=33MiB", TWO, "2 times 34,603,008 bytes to put in; 67,108,864 is the most"),
        ("ping-after-id", TWO, "no event has an id so far"),
        ("ping-after-id at=event:0", b"data: 1\n\nid: 7\ndata: 2\n\n", "no event has an id so far"),
        ("ping-after-id", b"id: a\0b\ndata: 1\n\n", "no event has an id so far"),
        ('event-without-data event="a\nb"', TWO, "event= has a line break in it"),
    ],
)
def test_refused(spec: str, sent: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, recording(sent))


@pytest.mark.parametrize(
    "spec",
    [
        "comment-keepalive size=64MiB",
        "comment-keepalive size=64MiB where=inside",
        f"comment-keepalive text={'x' * 20_000}",
        f"event-without-data event={'x' * 20_000}",
        f"unknown-field line={'x' * 20_000}",
        f"ids format={'x' * 20_000}",
    ],
)
def test_what_is_too_much_is_counted_before_it_is_made(spec: str) -> None:
    tape = recording(CHAT[1] * 5000, CHAT[3], CHAT[4])
    broken("drop at=event:1", tape)  # what is loaded once, is
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="to put in; 67,108,864 is the most"):
            broken(spec, tape)
        assert tracemalloc.get_traced_memory()[1] < 32 * limits.MIB
    finally:
        tracemalloc.stop()
