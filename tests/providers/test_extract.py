"""providers/extract: rules as an API, and the places that faults find by them."""

from __future__ import annotations

import json

import pytest

from mocksse.errors import UsageError
from mocksse.providers.extract import Extract, api_of
from mocksse.providers.framing import frames
from mocksse.providers.places import places, text_span
from mocksse.providers.turn import Turn, merge

SSE = "text/event-stream"


def turn(rules: Extract, body: bytes, content_type: str = SSE) -> Turn:
    return merge(api_of(rules), frames(content_type, body))


def events(*payloads: object) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(payload).encode() for payload in payloads)


def test_lanes() -> None:
    rules = Extract(
        (
            ("text", "$.result.text"),
            ("reasoning", "$.thinking"),
            ("tool", "$.calls[*]"),
            ("usage", "$.tokens"),
            ("error", "$.fault"),
            ("finish", "$.why"),
        )
    )
    found = turn(
        rules,
        events(
            {"thinking": "Hm"},
            {"result": {"text": "Hi "}, "calls": [{"id": "c", "name": "f", "arguments": {"x": 1}}]},
            {"result": {"text": "there"}, "tokens": {"out": 2}, "why": "stop"},
            {"result": {"text": None}, "fault": {"message": "Boom"}},
            ["no object"],
        )
        + b"data: no JSON\n\ndata: [DONE]\n\n",
    )
    assert (found.first.text, found.first.reasoning, found.first.finish) == ("Hi there", "Hm", "stop")
    assert [(call.id, call.name, call.arguments) for call in found.first.tool_calls] == [("c", "f", '{"x":1}')]
    assert (found.usage, found.errors, found.done) == ({"out": 2}, ("Boom",), True)


@pytest.mark.parametrize(
    ("rules", "body", "content_type", "expected"),
    [
        (Extract(), b"data: Hi\n\ndata: 42\n\ndata: [DONE]\n\n", SSE, "Hi42"),
        (Extract(join=" "), b"data: Hi\n\ndata: there\n\n", SSE, "Hi there"),
        (Extract(), b"data: a\ndata: b\n\n", SSE, "a\nb"),
        (Extract(), b"just text\n", "text/plain", "just text\n"),
        (Extract(events=(("token", "text"),)), b"event: token\ndata: Hi\n\nevent: x\ndata: no\n\n", SSE, "Hi"),
        (Extract((("text", "$.a"), ("text", "$.b"))), events({"b": 1, "a": {"c": True}}), SSE, '{"c":true}1'),
        (Extract((("text", "$.t"),)), b'{"t":"a"}\n{"t":"b"}\n', "application/x-ndjson", "ab"),
        (Extract((("text", "$.t"),)), b'[{"t":"a"},{"t":"b"}]', "application/json", "ab"),
    ],
)
def test_text(rules: Extract, body: bytes, content_type: str, expected: str) -> None:
    assert turn(rules, body, content_type).first.text == expected


def test_usage_may_be_one_number() -> None:
    assert turn(Extract((("usage", "$.n"),)), events({"n": 3})).usage == {"tokens": 3}


def test_each_piece_passes_through_a_function() -> None:
    api = api_of(Extract((("text", "$.t"), ("reasoning", "$.r"))), str.upper)
    found = merge(api, frames(SSE, events({"t": "a", "r": "b"}, {"t": "c"}))).first
    assert (found.text, found.reasoning) == ("AC", "b")


@pytest.mark.parametrize("path", ["$.a[", "", "a.b", "$.a[?@.x ==]", "$" + "[" * 10_000])
def test_a_path_that_is_none(path: str) -> None:
    with pytest.raises(UsageError, match="is no JSONPath") as caught:
        api_of(Extract((("text", path),)))
    assert "\n" not in str(caught.value)


def test_faults_find_their_places() -> None:
    api = api_of(Extract((("text", "$.result.text"), ("reasoning", "$.t"), ("tool", "$.args"), ("finish", "$.why"))))
    body = events({"t": "Hm"}, {"result": {"text": "Hi"}}, {"args": "1234"}, {"why": "stop"})
    found = frames(SSE, body)
    assert {name: place.index for name, place in places(api, found, body).items()} == {
        "reasoning": 0,
        "first-text": 1,
        "tool-args": 2,
        "finish": 3,
    }
    assert body[: places(api, found, body)["tool-args"].offset].endswith(b'"12')
    span = text_span(api, found[1], body)
    assert span
    assert body[slice(*span)] == b"Hi"


def test_plain_text_has_its_place_as_well() -> None:
    api, body = api_of(Extract()), b"data: Hi\ndata: there\n\n"
    (frame,) = frames(SSE, body)
    assert places(api, [frame], body)["first-text"].index == 0
    span = text_span(api, frame, body)
    assert span
    assert body[slice(*span)] == b"Hi"
