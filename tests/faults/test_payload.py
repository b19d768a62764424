"""One value of an event's JSON changes, however the event is written: all other bytes stay as they are."""

from __future__ import annotations

import base64
import json
from itertools import pairwise

import pytest
from breaking import recording
from hypothesis import given
from hypothesis import strategies as st
from tapes_of_apis import CONVERSE, GEMINI_ARRAY, INVOKE

from mocksse.replay.draft import Context, Layout
from mocksse.replay.faults.payload.events import insert, remove_events, renumber, written
from mocksse.replay.faults.payload.json_body import add, change, collected, copied, edits, payloads, remove, rewritten
from mocksse.replay.layout import lay_out
from mocksse.replay.reshape import Edit, edited
from mocksse.wire import eventstream

SSE = "text/event-stream"
LINES = "application/x-ndjson"
AWS = "application/vnd.amazon.eventstream"
JSON = "application/json"


def layout(*chunks: bytes, content_type: str = SSE, path: str = "/v1/chat/completions") -> Layout:
    return lay_out(recording(*chunks, content_type=content_type, path=path), Context())


def body(of: Layout, made: list[Edit]) -> bytes:
    return edited(of, made).layout.body


@pytest.mark.parametrize(
    ("block", "after"),
    [
        (b'data: {"a":1,"b":[2]}\n\n', b'data: {"a":9,"b":[2]}\n\n'),
        (b'data:{ "a" : 1 }   \r\n\r\n', b'data:{ "a" : 9 }   \r\n\r\n'),
        (b'id: 1\revent: x\rdata: {"a":1}\r\r', b'id: 1\revent: x\rdata: {"a":9}\r\r'),
        (b': {"a":1}\ndata: {\ndata:"a":\ndata: 1}\n\n', b': {"a":1}\ndata: {\ndata:"a":\ndata: 9}\n\n'),
        (b'data: {"a":\r\ndata: {"b":\r\ndata: 1}}\r\n\r\n', b'data: {"a":\r\ndata: 9}\r\n\r\n'),
        (b'\xef\xbb\xbfdata: {"a":1}\n\n', b'\xef\xbb\xbfdata: {"a":9}\n\n'),
        (b'data: {"a":0,"a":1}\n\n', b'data: {"a":0,"a":9}\n\n'),
    ],
)
def test_one_value_of_an_sse_event(block: bytes, after: bytes) -> None:
    of = layout(block, b"data: [DONE]\n\n")
    (event,) = payloads(of)
    assert body(of, edits(of, event, [change(event, ("a",), b"9")])) == after + b"data: [DONE]\n\n"
    assert rewritten(of, event, [c for c in [change(event, ("a",), b"9")] if c]) == after.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("content_type", "before", "after"),
    [
        (LINES, b'{"a":1}\n{"a":2}\r\n\n{"a":3}', b'{"a":9}\n{"a":9}\r\n\n{"a":9}'),
        (JSON, b'[{"a":1}\r\n,\r\n{"a":[1,2]},{"a":null}]', b'[{"a":9}\r\n,\r\n{"a":9},{"a":9}]'),
    ],
)
def test_one_value_of_each_line_or_element(content_type: str, before: bytes, after: bytes) -> None:
    of = layout(before, content_type=content_type)
    assert body(of, collected(of, [(event, change(event, ("a",), b"9")) for event in payloads(of)])) == after


def test_several_changes_of_one_event() -> None:
    of = layout(b'data: {"a":1,"b":{},"c":3,"d":{"e":1}}\n\n')
    (event,) = payloads(of)
    changes = [
        add(event, ("b",), "x", b"0"),
        remove(event, ("c",)),
        add(event, ("d",), "y", b"1"),
        change(event, ("a",), b"7"),
    ]
    expected = b'data: {"a":7,"b":{"x":0},"d":{"e":1,"y":1}}\n\n'
    assert body(of, edits(of, event, changes)) == expected
    assert body(of, collected(of, [(event, c) for c in changes])) == expected
    assert add(event, ("a",), "x", b"0") is None
    assert change(event, ("nowhere",), b"0") is None
    assert remove(event, ("b", 0)) is None


def test_a_type_is_the_events_too() -> None:
    of = layout(b'event: old\nevent:  old\ndata: {"type":"old"}\n\n', b'data: {"type":"old"}\n\n')
    first, second = payloads(of)
    made = [(event, change(event, ("type",), b'"new"')) for event in (first, second)]
    assert body(of, collected(of, made, {0: "new", 1: "new"})) == (
        b'event: old\nevent: new\ndata: {"type":"new"}\n\ndata: {"type":"new"}\n\n'
    )


def test_an_aws_frame_is_sealed_anew() -> None:
    of = layout(*CONVERSE, content_type=AWS, path="/model/m/converse-stream")
    event = next(event for event in payloads(of) if event.type == "contentBlockDelta")
    after = body(of, edits(of, event, [change(event, ("delta", "text"), b'"Hi"')], "other"))
    items = eventstream.parse(after)
    assert not [item for item in items if isinstance(item, eventstream.Broken)]
    frame = items[event.index]
    assert isinstance(frame, eventstream.Frame)
    assert json.loads(frame.payload) == {**event.value, "delta": {"text": "Hi"}}
    assert [frame.header(name) for name in (":event-type", ":message-type")] == ["other", "event"]
    assert after.startswith(CONVERSE[0])
    assert after.endswith(b"".join(CONVERSE[2:]))


