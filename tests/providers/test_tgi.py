"""providers/tgi: one token an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, text, usage

from mocksse.providers.tgi import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    (
        "token",
        "message",
        {"index": 1, "token": {"id": 5, "text": "Hi", "special": False}, "generated_text": None},
        [text("Hi")],
    ),
    (
        "last",
        "message",
        {
            "token": {"text": "</s>", "special": True},
            "generated_text": "Hi",
            "details": {"finish_reason": "eos_token", "generated_tokens": 2},
        },
        [finish("eos_token"), usage('{"generated_tokens":2}')],
    ),
    ("error", "message", {"error": "Boom", "error_type": "generation"}, [error("Boom", "generation")]),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"token": {"text": "", "special": True}}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"token": "a"}),
        ("message", {"generated_text": None}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
