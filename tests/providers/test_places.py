"""providers/places: every named place is the first event that has what it names, and spans are exact."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_recorded_streams import recordings  # noqa: F401 - a fixture

from mocksse.providers import anthropic, bedrock, gemini, llamacpp, ollama, openai_chat, openai_responses, tgi
from mocksse.providers.framing import Frame, frames
from mocksse.providers.places import NAMES, Place, places, text_span
from mocksse.providers.registry import fragments_of, is_done
from mocksse.wire import eventstream, sse

if TYPE_CHECKING:
    from test_recorded_streams import Recording

    from mocksse.providers.api import Api

SSE = "text/event-stream"


def sse_body(*payloads: Any, eol: bytes = b"\n") -> bytes:
    return b"".join(sse.encode(data=dumped(payload), eol=eol) for payload in payloads)


def dumped(payload: Any) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def tool(arguments: str) -> dict[str, Any]:
    return {"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}


def found(api: Api, body: bytes, content_type: str = SSE) -> dict[str, Place]:
    return dict(places(api, frames(content_type, body), body))


def test_all_of_them() -> None:
    body = (
        b": hi\n\n"
        + sse_body(
            chunk(role="assistant", content=""),
            chunk(reasoning_content="Hm"),
            chunk(content="A"),
            chunk(content="B"),
            chunk(**tool("")),
        )
        + b": more\n\n"
        + sse_body(chunk(**tool('{"é":1}')), chunk("tool_calls"), b"[DONE]", b" [DONE] ")
    )
    starts = [frame.start for frame in frames(SSE, body) if frame.kind == "event"]
    assert found(openai_chat.API, body) == {
        "reasoning": Place(1, starts[1]),
        "first-text": Place(2, starts[2]),
        "tool-args": Place(5, body.index(rb"\":1}")),
        "finish": Place(6, starts[6]),
        "done": Place(7, starts[7]),
    }


def test_none_of_them() -> None:
    body = sse_body(chunk(role="assistant", content=""), b"oops", b"null", chunk(**tool(""))) + b"data: [DONE]\n"
    assert found(openai_chat.API, body) == {}
    assert found(openai_chat.API, b"") == {}
    assert found(openai_chat.API, b'{"error":{"message":"no"}}', "application/json") == {}


def test_done_is_the_mark_where_there_is_one() -> None:
    final = {"type": "response.completed", "response": {"status": "completed"}}
    ended = sse_body({"type": "response.created"}, final)
    assert found(openai_responses.API, ended)["done"].index == 1
    assert found(openai_responses.API, ended + sse_body({"type": "x"}, b"[DONE]", b"[DONE]"))["done"].index == 3


def test_text_behind_the_mark_counts() -> None:
    body = sse_body(b"[DONE]", chunk(content="late"))
    assert {name: place.index for name, place in found(openai_chat.API, body).items()} == {"done": 0, "first-text": 1}


def test_a_finish_without_a_reason_is_one() -> None:
    body = b'{"response":"a","done":false}\n{"response":"","done":true}\n'
    assert found(ollama.API, body, "application/x-ndjson") == {
        "first-text": Place(0, 0),
        "finish": Place(1, 30),
        "done": Place(1, 30),
    }


INSIDE: list[tuple[str, Api, str, bytes, bytes]] = [
    ("one character", openai_chat.API, SSE, sse_body(chunk(**tool("{"))), b'"arguments": "|{"'),
    ("escapes", openai_chat.API, SSE, sse_body(chunk(**tool('\\"""'))), rb'"arguments": "\\\"|\"\""'),
    (
        "a copy beside it",
        openai_chat.API,
        SSE,
        sse_body({"message": "{}", **chunk(**tool("{}"))}),
        b'"arguments": "{|}"',
    ),
    (
        "two data lines",
        openai_chat.API,
        SSE,
        b'data: {"choices":[{"delta":\r\ndata: {"tool_calls":[{"function":\r\ndata:{"arguments":"abcd"}}]}}]}\r\n\r\n',
        b'"arguments":"ab|cd"',
    ),
    (
        "an object on lines of its own",
        gemini.API,
        "application/json",
        b'[{"candidates":[{"content":{"parts":[{"functionCall":{"args":{\n "a": "\xc3\xa9\xc3\xa9"}}}]}}]}]',
        b'{\n "a"|: "',
    ),
    (
        "a line",
        ollama.API,
        "application/x-ndjson",
        b'\n{"message":{"tool_calls":[{"function":{"arguments":{"a":1}}}]}}\r\n',
        b'{"a|":1}',
    ),
    (
        "a number among partial arguments",
        gemini.API,
        SSE,
        b'data: {"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"numberValue":1234}]}}]}}]}\n\n',
        b"12|34",
    ),
    (
        "several partial arguments: in the first",
        gemini.API,
        SSE,
        b'data: {"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":'
        b'[{"stringValue":"ab"},{"stringValue":"cd"}]}}]}}]}\n\n',
        b'"a|b"',
    ),
    (
        "a block's type that reads the same",
        anthropic.API,
        SSE,
        sse_body(
            {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "input_json_delta"}}
        ),
        b'"partial_json": "input_js|on_delta"',
    ),
]


