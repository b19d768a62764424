"""Blocks that are more or less than an event, and bytes behind the last one: exact bytes."""

from __future__ import annotations

import pytest
from breaking import CHAT, broken, events, got, recording

from mocksse.replay.faults.fault import Refused
from mocksse.wire import sse

THREE = b"data: 1\n\nevent: x\ndata: 2\n\n: c\n\ndata: 3\n\n"
IDS = b"retry: 50\n\nid: a\ndata: 1\n\nid: b\ndata: 2\n\ndata: 3\n\n"


def body(spec: str, sent: bytes, content_type: str = "text/event-stream") -> bytes:
    return got(broken(spec, recording(sent, content_type=content_type))).body


@pytest.mark.parametrize(
    ("spec", "sent", "came"),
    [
        ("control-only-block", THREE, THREE.replace(b"event: x", b"retry: 3000\n\nevent: x")),
        ("control-only-block at=event:0", THREE, b"retry: 3000\n\n" + THREE),
        ("control-only-block retry=10ms at=end", THREE, THREE + b"retry: 10\n\n"),
        ("control-only-block", IDS, IDS.replace(b"id: b", b"retry: 50\n\nid: a\n\nid: b")),
        ("control-only-block fields=id at=end", IDS, IDS + b"id: b\n\n"),
        ("control-only-block fields=retry at=event:0", IDS, IDS.replace(b"id: a", b"retry: 50\n\nid: a")),
        (
            "control-only-block fields=both at=event:1",
            b"id:  x\rdata: 1\r\r",
            b"id:  x\rdata: 1\r\rretry: 3000\r\rid:  x\r\r",
        ),
        ("empty-data", THREE, THREE.replace(b"event: x", b"data:\n\nevent: x")),
        ("empty-data at=end", b"data: 1\r\n\r\n", b"data: 1\r\n\r\ndata:\r\n\r\n"),
        ("missing-separator", THREE, b"data: 1\nevent: x\ndata: 2\n\n: c\n\ndata: 3\n\n"),
        ("missing-separator at=event:2", THREE, b"data: 1\n\nevent: x\ndata: 2\n: c\ndata: 3\n\n"),
        ("missing-separator", b"data: 1\r\n\r\n\r\ndata: 2\r\n\r\n", b"data: 1\r\ndata: 2\r\n\r\n"),
        ("missing-separator", b"data: 1\r\r\n\ndata: 2\n\n", b"data: 1\rdata: 2\n\n"),
        ("bytes-after-done", THREE, THREE + b": bye\n\n"),
        ('bytes-after-done text=""', b"data: 1\r\r: c\r\r", b"data: 1\r\r: c\r\r: \r\r"),
        ("event-after-done", b"".join(CHAT), b"".join(CHAT) + CHAT[1]),
        ("event-after-done", THREE, THREE + b"data: 1\n\n"),
        ("event-after-done data={}", b"data: 1\r\n\r\n", b"data: 1\r\n\r\ndata: {}\r\n\r\n"),
    ],
)
def test_the_bytes(spec: str, sent: bytes, came: bytes) -> None:
    assert body(spec, sent) == came


@pytest.mark.parametrize(
    ("spec", "came"),
    [
        ("event-after-done", b'{"a":1}\n{"a":2}\n{"a":1}\n'),
        ('event-after-done data="{\\"b\\":3}"', b'{"a":1}\n{"a":2}\n{"b":3}\n'),
    ],
)
def test_a_line_behind_the_last(spec: str, came: bytes) -> None:
    assert body(spec, b'{"a":1}\n{"a":2}\n', "application/x-ndjson") == came


def test_two_events_are_one() -> None:
    before, after = events(b"".join(CHAT)), events(body("missing-separator", b"".join(CHAT)))
    assert after == [before[0], (b"message", before[1][1] + b"\n" + before[2][1]), *before[3:]]
    assert events(body("missing-separator at=event:1", THREE))[0] == (b"x", b"1\n2")


def test_an_empty_event() -> None:
    assert (b"message", b"") in events(body("empty-data", THREE))


def test_what_is_behind_the_end_comes_with_it_in_a_chunk_of_its_own() -> None:
    for spec, last in (("bytes-after-done", b": bye\n\n"), ("event-after-done", CHAT[1])):
        plan = broken(spec)
        assert got(plan).chunks == (*CHAT, last)
        assert [write.at_us for write in plan.writes][-3:] == [150_000, 150_000, 155_000]
        assert got(plan).whole


@pytest.mark.parametrize("at", ["event:1", "event:2", "end"])
def test_the_id_is_the_one_a_client_has_by_then(at: str) -> None:
    def known(sent: bytes) -> list[bytes]:
        return [item.id for item in sse.parse(sent) if isinstance(item, sse.Event)]

    assert known(body(f"control-only-block at={at} fields=both", IDS)) == known(IDS)


@pytest.mark.parametrize(
    ("spec", "sent", "reason"),
    [
        ("control-only-block fields=id", THREE, "no event has an id so far"),
        ("control-only-block fields=both at=event:0", IDS, "no event has an id so far"),
        ("control-only-block", b": c\n\n", "no events in this body"),
        ("control-only-block retry=1500us", THREE, "counts whole milliseconds"),
        ("missing-separator at=event:0", THREE, "no event is in front of this one"),
        ("missing-separator", b"data: 1\n\n", "no event is in front of this one"),
        ("missing-separator at=end", THREE, "no event at this place or behind it"),
        ("bytes-after-done", b": c\n\n", "no events in this body"),
        ("bytes-after-done", b"data: 1\n\ndata: 2\n", "the stream ends amid an event"),
        ("event-after-done", b"data: 1\n\ndata: 2\n", "the stream ends amid an event"),
        ('event-after-done data="a\nb"', THREE, "data= has a line break in it"),
    ],
)
def test_refused(spec: str, sent: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, recording(sent))


def test_a_line_that_does_not_end() -> None:
    with pytest.raises(Refused, match="the last line has no end"):
        body("event-after-done", b'{"a":1}\n{"a":2}', "application/x-ndjson")
