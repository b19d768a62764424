"""Whole events that are missing, come twice, or change places: exact bytes, exact times, clear refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, events, got, recording
from tapes_of_apis import ANTHROPIC, COHERE, CONVERSE, GEMINI_ARRAY, INVOKE, OLLAMA, RESPONSES, TAPES, TGI

from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

A, B, C, D, DONE = CHAT
LINES = (b'{"a":1}\n', b'{"a":2}\n', b'{"a":3}')  # as some servers end: no LF
ARRAY = b'[{"a":1},\n {"a":2}\n,\n{"a":3}]'


def lines() -> Interaction:
    return recording(*LINES, path="/x", content_type="application/x-ndjson")


def array() -> Interaction:
    return recording(ARRAY, path="/x", content_type="application/json")


def body(faults: str, tape: Interaction | None = None) -> bytes:
    return got(broken(faults, tape)).body


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("drop at=event:1", A + C + D + DONE),
        ("drop at=first-text events=2", A + D + DONE),
        ("drop at=event:0 events=5", b""),
        ("drop at=done", A + B + C + D),
        ("duplicate at=event:1", A + B + B + C + D + DONE),
        ("duplicate at=done", A + B + C + D + DONE + DONE),
        ("reorder at=first-text", A + C + B + D + DONE),
        ("reorder at=finish", A + B + C + DONE + D),
        ("zero-events", b""),
        ("missing-done", A + B + C + D),
        ("missing-finish", A + B + C + DONE),
        ("odd-done", A + B + C + D + DONE + DONE),
        ("odd-done kind=space", A + B + C + D + b"data: [DONE] \n\n"),
    ],
)
def test_a_chat(faults: str, expected: bytes) -> None:
    there = got(broken(faults))
    assert there.body == expected
    assert there.whole


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("drop at=event:0", b'{"a":2}\n{"a":3}'),
        ("drop at=event:2", b'{"a":1}\n{"a":2}\n'),
        ("duplicate at=event:2", b'{"a":1}\n{"a":2}\n{"a":3}\n{"a":3}'),
        ("reorder at=event:1", b'{"a":1}\n{"a":3}\n{"a":2}'),
    ],
)
def test_lines_of_which_the_last_has_no_end(faults: str, expected: bytes) -> None:
    assert body(faults, lines()) == expected


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("drop at=event:0", b'[{"a":2}\n,\n{"a":3}]'),
        ("drop at=event:0 events=2", b'[{"a":3}]'),
        ("drop at=event:1", b'[{"a":1},\n {"a":3}]'),
        ("drop at=event:1 events=2", b'[{"a":1}]'),
        ("drop at=event:0 events=3", b"[]"),
        ("duplicate at=event:0", b'[{"a":1},\n {"a":1},\n {"a":2}\n,\n{"a":3}]'),
        ("duplicate at=event:2", b'[{"a":1},\n {"a":2}\n,\n{"a":3},\n {"a":3}]'),
        ("reorder at=event:0", b'[{"a":2},\n {"a":1}\n,\n{"a":3}]'),
    ],
)
def test_an_array_keeps_its_commas_right(faults: str, expected: bytes) -> None:
    assert body(faults, array()) == expected


def test_frames_of_aws_stay_sound() -> None:
    tape = TAPES["converse"]
    whole = b"".join(CONVERSE)
    first, second = CONVERSE[:2]
    assert body("drop at=event:1", tape) == first + whole[len(first + second) :]
    reordered = body("reorder at=event:0", tape)
    assert reordered == second + first + whole[len(first + second) :]
    assert all(isinstance(item, eventstream.Frame) for item in eventstream.parse(reordered))


def test_an_event_moves_with_all_that_is_in_its_block() -> None:
    one, two, rest = b"id: 7\r\n: note\r\ndata: a\r\ndata: b\r\n\r\n", b"event: x\r\ndata: c\r\n\r\n", b": bye\r\n\r\n"
    tape = recording(one + two + rest, path="/x")
    assert body("reorder at=event:0", tape) == two + one + rest
    assert body("duplicate at=event:0", tape) == one + one + two + rest
    assert body("drop at=event:0", tape) == two + rest


def test_times() -> None:
    """Who changes places takes the other's time; a copy comes with its original; the end follows the last byte."""
    plan = broken("reorder at=event:1")
    assert [(w.at_us, b", \xf0" in w.data) for w in plan.writes[2:4]] == [(120_000, True), (130_000, False)]
    plan = broken("duplicate at=event:1")
    assert [w.at_us for w in plan.writes[1:5]] == [110_000, 120_000, 120_000, 130_000]
    assert [chunk for chunk in got(plan).chunks if chunk] == [A, B, B, C, D, DONE]
    assert broken("missing-done").end_us == 145_000
    assert broken("drop at=event:1").end_us == 155_000
    assert broken("zero-events").end_us == 100_000


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("chat", CHAT[-1]),
        ("anthropic", ANTHROPIC[-1]),
        ("responses", RESPONSES[-1]),
        ("cohere", COHERE[-1]),  # its [DONE], not message-end
        ("ollama", OLLAMA[-1]),
        ("converse", CONVERSE[-2]),
        ("invoke", INVOKE[-1]),
        ("tgi", TGI[-1]),
    ],
)
def test_the_terminal_event_of_each_api(name: str, missing: bytes) -> None:
    tape = TAPES[name]
    whole = tape.response.body
    assert body("missing-done", tape) == whole.replace(missing, b"")
    assert body("odd-done", tape) == whole.replace(missing, missing + missing)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("chat-tools", b'data: {"id":"chatcmpl-Ab3","object":"chat.completion.chunk","created":1760000000,'
         b'"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n'),
        ("anthropic", ANTHROPIC[-2]),
        ("responses", RESPONSES[-1]),
        ("cohere", COHERE[-2]),
        ("ollama", OLLAMA[-1]),
        ("converse", CONVERSE[-2]),
        ("invoke", INVOKE[-2]),
    ],
)  # fmt: skip
def test_the_event_with_the_finish_reason_of_each_api(name: str, missing: bytes) -> None:
    tape = TAPES[name]
    assert missing in tape.response.body
    assert body("missing-finish", tape) == tape.response.body.replace(missing, b"")