@pytest.mark.parametrize(
    ("api", "content_type", "body", "around"), [case[1:] for case in INSIDE], ids=[case[0] for case in INSIDE]
)
def test_inside_tool_arguments(api: Api, content_type: str, body: bytes, around: bytes) -> None:
    at = found(api, body, content_type)["tool-args"].offset
    before, after = around.split(b"|")
    assert body[:at].endswith(before), body[at - 40 : at]
    assert body[at:].startswith(after), body[at : at + 40]


def test_inside_what_base64_hides() -> None:
    inner = {"type": "content_block_delta", "index": 0, "delta": {"partial_json": "{}"}}
    body = bedrock_chunk(inner)
    place = found(bedrock.API, body, eventstream.CONTENT_TYPE)["tool-args"]
    start = body.index(b'"bytes":"') + 9
    assert place.offset == (start + body.index(b'"', start)) // 2


def bedrock_chunk(inner: Any) -> bytes:
    payload = b'{"bytes":"%b","p":"abc"}' % base64.b64encode(dumped(inner))
    return eventstream.encode([(":event-type", "chunk"), (":message-type", "event")], payload)


TEXTS: list[tuple[str, Api, bytes, bytes]] = [
    ("plain", openai_chat.API, sse_body(chunk(content="Hi")), b"Hi"),
    ("escapes", openai_chat.API, sse_body(chunk(content='"é\n')), r"\"é\n".encode()),
    ("ascii", openai_chat.API, b'data:{"choices":[{"delta":{"content":"\\u00e9"}}]}\r\n\r\n', rb"\u00e9"),
    ("reasoning", openai_chat.API, sse_body(chunk(reasoning="Hm", reasoning_details=[{"text": "Hm"}])), b"Hm"),
    ("text before reasoning", openai_chat.API, sse_body(chunk(reasoning="Hm", content="Hi")), b"Hi"),
    ("part of a list", openai_chat.API, sse_body(chunk(content=[{"type": "text", "text": "text"}])), b"text"),
    (
        "behind a mark and a comment",
        openai_chat.API,
        sse.BOM + b": x\r" + sse_body(chunk(content="Hi"), eol=b"\r"),
        b"Hi",
    ),
    ("last of two keys", llamacpp.API, b'data: {"content":"no","content":"yes"}\n\n', b"yes"),
    ("a token", tgi.API, b'data:{"token":{"text":" a","special":false}}\n\n', b" a"),
    ("invalid utf-8", llamacpp.API, b'data: {"content":"\xff"}\n\n', b"\xff"),
]


