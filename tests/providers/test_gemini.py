"""providers/gemini: candidates, thoughts and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.fragment import Fragment
from mocksse.providers.gemini import API

if TYPE_CHECKING:
    from api_cases import Case


def chunk(*parts: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}}]}


CASES: list[Case] = [
    ("text", "message", chunk({"text": "Hi"}), [text("Hi")]),
    ("thought", "message", chunk({"text": "Hm", "thought": True}), [reasoning("Hm")]),
    ("signature on nothing", "message", chunk({"text": "", "thoughtSignature": "x"}), []),
    (
        "call",
        "message",
        chunk({"functionCall": {"id": "c", "name": "f", "args": {"x": 1}}}),
        [tool('{"x":1}', call="c", name="f")],
    ),
    ("call without arguments", "message", chunk({"functionCall": {"name": "f", "args": {}}}), [tool("{}", name="f")]),
    (
        "call begins, streamed",
        "message",
        chunk({"functionCall": {"name": "f", "willContinue": True}}),
        [tool("", name="f")],
    ),
    (
        "call goes on",
        "message",
        chunk(
            {
                "functionCall": {
                    "partialArgs": [{"jsonPath": "$.a", "stringValue": "x"}, {"jsonPath": "$.b", "boolValue": False}]
                }
            }
        ),
        [
            Fragment("tool", "x", path="$.a", quoted=True),
            Fragment("tool", "false", path="$.b"),
        ],
    ),
    ("call ends", "message", chunk({"functionCall": {}}), []),
    ("code, image", "message", chunk({"executableCode": {"code": "1"}}, {"inlineData": {"data": "AA=="}}), []),
    (
        "parts in order",
        "message",
        chunk({"text": "Hm", "thought": True}, {"text": "a"}, {"text": "b"}),
        [reasoning("Hm"), text("a"), text("b")],
    ),
    (
        "second candidate",
        "message",
        {"candidates": [{"index": 1, "content": {"parts": [{"text": "b"}]}}]},
        [text("b", 1)],
    ),
    (
        "finish with usage",
        "",
        {"candidates": [{"finishReason": "STOP"}], "usageMetadata": {"totalTokenCount": 3}},
        [finish("STOP"), usage('{"totalTokenCount":3}')],
    ),
    ("blocked", "message", {"promptFeedback": {"blockReason": "SAFETY"}}, [finish("SAFETY")]),
    (
        "error",
        "",
        {"error": {"code": 429, "message": "Slow down", "status": "RESOURCE_EXHAUSTED"}},
        [error("Slow down", "RESOURCE_EXHAUSTED")],
    ),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"candidates": [{}]}),
        ("message", {"usageMetadata": {}}),
        ("message", {"promptFeedback": {"blockReason": "SAFETY"}}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"candidates": []}),
        ("message", {"error": {"code": 400}}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
