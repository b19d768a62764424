"""providers/ollama: chat and generate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import error, finish, reasoning, text, tool, usage

from mocksse.providers.ollama import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("chat", "", {"message": {"role": "assistant", "content": "Hi"}, "done": False}, [text("Hi")]),
    ("generate", "", {"response": "Hi", "done": False}, [text("Hi")]),
    ("thinking, chat", "", {"message": {"content": "", "thinking": "Hm"}, "done": False}, [reasoning("Hm")]),
    ("thinking, generate", "", {"response": "", "thinking": "Hm", "done": False}, [reasoning("Hm")]),
    (
        "calls",
        "",
        {
            "message": {
                "content": "",
                "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}, {"function": {"name": "g"}}],
            }
        },
        [tool('{"x":1}', name="f"), tool("", 0, 1, name="g")],
    ),
    (
        "done",
        "",
        {"response": "", "done": True, "done_reason": "stop", "eval_count": 3, "total_duration": 9, "context": [1]},
        [finish("stop"), usage('{"eval_count":3,"total_duration":9}')],
    ),
    ("done for no reason", "", {"response": "", "done": True}, [finish("")]),
    ("error", "", {"error": "Boom"}, [error("Boom")]),
    ("pull", "", {"status": "pulling manifest", "completed": 3}, []),
]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("", {"message": {}, "done": False}),
        ("", {"response": "", "done": True}),
    ],
)
def test_recognises(type_: str, payload: Any) -> None:
    assert API.recognises(type_, payload)


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("", {"status": "pulling manifest"}),
        ("", {"response": "a"}),
        ("", {"done": True}),
    ],
)
def test_does_not_recognise(type_: str, payload: Any) -> None:
    assert not API.recognises(type_, payload)
