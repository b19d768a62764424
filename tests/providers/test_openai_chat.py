"""providers/openai_chat: one reader for all dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.fragment import Fragment
from mocksse.providers.openai_chat import API

if TYPE_CHECKING:
    from api_cases import Case


def chunk(delta: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


CASES: list[Case] = [
    ("text", "message", chunk({"content": "Hi"}), [text("Hi")]),
    ("null beside reasoning", "message", chunk({"content": None, "reasoning_content": "Hm"}), [reasoning("Hm")]),
    ("reasoning by its other name", "message", chunk({"content": "", "reasoning": "Hm"}), [reasoning("Hm")]),
    (
        "reasoning twice",
        "message",
        chunk({"reasoning": "Hm", "reasoning_details": [{"text": "Hm"}]}),
        [reasoning("Hm")],
    ),
    (
        "reasoning in details alone",
        "message",
        chunk(
            {
                "reasoning": None,
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "Hm"},
                    {"type": "reasoning.summary", "summary": ", so"},
                    {"type": "reasoning.encrypted", "data": "x"},
                ],
            }
        ),
        [reasoning("Hm"), reasoning(", so")],
    ),
    (
        "content as a list",
        "message",
        chunk(
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]},
                    {"type": "text", "text": "Hi"},
                ]
            }
        ),
        [reasoning("Hm"), text("Hi")],
    ),
    ("refusal", "message", chunk({"refusal": "No."}), [Fragment("refusal", "No.")]),
    (
        "tool call begins",
        "message",
        chunk({"tool_calls": [{"index": 1, "id": "c1", "function": {"name": "f", "arguments": ""}}]}),
        [tool("", 0, 1, "c1", "f")],
    ),
    (
        "tool arguments",
        "message",
        chunk({"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]}),
        [tool("{}", 0, 1)],
    ),
    (
        "tool calls without an index",
        "message",
        chunk(
            {"tool_calls": [{"id": "a", "function": {"name": "f"}}, {"id": "b", "function": {"arguments": {"x": 1}}}]}
        ),
        [tool("", 0, 0, "a", "f"), tool('{"x":1}', 0, 1, "b")],
    ),
    (
        "custom tool",
        "message",
        chunk({"tool_calls": [{"index": 0, "id": "c", "custom": {"name": "sh", "input": "ls"}}]}),
        [tool("ls", 0, 0, "c", "sh")],
    ),
    (
        "function call of old",
        "message",
        chunk({"function_call": {"name": "f", "arguments": "{"}}),
        [tool("{", name="f")],
    ),
    ("finish", "message", {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, [finish("stop")]),
    (
        "an empty finish reason is none",
        "message",
        {"choices": [{"delta": {"content": "a"}, "finish_reason": ""}]},
        [text("a")],
    ),
    (
        "two choices",
        "message",
        {"choices": [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]},
        [text("b", 1), text("a", 0)],
    ),
    (
        "choices without an index",
        "message",
        {"choices": [{"delta": {"content": "a"}}, {"delta": {"content": "b"}}]},
        [text("a"), text("b", 1)],
    ),
    (
        "message beside delta",
        "message",
        {"choices": [{"delta": {"content": "a"}, "message": {"content": "a"}}]},
        [text("a")],
    ),
    ("usage last", "message", {"choices": [], "usage": {"total_tokens": 3}}, [usage('{"total_tokens":3}')]),
    ("usage of nulls", "message", {"choices": [], "usage": {"total_tokens": None}}, []),
    (
        "Groq's usage",
        "message",
        {"choices": [], "x_groq": {"usage": {"total_tokens": 3}}},
        [usage('{"total_tokens":3}')],
    ),
    ("Azure's first", "message", {"choices": [], "id": "", "object": "", "prompt_filter_results": []}, []),
    ("error event", "error", {"error": {"message": "Boom", "code": "x"}}, [error("Boom")]),
    ("error in a chunk", "message", {"choices": [], "error": {"code": 400}}, [error('{"code":400}')]),
    ("error as a string", "message", {"error": "Boom"}, [error("Boom")]),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"object": "chat.completion.chunk", "choices": []}),
        ("message", {"choices": [{"delta": {}}]}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"choices": []}),
        ("message", {"choices": [{"text": "a"}]}),
        ("message", {"object": "text_completion", "choices": [{"text": "a"}]}),
        ("message", {"error": {"message": "a"}}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
