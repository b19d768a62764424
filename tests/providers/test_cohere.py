"""providers/cohere: version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import citation, error, finish, reasoning, text, tool, usage

from mocksse.providers.cohere import API

if TYPE_CHECKING:
    from api_cases import Case


def event(type_: str, **payload: Any) -> tuple[str, dict[str, Any]]:
    return type_, {"type": type_, **payload}


CASES: list[Case] = [
    ("text", *event("content-delta", index=0, delta={"message": {"content": {"text": "Hi"}}}), [text("Hi")]),
    (
        "thinking",
        *event("content-delta", index=1, delta={"message": {"content": {"thinking": "Hm"}}}),
        [reasoning("Hm", 0, 1)],
    ),
    ("begins", *event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}}), []),
    ("tool plan", *event("tool-plan-delta", delta={"message": {"tool_plan": "Hm"}}), [reasoning("Hm")]),
    (
        "tool call begins",
        *event(
            "tool-call-start",
            index=1,
            delta={"message": {"tool_calls": {"id": "c", "function": {"name": "f", "arguments": ""}}}},
        ),
        [tool("", 0, 1, "c", "f")],
    ),
    (
        "arguments",
        *event("tool-call-delta", index=1, delta={"message": {"tool_calls": {"function": {"arguments": "{"}}}}),
        [tool("{", 0, 1)],
    ),
    (
        "citation",
        *event("citation-start", index=0, delta={"message": {"citations": {"text": "x"}}}),
        [citation('{"text":"x"}')],
    ),
    (
        "ends",
        *event("message-end", delta={"finish_reason": "COMPLETE", "usage": {"tokens": {"output_tokens": 3}}}),
        [finish("COMPLETE"), usage('{"tokens":{"output_tokens":3}}')],
    ),
    (
        "fails",
        *event("message-end", delta={"finish_reason": "ERROR", "error": "Boom", "usage": {}}),
        [finish("ERROR"), error("Boom")],
    ),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message-start", {"type": "message-start"}),
        ("message", {"type": "content-delta"}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message-start", {}),
        ("message", {"type": "message_start"}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
