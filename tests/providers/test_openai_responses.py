"""providers/openai_responses: deltas by type, with and without event lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.fragment import Fragment
from mocksse.providers.openai_responses import API

if TYPE_CHECKING:
    from api_cases import Case


def event(type_: str, **payload: Any) -> tuple[str, dict[str, Any]]:
    return type_, {"type": type_, "sequence_number": 1, **payload}


CASES: list[Case] = [
    ("text", *event("response.output_text.delta", output_index=1, content_index=0, delta="Hi"), [text("Hi", 0, 1)]),
    (
        "no event line",
        "message",
        {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"},
        [text("Hi")],
    ),
    ("no type inside", "response.output_text.delta", {"output_index": 0, "delta": "Hi"}, [text("Hi")]),
    ("done repeats", *event("response.output_text.done", output_index=0, text="Hi"), []),
    (
        "reasoning summary",
        *event("response.reasoning_summary_text.delta", output_index=0, delta="Hm"),
        [reasoning("Hm")],
    ),
    ("reasoning", *event("response.reasoning_text.delta", output_index=0, delta="Hm"), [reasoning("Hm")]),
    ("refusal", *event("response.refusal.delta", output_index=0, delta="No."), [Fragment("refusal", "No.")]),
    (
        "tool call begins",
        *event(
            "response.output_item.added",
            output_index=2,
            item={"type": "function_call", "id": "i", "call_id": "c", "name": "f"},
        ),
        [tool("", 0, 2, "c", "f")],
    ),
    ("an item that is no call", *event("response.output_item.added", item={"type": "message", "id": "m"}), []),
    (
        "tool arguments",
        *event("response.function_call_arguments.delta", output_index=2, delta="{}"),
        [tool("{}", 0, 2)],
    ),
    ("custom tool", *event("response.custom_tool_call_input.delta", output_index=2, delta="ls"), [tool("ls", 0, 2)]),
    ("MCP", *event("response.mcp_call_arguments.delta", output_index=2, delta="{}"), [tool("{}", 0, 2)]),
    (
        "completed",
        *event("response.completed", response={"status": "completed", "error": None, "usage": {"total_tokens": 3}}),
        [finish("completed"), usage('{"total_tokens":3}')],
    ),
    (
        "incomplete",
        *event(
            "response.incomplete",
            response={"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
        ),
        [replace(finish("max_output_tokens"), name="incomplete")],
    ),
    (
        "failed",
        *event("response.failed", response={"status": "failed", "error": {"code": "server_error", "message": "Boom"}}),
        [finish("failed"), error("Boom")],
    ),
    ("error, nested", *event("error", error={"message": "Boom"}), [error("Boom")]),
    ("error, flat", *event("error", code="x", message="Boom"), [error("Boom", "x")]),
    ("keepalive", *event("keepalive"), []),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"type": "response.created", "response": {}}),
        ("keepalive", {"type": "keepalive", "sequence_number": 3}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("error", {"type": "error", "error": {"message": "a"}}),
        ("message", {"sequence_number": 3}),
        ("message", {"type": "message_start"}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
