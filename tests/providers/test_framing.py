"""providers/framing: every body has frames, the same ones however it comes in."""

from __future__ import annotations

import time
from random import Random

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.providers.framing import Frame, Framer, frames, framing_of
from mocksse.wire import eventstream

SSE = "text/event-stream; charset=utf-8"
AWS = "application/vnd.amazon.eventstream"
NDJSON = "application/x-ndjson"
JSON = "application/json; charset=UTF-8"

DELTA = eventstream.encode([(":event-type", "contentBlockDelta"), (":message-type", "event")], b"{}")
SLOW = eventstream.encode([(":message-type", "exception"), (":exception-type", "throttlingException")], b'{"m":1}')

CASES = [
    ("event", SSE, b"data: a\n\n", [Frame(0, 9, "message", b"a")]),
    ("typed event", SSE, b"event: t\ndata: a\n\n", [Frame(0, 18, "t", b"a")]),
    ("type that is no UTF-8", SSE, b"event: \xff\ndata: a\n\n", [Frame(0, 18, "\ufffd", b"a")]),
    ("no space", "TEXT/EVENT-STREAM", b"data:a\n\n", [Frame(0, 8, "message", b"a")]),
    ("comment alone", SSE, b": ping\n\n", [Frame(0, 7, "", b" ping", "comment")]),
    ("comment inside", SSE, b":x\ndata: a\n\n", [Frame(0, 3, "", b"x", "comment"), Frame(0, 12, "message", b"a")]),
    ("retry", SSE, b"retry: 3000\n\n", [Frame(0, 12, "retry", b"3000", "other")]),
    ("block without data", SSE, b"id: 7\n\n", [Frame(0, 7, "", b"", "other")]),
    ("error as a field", SSE, b'error: {"a":1}\n\n', [Frame(0, 16, "", b"", "other")]),
    ("blank lines", SSE, b"\n\ndata: a\n\n\n", [Frame(2, 11, "message", b"a")]),
    ("pending", SSE, b"data: a\n", [Frame(0, 8, "message", b"a", "pending")]),
    ("pending line", SSE, b"event: t\ndata: {", [Frame(0, 16, "t", b"{", "pending")]),
    ("JSON under the label of SSE", SSE, b'{\n "error": 1}', [Frame(0, 14, "message", b"", "pending")]),
    ("lines", NDJSON, b'{"a":1}\n\n{"a":2}\r\n', [Frame(0, 8, "", b'{"a":1}'), Frame(9, 18, "", b'{"a":2}')]),
    ("last line without its end", NDJSON, b'{"a":1}', [Frame(0, 7, "", b'{"a":1}')]),
    ("cut line", NDJSON, b'{"a":1}\n{"a"', [Frame(0, 8, "", b'{"a":1}'), Frame(8, 12, "", b'{"a"', "pending")]),
    (
        "array",
        JSON,
        b'[{"a":1}\r\n,\r\n{"a":2}]',
        [Frame(1, 8, "", b'{"a":1}'), Frame(13, 20, "", b'{"a":2}'), Frame(20, 21, "", b"]", "other")],
    ),
    ("cut array", JSON, b'[{"a":1},{"a', [Frame(1, 8, "", b'{"a":1}'), Frame(9, 12, "", b'{"a', "pending")]),
    (
        "stray bytes",
        JSON,
        b"[1]x",
        [Frame(1, 2, "", b"1"), Frame(2, 3, "", b"]", "other"), Frame(3, 4, "", b"", "other")],
    ),
    ("one object", JSON, b'\n{"a":\n1}', [Frame(0, 9, "", b'\n{"a":\n1}', "other")]),
    ("one object, a problem", "application/problem+json", b"{}", [Frame(0, 2, "", b"{}", "other")]),
    ("SSE under the label of JSON", JSON, b"data: a\n\n", [Frame(0, 9, "message", b"a")]),
    ("AWS", AWS, DELTA, [Frame(0, len(DELTA), "contentBlockDelta", b"{}")]),
    ("AWS exception", AWS, SLOW, [Frame(0, len(SLOW), "throttlingException", b'{"m":1}')]),
    ("AWS, cut", AWS, DELTA[:-1], [Frame(0, len(DELTA) - 1, "", b"", "pending")]),
    ("AWS, broken", AWS, DELTA[:-1] + b"?", [Frame(0, len(DELTA), "", b"", "other")]),
    ("no label: SSE", "", b"data: a\n\n", [Frame(0, 9, "message", b"a")]),
    ("no label: SSE with a mark", "", b"\xef\xbb\xbfdata: a\n\n", [Frame(3, 12, "message", b"a")]),
    ("no label: comment", "text/plain", b":\n\n", [Frame(0, 2, "", b"", "comment")]),
    ("no label: typed", "", b"\nevent: t\ndata: a\n\n", [Frame(1, 19, "t", b"a")]),
    ("no label: lines", "", b'{"a":1}\n', [Frame(0, 8, "", b'{"a":1}')]),
    ("no label: array", "", b"[1]", [Frame(1, 2, "", b"1"), Frame(2, 3, "", b"]", "other")]),
    ("no label: page", "text/html", b"<html>", [Frame(0, 6, "", b"<html>", "other")]),
    ("no label: nearly SSE", "", b"dat", [Frame(0, 3, "", b"dat", "other")]),
    ("no label: words", "", b"date: a\n\n", [Frame(0, 9, "", b"date: a\n\n", "other")]),
    ("no label: half a mark", "", b"\xef\xbb", [Frame(0, 2, "", b"\xef\xbb", "other")]),
    ("no label: late", "", b"\n" * 1024 + b"data: a\n\n", [Frame(0, 1033, "", b"\n" * 1024 + b"data: a\n\n", "other")]),
    ("nothing", "", b"", []),
    ("nothing, labelled", SSE, b"", []),
]