def test_what_base64_hides() -> None:
    of = layout(*INVOKE, content_type=AWS, path="/model/m/invoke-with-response-stream")
    event = next(payloads(of))
    assert (event.api, event.hidden, event.type) == ("anthropic", True, "message_start")
    after = body(of, edits(of, event, [change(event, ("message", "id"), b'"msg_9"')]))
    frame = eventstream.parse(after)[0]
    assert isinstance(frame, eventstream.Frame)
    outer = json.loads(frame.payload)
    assert outer["p"] == "abcd"
    assert json.loads(base64.b64decode(outer["bytes"]))["message"]["id"] == "msg_9"


def test_what_is_no_json_object_has_no_payload() -> None:
    of = layout(b"data: [DONE]\n\ndata: 7\n\ndata: {\n\ndata: [1]\n\n")
    assert list(payloads(of)) == []


def test_a_copy_has_type_and_data_alone() -> None:
    of = layout(b': hm\r\nid: 3\r\nevent: x\r\nretry: 5\r\nfoo: 1\r\ndata: {"a":\r\ndata: 1}\r\n\r\n')
    (event,) = payloads(of)
    made = [c for c in [change(event, ("a",), b"2")] if c]
    assert copied(of, event, made) == b'event: x\r\ndata: {"a":\r\ndata: 2}\r\n\r\n'


@pytest.mark.parametrize(
    ("content_type", "before", "index", "after"),
    [
        (SSE, b"data: {}\n\n: x\n\ndata: {}\n\n", 1, b'data: {}\n\n: x\n\ndata: {"n":0}\n\ndata: {}\n\n'),
        (SSE, b"event:e\r\ndata:{}\r\n\r\n", 1, b'event:e\r\ndata:{}\r\n\r\nevent:new\r\ndata:{"n":0}\r\n\r\n'),
        (SSE, b'data: {"a":1}\n\ndata: {"b"', 1, b'data: {"a":1}\n\ndata: {"n":0}\n\ndata: {"b"'),
        (SSE, b"\xef\xbb\xbf: hm\n\n", 0, b'\xef\xbb\xbfdata: {"n":0}\n\n: hm\n\n'),
        (LINES, b'{"a":1}\r\n{"a":2}', 2, b'{"a":1}\r\n{"a":2}\n{"n":0}\r\n'),
        (LINES, b'{"a":1}\n{"a":2}\n', 0, b'{"n":0}\n{"a":1}\n{"a":2}\n'),
        (JSON, b'[{"a":1},{"a":2}]', 0, b'[{"n":0},{"a":1},{"a":2}]'),
        (JSON, b'[{"a":1}\r\n,\r\n{"a":2}\r\n]', 2, b'[{"a":1}\r\n,\r\n{"a":2}\r\n,\r\n{"n":0}\r\n]'),
        (JSON, b'[{"a":1}]', 1, b'[{"a":1},\r\n{"n":0}]'),
        (JSON, b"[ ]", 0, b'[{"n":0} ]'),
    ],
)  # fmt: skip
def test_a_new_event_looks_like_its_neighbours(content_type: str, before: bytes, index: int, after: bytes) -> None:
    of = layout(before, content_type=content_type)
    like = of.events[0] if of.events else None
    assert body(of, [insert(of, index, written(of, like, b'{"n":0}', "new"))]) == after


@pytest.mark.parametrize(
    ("gone", "after"),
    [
        ([0], b'[{"a":2},\n{"a":3} , {"a":4} ]'),
        ([1, 2], b'[ {"a":1}, {"a":4} ]'),
        ([3], b'[ {"a":1},{"a":2},\n{"a":3} ]'),
        ([2, 3, 0], b'[{"a":2} ]'),
        ([0, 1, 2, 3], b"[ ]"),
    ],
)
def test_no_comma_stays(gone: list[int], after: bytes) -> None:
    of = layout(b'[ {"a":1},{"a":2},\n{"a":3} , {"a":4} ]', content_type=JSON)
    found = body(of, remove_events(of, gone))
    assert json.loads(found) == [{"a": n + 1} for n in range(4) if n not in gone]
    assert found.replace(b" ", b"") == after.replace(b" ", b"")


def test_numbers_that_follow() -> None:
    of = layout(*(b'data: {"sequence_number":%d}\n\n' % n for n in (8, 9, 10, 11)), b"data: [DONE]\n\n")
    found = [
        payload.value["sequence_number"]
        for payload in payloads(layout(body(of, collected(of, renumber(of, {1: 2, 3: -1})))))
    ]
    assert found == [8, 11, 12, 12]


@given(st.lists(st.integers(0, 300), max_size=5))
def test_how_the_body_was_cut_makes_no_difference(places: list[int]) -> None:
    whole = b"".join(GEMINI_ARRAY)
    ends = [0, *sorted({place for place in places if 0 < place < len(whole)}), len(whole)]
    chunks = [whole[start:end] for start, end in pairwise(ends)]
    one, other = layout(whole, content_type=JSON), layout(*chunks, content_type=JSON)
    made = [collected(of, [(e, change(e, ("candidates",), b"[]")) for e in payloads(of)]) for of in (one, other)]
    assert made[0] == made[1]
