"""providers/anthropic: blocks, deltas and the message around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.anthropic import API

if TYPE_CHECKING:
    from api_cases import Case


def event(type_: str, **payload: Any) -> tuple[str, dict[str, Any]]:
    return type_, {"type": type_, **payload}


CASES: list[Case] = [
    ("text", *event("content_block_delta", index=1, delta={"type": "text_delta", "text": "Hi"}), [text("Hi", 0, 1)]),
    (
        "thinking",
        *event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm"}),
        [reasoning("Hm")],
    ),
    ("signature", *event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "abc"}), []),
    ("compaction", *event("content_block_delta", index=0, delta={"type": "compaction_delta", "content": "abc"}), []),
    (
        "tool input",
        *event("content_block_delta", index=2, delta={"type": "input_json_delta", "partial_json": "{"}),
        [tool("{", 0, 2)],
    ),
    (
        "empty tool input",
        *event("content_block_delta", index=2, delta={"type": "input_json_delta", "partial_json": ""}),
        [],
    ),
    ("text begins", *event("content_block_start", index=0, content_block={"type": "text", "text": ""}), []),
    (
        "text begins with text",
        *event("content_block_start", index=0, content_block={"type": "text", "text": "H"}),
        [text("H")],
    ),
    (
        "tool call begins",
        *event("content_block_start", index=2, content_block={"type": "tool_use", "id": "t", "name": "f", "input": {}}),
        [tool("", 0, 2, "t", "f")],
    ),
    (
        "server tool, whole",
        *event(
            "content_block_start",
            index=2,
            content_block={"type": "server_tool_use", "id": "t", "name": "f", "input": {"q": "x"}},
        ),
        [tool('{"q":"x"}', 0, 2, "t", "f")],
    ),
    (
        "redacted thinking",
        *event("content_block_start", index=0, content_block={"type": "redacted_thinking", "data": "x"}),
        [],
    ),
    (
        "tool result",
        *event(
            "content_block_start",
            index=3,
            content_block={"type": "web_search_tool_result", "content": [{"title": "x"}]},
        ),
        [],
    ),
    ("message begins", *event("message_start", message={"usage": {"input_tokens": 9}}), [usage('{"input_tokens":9}')]),
    (
        "message ends",
        *event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 3}),
        [finish("end_turn"), usage('{"output_tokens":3}')],
    ),
    ("stop", *event("message_stop"), []),
    ("ping", *event("ping"), []),
    (
        "error",
        *event("error", error={"type": "overloaded_error", "message": "Overloaded"}),
        [error("Overloaded", "overloaded_error")],
    ),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message_start", {"type": "message_start", "message": {}}),
        ("ping", {"type": "ping"}),
        ("data", {"type": "content_block_delta"}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("error", {"type": "error", "error": {"message": "a"}}),
        ("message_start", {}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
