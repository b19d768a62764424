"""What goes over the wire, event by event: a small answer of every API, with all that it can hold, in full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from speeches import body

from mocksse.providers.encode.anthropic import encode as encode_anthropic
from mocksse.providers.encode.counts import Counts, usage_of
from mocksse.providers.encode.ollama import moment
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.encode.speech import Speech
from mocksse.providers.fragment import Fragment
from mocksse.providers.framing import frames
from mocksse.providers.turn import Choice, ToolCall, Turn

if TYPE_CHECKING:
    from mocksse.providers.fragment import Kind

SAID: tuple[tuple[Kind, str, int], ...] = (
    ("reasoning", "Hm.", 0),
    ("text", "On", 0),
    ("text", "e “🌍”", 0),
    ("tool", "", 0),
    ("tool", '{"a":1}', 0),
    ("tool", "{}", 1),
)
FINISH = {"openai-chat": "tool_calls", "openai-responses": "completed", "anthropic": "tool_use", "cohere": "TOOL_CALL"}


def speech(api: str, *said: tuple[Kind, str, int], finish: str = "", calls: tuple[ToolCall, ...] = ()) -> Speech:
    joined = {kind: "".join(text for k, text, _ in said if k == kind) for kind in ("text", "reasoning", "refusal")}
    choice = Choice(0, joined["text"], joined["reasoning"], joined["refusal"], calls, finish)
    pieces = tuple(Fragment(kind, text, 0, index) for kind, text, index in said)
    at_us = tuple(place * 1000 for place in range(len(pieces) + 2))
    return Speech(Turn((choice,), usage_of(api, Counts(3, 6, 1))), pieces, "m", "key", at_us)


def full(api: str) -> Speech:
    calls = (ToolCall("c1", "weather", '{"a":1}'), ToolCall("c2", "time", "{}"))
    return speech(api, *SAID, finish=FINISH.get(api, ""), calls=calls)


def events(api: str, told: Speech) -> list[tuple[str, Any]]:
    """Type and payload of each."""
    return [
        (frame.type, json.loads(frame.data) if frame.data != b"[DONE]" else "[DONE]")
        for frame in frames(ENCODERS[api].content_type, body(told, api))
    ]


def test_openai_chat() -> None:
    found = [payload for _, payload in events("openai-chat", full("openai-chat"))]
    *chunks, usage, done = found
    assert done == "[DONE]"
    assert usage["choices"] == []
    assert usage["usage"]["total_tokens"] == 9
    assert all(chunk["usage"] is None and chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in [*chunks, usage]}) == 1
    opened = {"index": 0, "id": "c1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    another = {"index": 1, "id": "c2", "type": "function", "function": {"name": "time", "arguments": ""}}
    assert [chunk["choices"][0]["delta"] for chunk in chunks] == [
        {"role": "assistant", "content": "", "refusal": None},
        {"reasoning_content": "Hm."},
        {"content": "On"},
        {"content": "e “🌍”"},
        {"tool_calls": [opened]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":1}'}}]},
        {"tool_calls": [another]},
        {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
        {},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * 8 + ["tool_calls"]


def test_openai_responses() -> None:
    found = events("openai-responses", full("openai-responses"))
    assert [kind for kind, _ in found] == [payload["type"] for _, payload in found]
    assert [payload["sequence_number"] for _, payload in found] == list(range(len(found)))
    assert [kind.removeprefix("response.") for kind, _ in found] == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    response = found[-1][1]["response"]
    assert response["output"] == [payload["item"] for kind, payload in found if kind == "response.output_item.done"]
    assert [item["type"] for item in response["output"]] == ["reasoning", "message", "function_call", "function_call"]
    assert response["output"][1]["content"][0]["text"] == "One “🌍”"
    assert response["output"][2]["arguments"] == '{"a":1}'
    for kind, payload in found:
        if "item_id" in payload:
            assert payload["item_id"] == response["output"][payload["output_index"]]["id"], kind
    begun = found[0][1]["response"]
    assert (begun["status"], begun["output"], begun["usage"]) == ("in_progress", [], None)
    assert {**response, **{key: begun[key] for key in ("status", "output", "usage")}}.items() >= begun.items()


def test_a_response_that_was_cut_says_why() -> None:
    told = speech("openai-responses", ("text", "On", 0), finish="max_output_tokens")
    kind, last = events("openai-responses", told)[-1]
    assert kind == "response.incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert (last["response"]["status"], last["response"]["output"][0]["status"]) == ("incomplete", "incomplete")


def test_a_refusal_is_a_part_of_a_message() -> None:
    found = events("openai-responses", speech("openai-responses", ("refusal", "No", 0), ("refusal", ".", 0)))
    assert [kind.removeprefix("response.") for kind, _ in found[3:8]] == [
        "content_part.added",
        "refusal.delta",
        "refusal.delta",
        "refusal.done",
        "content_part.done",
    ]
    assert found[-1][1]["response"]["output"][0]["content"] == [{"type": "refusal", "refusal": "No."}]


def test_anthropic() -> None:
    found = events("anthropic", full("anthropic"))
    assert [kind for kind, _ in found] == [payload["type"] for _, payload in found]
    start, (_, stopped), last = found[0][1]["message"], found[-2], found[-1][0]
    assert (start["content"], start["stop_reason"], start["usage"]["input_tokens"]) == ([], None, 3)
    assert stopped["delta"] == {"stop_reason": "tool_use", "stop_sequence": None}
    assert (stopped["usage"]["output_tokens"], last) == (6, "message_stop")
    assert [kind for kind, _ in found[1:3]] == ["content_block_start", "ping"]
    blocks = [payload for kind, payload in found if kind == "content_block_start"]
    assert [(block["index"], block["content_block"]) for block in blocks] == [
        (0, {"type": "thinking", "thinking": "", "signature": ""}),
        (1, {"type": "text", "text": ""}),
        (2, {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}),
        (3, {"type": "tool_use", "id": "c2", "name": "time", "input": {}}),
    ]
    deltas = [(payload["index"], payload["delta"]["type"]) for kind, payload in found if kind == "content_block_delta"]
    assert deltas == [
        (0, "thinking_delta"),
        (0, "signature_delta"),
        (1, "text_delta"),
        (1, "text_delta"),
        (2, "input_json_delta"),
        (3, "input_json_delta"),
    ]
    stops = [payload["index"] for kind, payload in found if kind == "content_block_stop"]
    assert stops == [0, 1, 2, 3]


def test_calls_whose_pieces_come_in_turns_are_open_at_once() -> None:
    said: tuple[tuple[Kind, str, int], ...] = (("tool", "{", 0), ("tool", "{", 1), ("tool", "}", 0), ("tool", "}", 1))
    calls = (ToolCall("c1", "a", "{}"), ToolCall("c2", "b", "{}"))
    found = events("anthropic", speech("anthropic", *said, calls=calls))
    order = [(kind.removeprefix("content_block_"), p["index"]) for kind, p in found if "index" in p]
    assert order == [
        ("start", 0),
        ("delta", 0),
        ("start", 1),
        ("delta", 1),
        ("delta", 0),
        ("stop", 0),
        ("delta", 1),
        ("stop", 1),
    ]


def test_an_answer_of_nothing_has_no_blocks() -> None:
    told = speech("anthropic")
    assert [json.loads(e.data.partition(b"data: ")[2])["type"] for e in encode_anthropic(told)] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]


def test_gemini() -> None:
    raw = body(full("gemini"), "gemini")
    assert raw.startswith(b'data: {"candidates": [{"content": {"parts"')
    assert raw.count(b"\n") == raw.count(b"\r\n") == 2 * 6
    found = [payload for _, payload in events("gemini", full("gemini"))]
    assert [payload["candidates"][0]["content"]["parts"][0] for payload in found] == [
        {"text": "Hm.", "thought": True},
        {"text": "On"},
        {"text": "e “🌍”"},
        {"functionCall": {"name": "weather", "args": {"a": 1}, "id": "c1"}},
        {"functionCall": {"name": "time", "args": {}, "id": "c2"}},
        {"text": ""},
    ]
    assert ["finishReason" in payload["candidates"][0] for payload in found] == [False] * 5 + [True]
    assert found[0]["usageMetadata"] == {"promptTokenCount": 3, "totalTokenCount": 3}
    assert found[-1]["usageMetadata"]["totalTokenCount"] == 9


def test_cohere() -> None:
    found = events("cohere", full("cohere"))
    *named, (_, done) = found
    assert done == "[DONE]"
    assert [(kind, payload.get("index")) for kind, payload in named] == [
        ("message-start", None),
        ("content-start", 0),
        ("content-delta", 0),
        ("content-end", 0),
        ("content-start", 1),
        ("content-delta", 1),
        ("content-delta", 1),
        ("content-end", 1),
        ("tool-call-start", 0),
        ("tool-call-delta", 0),
        ("tool-call-end", 0),
        ("tool-call-start", 1),
        ("tool-call-delta", 1),
        ("tool-call-end", 1),
        ("message-end", None),
    ]
    assert named[1][1]["delta"] == {"message": {"content": {"type": "thinking", "thinking": ""}}}
    assert named[3][1] == {"type": "content-end", "index": 0}
    assert named[-1][1]["delta"] == {"finish_reason": "TOOL_CALL", "usage": usage_of("cohere", Counts(3, 6, 1))}


def test_ollama() -> None:
    found = [payload for _, payload in events("ollama", full("ollama"))]
    assert [line["done"] for line in found] == [False] * 5 + [True]
    assert [line["created_at"][-7:] for line in found[:3]] == ["001000Z", "002000Z", "003000Z"]
    assert found[0]["message"] == {"role": "assistant", "content": "", "thinking": "Hm."}
    assert found[3]["message"]["tool_calls"] == [
        {"id": "c1", "function": {"index": 0, "name": "weather", "arguments": {"a": 1}}}
    ]
    assert found[-1].items() >= {"done_reason": "stop", "total_duration": 7_000_000, "eval_count": 6}.items()


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "2026-01-01T00:00:00.000000Z"),
        (1_000_001, "2026-01-01T00:00:01.000001Z"),
        (86_399_999_999, "2026-01-01T23:59:59.999999Z"),
        (86_400_000_000, "2026-01-02T00:00:00.000000Z"),
    ],
)
def test_moments(us: int, text: str) -> None:
    assert moment(us) == text


@pytest.mark.parametrize("api", ENCODERS)
def test_half_a_surrogate_pair_is_an_escape(api: str) -> None:
    told = speech(api, ("text", "\ud83c", 0), ("text", "\udf0d", 0))
    raw = body(told, api)
    assert rb"\ud83c" in raw
    assert raw.decode()


def test_half_a_pair_is_whole_in_what_is_repeated() -> None:
    told = speech("openai-responses", ("text", "\ud83c", 0), ("text", "\udf0d", 0))
    assert events("openai-responses", told)[-1][1]["response"]["output"][0]["content"][0]["text"] == "🌍"


@pytest.mark.parametrize("arguments", ["[1]", '{"a":', "1", '{"n": 1e999}', '{"n": NaN}'])
@pytest.mark.parametrize("api", ["gemini", "ollama"])
def test_arguments_that_are_no_object_are_refused(api: str, arguments: str) -> None:
    told = speech(api, ("tool", arguments, 0), calls=(ToolCall("c", "f", arguments),))
    with pytest.raises(ValueError, match="the arguments of f "):
        body(told, api)


@pytest.mark.parametrize("api", ["openai-chat", "gemini"])
def test_several_choices(api: str) -> None:
    pieces = (Fragment("text", "A", 0), Fragment("text", "B", 1))
    told = Speech(Turn((Choice(0, "A"), Choice(1, "B"))), pieces, "m", "key", (0, 1, 2, 3))
    key = "choices" if api == "openai-chat" else "candidates"
    found = [p[key][0]["index"] for _, p in events(api, told) if p != "[DONE]"]
    assert found == ([0, 1] if api == "openai-chat" else []) + [0, 1, 0, 1]
