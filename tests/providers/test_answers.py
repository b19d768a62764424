"""providers/answers: answers that are no streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mocksse.providers import registry
from mocksse.providers.answers import answer
from mocksse.providers.turn import ToolCall

APIS = {api.name: api for api in registry.APIS}
TEXTS: list[tuple[str, str, tuple[str | int, ...]]] = [
    ("openai-chat", "", ("choices", 0, "message", "content")),
    ("openai-completions", "", ("choices", 0, "text")),
    ("openai-responses", "", ("output", 0, "content", 0, "text")),
    ("anthropic", "", ("content", 0, "text")),
    ("gemini", "", ("candidates", 0, "content", "parts", 0, "text")),
    ("cohere", "", ("message", "content", 0, "text")),
    ("ollama", "/api/chat", ("message", "content")),
    ("ollama", "/api/generate?x=1", ("response",)),
    ("llamacpp", "", ("content",)),
    ("tgi", "", ("generated_text",)),
]


@pytest.mark.parametrize(("name", "path", "where"), TEXTS)
def test_the_text_is_where_clients_look_for_it(name: str, path: str, where: tuple[str | int, ...]) -> None:
    text = 'Ü "x"\n\ud83d'
    body = answer(APIS[name], text, path)
    assert body
    found: Any = json.loads(body)
    for step in where:
        found = found[step]
    assert found == text
    assert b"\n" not in body


def test_what_is_not_known() -> None:
    assert answer(APIS["bedrock"], "x") is None
    assert answer(APIS["ag-ui"], "x") is None


@pytest.mark.parametrize("arguments", ['{"n": 1e999}', "[1]", '{"n": 1'])
@pytest.mark.parametrize("name", ["anthropic", "gemini", "ollama"])
def test_arguments_that_no_object_can_hold_are_refused(name: str, arguments: str) -> None:
    api = next(api for api in registry.APIS if api.name == name)
    with pytest.raises(ValueError, match="the arguments of weather"):
        answer(api, "", called=[ToolCall("call_1", "weather", arguments)])
