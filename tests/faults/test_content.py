"""A content type that is another's, and JSON where a stream was asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import reduce
from operator import getitem

import pytest
from breaking import broken, got, recording
from tapes_of_apis import TAPES

from mocksse.errors import UsageError
from mocksse.replay.draft import Context


@pytest.mark.parametrize(
    ("faults", "type_"),
    [
        ("content-type", "text/plain"),
        ("content-type application/json", "application/json"),
        ('content-type "text/event-stream;"', "text/event-stream;"),
        ('content-type type="text/event-stream; charset=windows-1252"', "text/event-stream; charset=windows-1252"),
        ('content-type ""', ""),
        ("content-type none", None),
    ],
)
def test_the_body_stays_and_the_label_is_another(faults: str, type_: str | None) -> None:
    clean, there = broken("reset", recording(b"x\n\n")), got(broken(faults))
    assert clean
    assert there.header("content-type") == type_
    assert there.body == recording().response.body
    assert len([chunk for chunk in there.chunks if chunk]) == 5
    assert [w.at_us for w in broken(faults).writes] == [100_000, 110_000, 120_000, 130_000, 140_000, 150_000, 155_000]


def test_the_header_keeps_its_place_and_spelling() -> None:
    tape = recording()
    headers = ((b"X-A", b"1"), (b"CONTENT-TYPE", b"text/event-stream"), (b"X-B", b"2"))
    tape = replace(tape, response=replace(tape.response, headers=headers))
    assert got(broken("content-type a/b", tape)).headers[:3] == (headers[0], (b"CONTENT-TYPE", b"a/b"), headers[2])
    assert got(broken("content-type none", tape)).headers[:2] == (headers[0], headers[2])
    assert got(broken("content-type a/b", tape, context=Context("HEAD"))).headers[1] == (b"CONTENT-TYPE", b"a/b")


def test_the_same_content_type_is_no_fault() -> None:
    with pytest.raises(UsageError, match="that is the content type it has"):
        broken("content-type text/event-stream")
    with pytest.raises(UsageError, match="one line"):
        broken('content-type "a\nb"')


@pytest.mark.parametrize(
    ("tape", "path", "text"),
    [
        ("chat", ("choices", 0, "message", "content"), "Grüße, 🌍!"),
        ("anthropic", ("content", 0, "text"), "Überall Flüsse."),
        ("responses", ("output", 0, "content", 0, "text"), "Flüsse 🌊 überall"),
        ("gemini", ("candidates", 0, "content", "parts", 0, "text"), "Überall Flüsse"),
        ("gemini-array", ("candidates", 0, "content", "parts", 0, "text"), "Überall Flüsse"),
        ("cohere", ("message", "content", 0, "text"), "Überall Flüsse"),
        ("ollama", ("message", "content"), "Überall Flüsse"),
        ("tgi", ("generated_text",), "Überall"),
    ],
)
def test_json_with_the_text_of_the_stream(tape: str, path: tuple[str | int, ...], text: str) -> None:
    there = got(broken("json-instead-of-sse", TAPES[tape]))
    assert (there.status, there.whole) == (200, True)
    assert there.header("content-type") == "application/json"
    assert there.header("transfer-encoding") is None
    assert there.header("content-length") == str(len(there.body))
    said = json.loads(there.body)
    for step in path:
        said = said[step]
    assert said == text


@pytest.mark.parametrize(
    ("tape", "path", "call", "finish", "why"),
    [
        (
            "chat-tools",
            ("choices", 0, "message", "tool_calls", 0),
            {"id": "call_7f", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Köln"}'}},
            ("choices", 0, "finish_reason"),
            "tool_calls",
        ),
        (
            "anthropic",
            ("content", 1),
            {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {"city": "Köln"}},
            ("stop_reason",),
            "tool_use",
        ),
        (
            "responses",
            ("output", 1),
            {
                "id": "fc_0",
                "type": "function_call",
                "status": "completed",
                "arguments": '{"city":"Köln"}',
                "call_id": "call_1",
                "name": "weather",
            },
            ("status",),
            "completed",
        ),
        (
            "gemini",
            ("candidates", 0, "content", "parts", 1),
            {"functionCall": {"name": "weather", "args": {"city": "Köln"}}},
            ("candidates", 0, "finishReason"),
            "STOP",
        ),
        (
            "cohere",
            ("message", "tool_calls", 0),
            {"id": "w0", "type": "function", "function": {"name": "w", "arguments": '{"a": 1}'}},
            ("finish_reason",),
            "TOOL_CALL",
        ),
        (
            "ollama",
            ("message", "tool_calls", 0),
            {"function": {"name": "weather", "arguments": {"city": "Köln"}}},
            ("done_reason",),
            "stop",
        ),
    ],
)
def test_json_with_the_tool_calls_of_the_stream(
    tape: str, path: tuple[str | int, ...], call: object, finish: tuple[str | int, ...], why: str
) -> None:
    said = json.loads(got(broken("json-instead-of-sse", TAPES[tape])).body)
    assert reduce(getitem, path, said) == call
    assert reduce(getitem, finish, said) == why


def test_a_stream_of_tool_calls_alone_has_an_answer_too() -> None:
    call = b'{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}'
    chunk = b'data: {"choices":[{"index":0,"delta":{"tool_calls":[%s]}}]}\n\n' % call
    (choice,) = json.loads(got(broken("json-instead-of-sse", recording(chunk))).body)["choices"]
    assert choice["message"]["content"] is None
    assert [one["function"]["name"] for one in choice["message"]["tool_calls"]] == ["f"]


def test_arguments_that_are_cut_short_are_no_object() -> None:
    tape = TAPES["anthropic"]
    with pytest.raises(UsageError, match="the arguments of weather are no JSON object"):
        broken("truncated-tool-args; json-instead-of-sse", tape)
    cut = json.loads(got(broken("truncated-tool-args; json-instead-of-sse", TAPES["chat-tools"])).body)
    assert cut["choices"][0]["message"]["tool_calls"], "where they are text they are as they came"


def test_json_under_the_label_of_a_stream_and_a_stray_done() -> None:
    there = got(broken("json-instead-of-sse label=sse done=yes"))
    assert there.header("content-type") == "text/event-stream"
    body, _, rest = there.body.partition(b"\n\n")
    assert json.loads(body)["object"] == "chat.completion"
    assert rest == b"data: [DONE]\n\n"


def test_it_comes_when_the_stream_would_have_been_all_there() -> None:
    plan = broken("json-instead-of-sse")
    assert {write.at_us for write in plan.writes} == {150_000}
    assert plan.end_us == 150_000


@pytest.mark.parametrize(
    ("tape", "why"),
    [
        ("plain", "no API that mocksse knows"),
        ("converse", "depends on the model"),
        ("invoke", "depends on the model"),
    ],
)
def test_refusals(tape: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        broken("json-instead-of-sse", TAPES[tape])


def test_a_stream_without_text_makes_no_answer() -> None:
    with pytest.raises(UsageError, match="no text and no tool call in this stream"):
        broken("json-instead-of-sse", recording(b"data: [DONE]\n\n"))
    with pytest.raises(UsageError, match="no events in this body"):
        broken("json-instead-of-sse", recording(b": nothing\n\n"))