@pytest.mark.parametrize(("api", "body", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_text_span(api: Api, body: bytes, text: bytes) -> None:
    (frame,) = [frame for frame in frames(SSE, body) if frame.kind == "event"]
    span = text_span(api, frame, body)
    assert span
    assert body[slice(*span)] == text


@given(
    st.text(min_size=1),
    st.booleans(),
    st.sampled_from([None, 1]),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_any_text_in_any_spelling(text: str, escaped: bool, indent: int | None, eol: bytes) -> None:
    said = {"role": text, "content": text, **tool(text)}
    dump = json.dumps(chunk(**said), ensure_ascii=escaped, indent=indent).encode("utf-8", "backslashreplace")
    body = sse.encode(comment=b" x", data=dump, eol=eol)
    frame = next(frame for frame in frames(SSE, body) if frame.kind == "event")
    span = text_span(openai_chat.API, frame, body)
    assert span
    assert json.loads(b'"' + body[slice(*span)] + b'"') == text
    at = found(openai_chat.API, body)["tool-args"].offset
    start = body.index(b":", body.index(b'"arguments"')) + 3
    half = json.loads(b'"' + body[start:at] + b'"')
    assert text.startswith(half)
    assert bool(half) == (len(json.loads(json.dumps(text))) > 1)


def test_text_span_of_the_second_line_of_data() -> None:
    body = b': x\n\ndata: {"content":\r\ndata:  "Hi"\r\nid: 7\r\ndata\r\ndata: }\r\n\r\n'
    span = text_span(llamacpp.API, frames(SSE, body)[1], body)
    assert span
    assert body[slice(*span)] == b"Hi"


@pytest.mark.parametrize(
    ("api", "content_type", "body"),
    [
        (openai_chat.API, SSE, sse_body(chunk(role="assistant", content=""))),
        (openai_chat.API, SSE, sse_body(b"[DONE]")),
        (openai_chat.API, SSE, b': {"choices":[{"delta":{"content":"Hi"}}]}\n\n'),
        (bedrock.API, eventstream.CONTENT_TYPE, bedrock_chunk({"generation": "Hi"})),
    ],
)
def test_no_text_span(api: Api, content_type: str, body: bytes) -> None:
    (frame,) = frames(content_type, body)
    assert text_span(api, frame, body) is None


def test_a_frame_of_another_body_has_no_text_span() -> None:
    body = sse_body(chunk(content="Hi"))
    assert text_span(openai_chat.API, frames(SSE, body)[0], b"x" * len(body)) is None


# All recorded streams


def names_of(api: Api, frame: Frame) -> set[str]:
    """The places that an event could be, from what it says."""
    said = fragments_of(api, frame)
    named = {"text": "first-text", "reasoning": "reasoning", "finish": "finish"}
    names = {named[fragment.kind] for fragment in said if fragment.kind in named}
    if any(fragment.kind == "tool" and fragment.text for fragment in said):
        names.add("tool-args")
    return names | ({"done"} if is_done(api, frame) else set())


def test_places_of_recorded_streams(recordings: list[Recording]) -> None:  # noqa: F811
    seen: dict[str, int] = dict.fromkeys(NAMES, 0)
    for recording in recordings:
        api = recording.api
        if not api:
            continue
        known = places(api, recording.frames, recording.body)
        events = [frame for frame in recording.frames if frame.kind == "event"]
        marks = [index for index, frame in enumerate(events) if frame.data.startswith(b"[DONE]")]
        firsts: dict[str, int] = {}
        for index, frame in enumerate(events):
            for name in names_of(api, frame):
                firsts.setdefault(name, index)
        if marks:
            firsts["done"] = marks[0]
        assert {name: place.index for name, place in known.items()} == firsts, recording.name
        for name, place in known.items():
            frame = events[place.index]
            seen[name] += 1
            if name == "tool-args":
                assert_inside(recording, api, frame, place.offset)
            else:
                assert place.offset == frame.start, recording.name
    assert all(count > 20 for count in seen.values()), seen


def assert_inside(recording: Recording, api: Api, frame: Frame, offset: int) -> None:
    """A letter written there gets into the first arguments and nowhere else, or spoils them where they are no text."""
    assert frame.start < offset < frame.end
    body = recording.body[frame.start : offset] + b"x" + recording.body[offset : frame.end]
    if api is bedrock.API:
        body = eventstream.reseal(len(body).to_bytes(4) + body[4:])
    (changed,) = [one for one in frames(recording.content_type, body) if one.kind in ("event", "other")]
    before, after = fragments_of(api, frame), fragments_of(api, changed)
    if after and frame.type != "chunk":
        (first,) = [one for one, other in zip(before, after, strict=True) if one != other]
        assert first == next(one for one in before if one.kind == "tool" and one.text)


def test_text_spans_of_recorded_streams(recordings: list[Recording]) -> None:  # noqa: F811
    count = 0
    for recording in recordings:
        api = recording.api
        if not api or recording.meta["api"] == "bedrock_invoke":
            continue
        for frame in recording.frames:
            said = fragments_of(api, frame)
            kinds = [fragment.kind for fragment in said]
            kind = "text" if "text" in kinds else "reasoning"
            span = text_span(api, frame, recording.body)
            assert (span is not None) == (kind in kinds and frame.kind == "event"), recording.name
            if span is None:
                continue
            count += 1
            written = b"x" * (span[1] - span[0])
            body = recording.body[frame.start : span[0]] + written + recording.body[span[1] : frame.end]
            if api.name == "bedrock":
                body = eventstream.reseal(body)
            (changed,) = [one for one in frames(recording.content_type, body) if one.kind in ("event", "other")]
            expected = [fragment.text for fragment in said]
            expected[kinds.index(kind)] = written.decode()
            assert [fragment.text for fragment in fragments_of(api, changed)] == expected, recording.name
    assert count > 1000
