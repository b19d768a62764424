"""providers/answers: answers that are no streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mocksse.providers import registry
from mocksse.providers.answers import Call, answer, calls
from mocksse.providers.fragment import Fragment

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


def tool(text: str, index: int = 0, call_id: str = "", name: str = "") -> Fragment:
    return Fragment("tool", text, 0, index, call_id, name)


@pytest.mark.parametrize(
    ("api", "said", "expected"),
    [
        ("openai-chat", [tool("", 0, "a", "f"), tool('{"x"'), tool(":1}")], [Call("a", "f", '{"x":1}')]),
        ("openai-chat", [tool("{", 0, "a", "f"), tool("}", 0, "a", "f")], [Call("a", "f", "{}")]),
        (
            "openai-chat",
            [tool("1", 0, "a"), tool("2", 1, "b"), tool("3", 0)],
            [Call("a", "", "13"), Call("b", "", "2")],
        ),
        (
            "openai-chat",
            [tool("{}", 0, "a", "f"), tool("{}", 0, "b", "f")],
            [Call("a", "f", "{}"), Call("b", "f", "{}")],
        ),
        ("gemini", [tool("{}", name="f"), tool("{}", name="f")], [Call("", "f", "{}"), Call("", "f", "{}")]),
        ("ollama", [tool("{}", 0, "", "f"), tool("{}", 0, "", "g")], [Call("", "f", "{}"), Call("", "g", "{}")]),
        ("anthropic", [Fragment("text", "x")], []),
    ],
)
def test_calls_are_joined_of_their_fragments(api: str, said: list[Fragment], expected: list[Call]) -> None:
    assert list(calls(APIS[api], said)) == expected


def test_what_is_not_known() -> None:
    assert answer(APIS["bedrock"], "x") is None
    assert {name for name, _, _ in TEXTS} == APIS.keys() - {"bedrock"}
