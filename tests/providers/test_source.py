"""providers/source: a fragment's value is found among values that read the same, and its bytes in any framing."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.providers import anthropic, cohere, gemini, ollama, openai_chat, openai_responses
from mocksse.providers.framing import Frame, frames
from mocksse.providers.source import Offsets, offsets, path_of, span_of
from mocksse.wire import eventstream, jsonl, sse

if TYPE_CHECKING:
    from mocksse.providers.api import Api

DELTA = ("choices", 0, "delta")
PATHS: list[tuple[Api, Any, int, tuple[str | int, ...] | None]] = [
    (openai_chat.API, {"choices": [{"delta": {"content": "Hi"}}]}, 0, (*DELTA, "content")),
    (
        openai_chat.API,
        {"choices": [{"message": {"content": "Hi"}, "delta": {"role": "Hi", "content": "Hi"}}]},
        0,
        (*DELTA, "content"),
    ),
    (
        openai_chat.API,
        {"choices": [{"delta": {"reasoning": "Hm", "reasoning_details": [{"text": "Hm"}], "content": "Hm"}}]},
        0,
        (*DELTA, "reasoning"),
    ),
    (
        openai_chat.API,
        {"choices": [{"index": 1, "delta": {"content": "a"}}, {"index": 0, "delta": {"content": "a"}}]},
        1,
        ("choices", 1, "delta", "content"),
    ),
    (
        openai_chat.API,
        {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": {"a": [1]}}}]}}]},
        0,
        (*DELTA, "tool_calls", 0, "function", "arguments"),
    ),
    (anthropic.API, {"type": "content_block_delta", "delta": {"text": "content_block_delta"}}, 0, ("delta", "text")),
    (
        ollama.API,
        {"message": {"tool_calls": [{"function": {"name": "{}", "arguments": {}}}]}},
        0,
        ("message", "tool_calls", 0, "function", "arguments"),
    ),
    (
        cohere.API,
        {"type": "tool-call-delta", "index": 1, "delta": {"message": {"tool_calls": {"function": {"arguments": "1"}}}}},
        0,
        ("delta", "message", "tool_calls", "function", "arguments"),
    ),
    (
        gemini.API,
        {"candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": [{"boolValue": True}]}}]}}]},
        0,
        ("candidates", 0, "content", "parts", 0, "functionCall", "partialArgs", 0, "boolValue"),
    ),
    (openai_responses.API, {"type": "response.completed", "response": {}}, 0, None),
]


@pytest.mark.parametrize(("api", "payload", "position", "path"), PATHS)
def test_path_of(api: Api, payload: Any, position: int, path: tuple[str | int, ...] | None) -> None:
    before = copy.deepcopy(payload)
    fragment = api.fragments("", payload)[position]
    assert path_of(api, "", payload, position, fragment) == path
    assert payload == before
    assert json.dumps(payload) == json.dumps(before)  # the keys' order too


def test_a_hostile_event_is_given_up() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    calls = [{"function": {"arguments": deep}}] * 3
    payload = {"x": ["a"] * 10_000, "y": deep, "choices": [{"delta": {"content": "a", "tool_calls": calls}}]}
    text = openai_chat.API.fragments("", {"choices": [{"delta": {"content": "a"}}]})[0]
    assert path_of(openai_chat.API, "", payload, 0, text) in (None, (*DELTA, "content"))


DATA = st.sampled_from([b'{"a":1}', b'{"a":"\xc3\xa9"}', b"[1,\n 2]", b" x\n\ny ", b"[DONE]"])


@given(st.lists(DATA, min_size=1, max_size=4), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans())
def test_offsets_of_events(data: list[bytes], eol: bytes, mark: bool) -> None:
    blocks = [sse.encode(data=one, event=b"x", comment=b"data: no", eol=eol) for one in data]
    body = sse.BOM * mark + b"".join(blocks)
    events = [frame for frame in frames("text/event-stream", body) if frame.kind == "event"]
    assert [frame.data for frame in events] == data
    for frame in events:
        assert_held(frame, body)


@given(st.lists(st.sampled_from([b'{"a":1}', b"{}", b'"x"', b"1"]), min_size=1, max_size=4), st.booleans())
def test_offsets_of_lines_elements_and_frames(data: list[bytes], crlf: bool) -> None:
    eol = b"\r\n" if crlf else b"\n"
    for content_type, body in (
        ("application/x-ndjson", b"\n" + b"".join(jsonl.encode_line(one, eol=eol) for one in data)),
        ("application/json", b"".join(jsonl.encode_array(data))),
        (eventstream.CONTENT_TYPE, b"".join(eventstream.encode([(":event-type", "x")], one) for one in data)),
    ):
        found = [frame for frame in frames(content_type, body) if frame.kind == "event"]
        assert [frame.data for frame in found] == data
        for frame in found:
            assert_held(frame, body)


def assert_held(frame: Frame, body: bytes) -> None:
    held = offsets(frame, body)
    assert held
    for at, byte in enumerate(frame.data):
        if byte != ord("\n"):
            assert body[held.at(at)] == byte
            assert held.span(at, at + 1) == (held.at(at), held.at(at) + 1)
    assert frame.start <= held.at(0) <= held.at(len(frame.data)) <= frame.end


def test_offsets_of_a_frame_that_is_elsewhere() -> None:
    assert offsets(Frame(0, 5, "", b"x"), b"abcde") is None
    assert offsets(Frame(0, 9, "", b"x"), b"data: y\n\n") is None


def test_an_empty_span() -> None:
    assert Offsets(((0, 6),)).span(2, 2) == (8, 8)


@pytest.mark.parametrize(
    ("path", "span"), [(("a",), (6, 8)), (("b",), (14, 17)), ((), (0, 18)), (("c",), None), (("b", 0), (15, 16))]
)
def test_span_of(path: tuple[str | int, ...], span: tuple[int, int] | None) -> None:
    assert span_of(b'{"a":"\\n","b":[1]}', path) == span