def fed(content_type: str, pieces: list[bytes]) -> list[Frame]:
    framer = Framer(content_type)
    return [frame for piece in pieces for frame in framer.feed(piece)] + framer.close()


@pytest.mark.parametrize(("content_type", "body", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_frames(content_type: str, body: bytes, expected: list[Frame]) -> None:
    assert frames(content_type, body) == expected
    for size in (1, 2, 3):
        assert fed(content_type, [body[at : at + size] for at in range(0, len(body), size)]) == expected
    for at in range(len(body) + 1):
        assert fed(content_type, [body[:at], body[at:]]) == expected


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("", b"data: x\n\n", "sse"),
        ("application/json", b'{"a": 1}\n', "whole"),
        ("application/json; charset=utf-8", b" [1]", "array"),
        ("", b"", "whole"),
    ],
)
def test_framing_of_a_whole_body(content_type: str, body: bytes, expected: str) -> None:
    assert framing_of(content_type, body) == expected


def test_crlf() -> None:
    body = b"data: a\r\n\r\ndata: b\r\n\r\n"
    assert frames(SSE, body) == [Frame(0, 11, "message", b"a"), Frame(11, 22, "message", b"b")]
    for size in (1, 2, 3, len(body)):
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        assert fed(SSE, pieces) == [Frame(0, 10, "message", b"a"), Frame(11, 21, "message", b"b")]


def test_frames_come_as_soon_as_they_are_whole() -> None:
    framer = Framer()
    assert framer.framing is None
    assert framer.feed(b"dat") == []
    assert framer.framing is None
    assert framer.feed(b"a: a\n\n") == [Frame(0, 9, "message", b"a")]
    assert framer.framing == "sse"
    assert framer.close() == []
    with pytest.raises(ValueError, match="close"):
        framer.feed(b"")


def test_a_body_of_no_known_framing_is_kept_up_to_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_EVENT_BYTES", 10)
    assert frames("text/html", b"<" * 10) == [Frame(0, 10, "", b"<" * 10, "other")]
    assert frames("text/html", b"<" * 11) == [Frame(0, 11, "", b"", "other")]
    assert fed("text/html", [b"<"] * 30) == [Frame(0, 30, "", b"", "other")]


def test_limit() -> None:
    framer = Framer(SSE)
    assert framer.feed(b"data: a\n\ndata: ") == [Frame(0, 9, "message", b"a")]
    with pytest.raises(LimitError):
        framer.feed(b"x" * limits.MAX_EVENT_BYTES)
    with pytest.raises(LimitError):
        framer.feed(b"\n\n")


BODIES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"data: a", b"event: t", b":c", b"\n", b"\r", b"\n\n", b"{", b"}", b"[", b"]", b'"', b" "])
    ).map(b"".join),
)


@settings(max_examples=200)
@given(st.sampled_from([SSE, NDJSON, JSON, AWS, "", "text/html"]), BODIES, st.integers(0, 2**32))
def test_any_body_however_cut(content_type: str, body: bytes, seed: int) -> None:
    expected = fed(content_type, [body])
    cuts = sorted(Random(seed).choices(range(len(body) + 1), k=5))
    pieces = [body[low:high] for low, high in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert fed(content_type, pieces) == expected
    assert [(f.start, f.type, f.data, f.kind) for f in frames(content_type, body)] == [
        (f.start, f.type, f.data, f.kind) for f in expected
    ]
    assert all(0 <= f.start < f.end <= len(body) for f in expected)


def test_an_opening_that_tells_nothing_costs_linear_time() -> None:
    def seconds(size: int) -> float:
        framer = Framer()
        begun = time.process_time()
        for _ in range(size):
            framer.feed(b"\n")
        framer.close()
        return time.process_time() - begun

    assert_linear(seconds, 20_000)
