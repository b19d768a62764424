"""Ids and reconnection times: the very bytes, and every event as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from breaking import CHAT, broken, events, got, recording
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.errors import UsageError
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.reconnect import FAULTS, id_lines
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.replay.plan import Plan

A, B, C = b"data: a\n\n", b"data: b\n\n", b"data: c\n\n"


def body(faults: str, *chunks: bytes, **more: Any) -> bytes:
    return got(broken(faults, recording(*(chunks or (A, B, C)), **more))).body


@pytest.mark.parametrize(
    ("faults", "result"),
    [
        ("ids", b"id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n"),
        ("ids every=2", b"data: a\n\nid: 2\ndata: b\n\ndata: c\n\n"),
        ("ids every=3", b"data: a\n\ndata: b\n\nid: 3\ndata: c\n\n"),
        ("ids start=0", b"id: 0\ndata: a\n\nid: 1\ndata: b\n\nid: 2\ndata: c\n\n"),
        ("ids start=-1 every=2", b"data: a\n\nid: 0\ndata: b\n\ndata: c\n\n"),
        ("ids start=9 format=e-{n}", b"id: e-9\ndata: a\n\nid: e-10\ndata: b\n\nid: e-11\ndata: c\n\n"),
        (
            "ids format=evt_{n:06d}",
            b"id: evt_000001\ndata: a\n\nid: evt_000002\ndata: b\n\nid: evt_000003\ndata: c\n\n",
        ),
        ("ids every=3 format={n:03d}:{n}", b"data: a\n\ndata: b\n\nid: 003:3\ndata: c\n\n"),
        ('ids format="ü x" every=3', b"data: a\n\ndata: b\n\nid: \xc3\xbc x\ndata: c\n\n"),
        ('ids format="" every=2', b"data: a\n\nid: \ndata: b\n\ndata: c\n\n"),
        ("retry 100ms", b"retry: 100\n\ndata: a\n\ndata: b\n\ndata: c\n\n"),
        ("retry", b"retry: 100\n\ndata: a\n\ndata: b\n\ndata: c\n\n"),
        ("retry wait=2s at=event:1", b"data: a\n\nretry: 2000\n\ndata: b\n\ndata: c\n\n"),
        ("retry 0 at=byte:12", b"data: a\n\nretry: 0\n\ndata: b\n\ndata: c\n\n"),
        ("retry 1m at=end", b"data: a\n\ndata: b\n\ndata: c\n\nretry: 60000\n\n"),
        ("retry 1ms; ids every=2", b"retry: 1\n\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n"),
        ("resume", b"data: a\n\ndata: b\n\ndata: c\n\n"),
    ],
)
def test_what_is_written(faults: str, result: bytes) -> None:
    assert body(faults) == result


@pytest.mark.parametrize(
    ("stream", "result"),
    [
        (b"event: x\r\ndata: a\r\n\r\n", b"id: 1\r\nevent: x\r\ndata: a\r\n\r\n"),
        (b"data:a\rdata:b\r\r", b"id: 1\rdata:a\rdata:b\r\r"),
        (b"\xef\xbb\xbfdata: a\n\n", b"\xef\xbb\xbfid: 1\ndata: a\n\n"),
        (b"\n\n: ping\n\ndata: a\n\n", b"\n\n: ping\n\nid: 1\ndata: a\n\n"),
        (b": ping\n:\ndata: a\n\n", b": ping\n:\nid: 1\ndata: a\n\n"),
        (b"event: x\n\nretry: 3\n\ndata\n\n", b"event: x\n\nretry: 3\n\nid: 1\ndata\n\n"),
        (b"data: a\r\ndata: b\n\r\ndata: c\r\r\n", b"id: 1\r\ndata: a\r\ndata: b\n\r\nid: 2\rdata: c\r\r\n"),
        (b"data: a\n\ndata: b", b"id: 1\ndata: a\n\ndata: b"),
        (b"id: 1\0\ndata: a\n\n", b"id: 1\nid: 1\0\ndata: a\n\n"),
        (b"data: a\nid: 1", b"data: a\nid: 1"),
    ],
)
def test_an_id_stands_in_the_line_ends_of_its_event_behind_comments(stream: bytes, result: bytes) -> None:
    assert got(broken("ids", recording(stream), strict=False)).body == result


@pytest.mark.parametrize(
    ("stream", "result"),
    [
        (b"\xef\xbb\xbf: x\n\ndata: a\n\n", b"\xef\xbb\xbfretry: 5\n\n: x\n\ndata: a\n\n"),
        (b"data: a\r\n\r\n", b"retry: 5\r\n\r\ndata: a\r\n\r\n"),
        (b"", b"retry: 5\n\n"),
    ],
)
def test_a_stream_begins_with_the_time_to_wait(stream: bytes, result: bytes) -> None:
    assert body("retry 5ms", stream) == result


@pytest.mark.parametrize(
    ("at", "before"), [("event:0", b": x"), ("event:1", b"data: b"), ("byte:15", b"data: b"), ("end", b"data: cut")]
)
def test_the_time_to_wait_stands_between_events(at: str, before: bytes) -> None:
    stream = b": x\n\ndata: a\n\ndata: b\n\ndata: cut\n"
    place = stream.index(before)
    assert body(f"retry 5ms at={at}", stream) == stream[:place] + b"retry: 5\n\n" + stream[place:]


def test_an_id_is_part_of_its_event_and_a_time_to_wait_has_a_chunk_of_its_own() -> None:
    plan = broken("ids; retry 5ms at=event:1", recording(A, B + C[:4], C[4:]))
    assert got(plan).chunks == (b"id: 1\n" + A, b"retry: 5\n\n", b"id: 2\n" + B + b"id: 3\n" + C[:4], C[4:])
    assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000, 120_000, 130_000, 135_000]


def test_other_faults_find_their_places_in_what_has_ids() -> None:
    plan = broken("truncate at=byte:7; ids")
    assert got(plan).body == b"id: 1\nd", "ids come first, wherever they stand"


@pytest.mark.parametrize(
    ("stream", "result"),
    [
        (b"id: x\ndata: a\n\ndata: b\nid:y\n\n", b"data: a\n\nid: 2\ndata: b\n\n"),
        (b"id: x\n\nid\ndata: a\nid: y\n\nid: z\ndata: b\n\n", b"\ndata: a\n\nid: 2\ndata: b\n\n"),
        (b"\xef\xbb\xbfid: x\r\ndata: a\r\n\r\ndata: id: b\r\n\r\n",
         b"\xef\xbb\xbfdata: a\r\n\r\nid: 2\r\ndata: id: b\r\n\r\n"),
        # CR and LF are two line ends while something is between them
        (b"data: a\rid: x\n\ndata: b\n\n", b"data: a\r:\n\nid: 2\ndata: b\n\n"),
    ],
)  # fmt: skip
def test_ids_that_are_there_make_place(stream: bytes, result: bytes) -> None:
    assert body("ids every=2 replace=yes", stream) == result
    with pytest.raises(UsageError, match="ids of its own"):
        body("ids", stream)


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ("ids every=4", "every=4 of 3 events: none would have an id"),
        ("ids format={n", "braces are for the number only"),
        ("ids format={n.__class__}", "braces are for the number only"),
        ("ids format={n:06x}", "braces are for the number only"),
        ("ids format={{n}}", "braces are for the number only"),
        ('ids format="a\nb"', "neither a line end nor a NUL"),
        ("retry 1500us", "whole milliseconds"),
        ("retry at=event:4", "beyond the stream"),
        ("resume mode=exact events=1", "events= means nothing to mode=exact"),
    ],
)
def test_what_cannot_be(faults: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        body(faults)


@pytest.mark.parametrize("faults", ["ids", "retry", "resume"])
def test_only_event_streams_have_these_fields(faults: str) -> None:
    with pytest.raises(UsageError, match="needs server-sent events, and this is NDJSON"):
        body(faults, b'{"a":1}\n', content_type="application/x-ndjson")


@pytest.mark.parametrize("faults", ["ids", "retry"])
def test_a_body_that_cannot_be_read_stays_as_it_is(faults: str) -> None:
    tape = recording(b"\x1f\x8b\x08\n\n")
    headers = (*tape.response.headers, (b"Content-Encoding", b"gzip"))
    with pytest.raises(UsageError, match=r"none would have an id|can't be told apart"):
        broken(faults, replace(tape, response=replace(tape.response, headers=headers)))


@pytest.mark.parametrize("text", ["retry 100", "retry fast", "ids every=0", "ids replace=maybe", "resume mode=other"])
def test_words_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="column"):
        parse(text)


def test_lines_that_count_as_ids() -> None:
    stream = b"\xef\xbb\xbfid: 1\nid\rid:\r\n id: 2\nx id: 3\nidx: 4\nid: 5\0\ndata: id: 6\nid:  7 \r\nid: 8"
    assert [line.value for line in id_lines(stream)] == [b"1", b"", b"", b" 7 "]
    assert [stream[line.start : line.end] for line in id_lines(stream)] == [
        b"id: 1\n",
        b"id\r",
        b"id:\r\n",
        b"id:  7 \r\n",
    ]


_LINES = st.lists(
    st.sampled_from(
        [b"data: a", b"data", b"id: 1", b"id", b": c", b"event: e", b"retry: 1", b"\xef\xbb\xbfid: 2", b""]
    ),
    max_size=20,
)
_EOLS = st.lists(st.sampled_from([b"\n", b"\r\n", b"\r"]), min_size=20, max_size=20)


def _chunks(stream: bytes, cuts: set[int]) -> tuple[bytes, ...]:
    ends = sorted({cut for cut in cuts if 0 < cut < len(stream)})
    return tuple(stream[low:high] for low, high in zip([0, *ends], [*ends, len(stream)], strict=True))


@settings(max_examples=300)
@given(_LINES, _EOLS, st.booleans(), st.sets(st.integers(0, 100), max_size=5), st.integers(1, 3), st.integers(0, 100))
def test_events_stay_as_they_were_and_have_the_ids_they_were_given(
    lines: list[bytes], eols: list[bytes], bom: bool, cuts: set[int], nth: int, percent: int
) -> None:
    stream = (sse.BOM if bom else b"") + b"".join(line + eol for line, eol in zip(lines, eols, strict=False))
    was = events(stream)

    def made(faults: str, *chunks: bytes) -> Plan:
        return broken(faults, recording(*(chunks or (b"",))), strict=False)

    numbered = got(made(f"ids every={nth} replace=yes", *_chunks(stream, cuts))).body
    assert events(numbered) == was
    assert numbered == got(made(f"ids every={nth} replace=yes", stream)).body
    if was and nth <= len(was):
        ids = [item.id for item in sse.parse(numbered) if isinstance(item, sse.Event)]
        assert ids == [b"%d" % (n // nth * nth) if n >= nth else b"" for n in range(1, len(was) + 1)]
    late = got(made(f"retry 7ms at=percent:{percent}", *_chunks(stream, cuts))).body
    assert events(late) == was


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_has_an_example_that_works(fault: Any) -> None:
    assert broken(fault.example, recording(*CHAT)).notes == ()
    assert fault.family == "reconnection"
