"""providers/openai_completions: the legacy chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, text, usage

from mocksse.providers.openai_completions import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    (
        "text",
        "message",
        {"object": "text_completion", "choices": [{"index": 0, "text": "Hi", "finish_reason": None}]},
        [text("Hi")],
    ),
    (
        "finish with text",
        "message",
        {"choices": [{"index": 1, "text": "!", "finish_reason": "stop"}]},
        [text("!", 1), finish("stop", 1)],
    ),
    ("usage", "message", {"choices": [], "usage": {"total_tokens": 3}}, [usage('{"total_tokens":3}')]),
    ("error", "message", {"error": {"message": "Boom"}}, [error("Boom")]),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"object": "text_completion", "choices": []}),
        ("message", {"choices": [{"text": ""}]}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"choices": [{"delta": {"content": "a"}}]}),
        ("message", {"text": "a"}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
