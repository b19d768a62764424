"""providers/llamacpp: the native endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, text, usage

from mocksse.providers.llamacpp import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("text", "message", {"index": 0, "content": "Hi", "stop": False, "tokens": [1]}, [text("Hi")]),
    (
        "stop",
        "message",
        {
            "content": "",
            "stop": True,
            "stop_type": "limit",
            "tokens_predicted": 3,
            "tokens_evaluated": 2,
            "timings": {},
        },
        [finish("limit"), usage('{"tokens_predicted":3,"tokens_evaluated":2}')],
    ),
    ("stop of old", "message", {"content": "!", "stop": True, "stopped_eos": True}, [text("!"), finish("eos")]),
    ("stop without a word", "message", {"content": "!", "stop": True}, [text("!"), finish("")]),
    ("error", "message", {"error": {"code": 500, "message": "Boom"}}, [error("Boom")]),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"content": "", "stop": False}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("message", {"content": "a"}),
        ("message", {"stop": True}),
        ("message", {"content": [], "stop": True}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