@pytest.mark.parametrize(
    ("name", "stop"),
    [("anthropic", ANTHROPIC[13]), ("cohere", COHERE[7]), ("converse", CONVERSE[3]), ("invoke", INVOKE[13])],
)
def test_what_is_behind_the_last_content_block(name: str, stop: bytes) -> None:
    tape = TAPES[name]
    kept = body("missing-message-stop", tape)
    assert kept.endswith(stop)
    assert tape.response.body.startswith(kept)
    assert got(broken("missing-message-stop", tape)).whole


@pytest.mark.parametrize(
    ("faults", "tape", "why"),
    [
        ("drop at=event:3 events=3", "chat", "only 2 events left from this place on"),
        ("drop at=end", "chat", "no event at this place or behind it"),
        ("reorder at=done", "chat", "no event is behind this one to change places with"),
        ("odd-done kind=space", "anthropic", "no \\[DONE\\] in this stream"),
        ("missing-done", "gemini", "no terminal event in this stream"),
        ("missing-finish", "gemini", "its finish reason is in one event with text"),
        ("missing-finish", "plain", "no API that mocksse knows"),
        ("missing-message-stop", "chat", "no event in this stream ends a content block"),
    ],
)
def test_refusals(faults: str, tape: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(faults, TAPES[tape])


def test_two_events_that_are_the_same_do_not_change_places() -> None:
    with pytest.raises(Refused, match="the same"):
        broken("reorder at=event:0", recording(A, A))


def test_nothing_of_a_body_that_is_not_there() -> None:
    with pytest.raises(Refused, match="empty already"):
        broken("zero-events", recording(b""))
    with pytest.raises(Refused, match="no events in this body"):
        broken("drop", recording(b": only a comment\n\n"))


def test_zero_events_keeps_status_and_headers() -> None:
    for framing in ("chunked", "length", "close"):
        there = got(broken("zero-events", recording(framing=framing)))
        assert (there.status, there.body, there.header("content-type")) == (200, b"", "text/event-stream")
        assert there.whole or framing == "close"
    assert got(broken("zero-events", recording(framing="length"))).header("content-length") == "0"


def test_what_is_left_is_what_was_there() -> None:
    assert events(body("drop at=event:1 events=2")) == [events(A)[0], events(D)[0], events(DONE)[0]]
    assert GEMINI_ARRAY[0] in body("drop at=event:1", TAPES["gemini-array"])
