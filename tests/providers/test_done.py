"""What ends a stream, API by API."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from api_cases import oddities

from mocksse.providers import registry
from mocksse.providers.framing import Frame

APIS = {api.name: api for api in registry.APIS}


def chunk(inner: Any) -> Any:
    return {"bytes": base64.b64encode(json.dumps(inner).encode()).decode()}


METRICS = {"amazon-bedrock-invocationMetrics": {"outputTokenCount": 1}}
DONE: list[tuple[str, str, Any]] = [
    ("anthropic", "message_stop", {"type": "message_stop"}),
    ("anthropic", "message", {"type": "message_stop"}),
    ("openai-responses", "", {"type": "response.completed"}),
    ("openai-responses", "", {"type": "response.incomplete"}),
    ("openai-responses", "response.failed", {"type": "response.failed"}),
    ("cohere", "message-end", {"type": "message-end"}),
    ("ollama", "", {"done": True}),
    ("llamacpp", "", {"content": "", "stop": True}),
    ("tgi", "", {"generated_text": ""}),
    ("bedrock", "messageStop", {"stopReason": "end_turn"}),
    ("bedrock", "chunk", chunk({"type": "message_stop", **METRICS})),
    ("bedrock", "chunk", chunk({"messageStop": {"stopReason": "end_turn"}})),
    ("bedrock", "chunk", chunk({"generation": "", "stop_reason": "stop", **METRICS})),
    ("bedrock", "chunk", chunk({"choices": [], **METRICS})),
]
GOES_ON: list[tuple[str, str, Any]] = [
    ("openai-chat", "", {"choices": [{"finish_reason": "stop"}]}),
    ("openai-completions", "", {"choices": [{"finish_reason": "stop"}]}),
    ("gemini", "", {"candidates": [{"finishReason": "STOP"}]}),
    ("anthropic", "", {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
    ("anthropic", "message_stop", {"type": "ping"}),
    ("openai-responses", "", {"type": "response.output_item.done"}),
    ("openai-responses", "error", {"type": "error"}),
    ("cohere", "", {"type": "content-end"}),
    ("ollama", "", {"done": False}),
    ("ollama", "", {"error": "Boom"}),
    ("llamacpp", "", {"content": "", "stop": False}),
    ("tgi", "", {"generated_text": None}),
    ("bedrock", "metadata", {"usage": {}}),
    ("bedrock", "chunk", chunk({"type": "message_delta"})),
    ("bedrock", "chunk", chunk({"contentBlockStop": {}})),
    ("bedrock", "chunk", chunk({"metadata": {"usage": {}}, **METRICS})),
    ("bedrock", "chunk", chunk({"generation": "Hi"})),
    ("bedrock", "chunk", {"bytes": "?"}),
]


def frame(type_: str, payload: Any) -> Frame:
    return Frame(0, 9, type_, json.dumps(payload).encode())


@pytest.mark.parametrize(("name", "type_", "payload"), DONE)
def test_done(name: str, type_: str, payload: Any) -> None:
    assert APIS[name].done(type_, payload) is True
    assert registry.is_done(APIS[name], frame(type_, payload))
    assert not registry.is_done(None, frame(type_, payload))


@pytest.mark.parametrize(("name", "type_", "payload"), GOES_ON)
def test_not_done(name: str, type_: str, payload: Any) -> None:
    assert APIS[name].done(type_, payload) is False
    assert not registry.is_done(APIS[name], frame(type_, payload))


@pytest.mark.parametrize(("name", "type_", "payload"), DONE + GOES_ON)
def test_odd_payloads(name: str, type_: str, payload: Any) -> None:
    for odd in oddities(payload):
        assert APIS[name].done(type_, odd) in (True, False)


@pytest.mark.parametrize("data", [b"[DONE]", b" [DONE] ", b"[DONE]x"])
def test_the_mark(data: bytes) -> None:
    for api in (None, *registry.APIS):
        assert registry.is_done(api, Frame(0, 9, "message", data))
    assert not registry.is_done(None, Frame(0, 9, "", data, "comment"))
    assert not registry.is_done(None, Frame(0, 9, "", data, "pending"))


@pytest.mark.parametrize("data", [b"", b"DONE", b'"[DONE]"', b'["DONE"]', b"oops"])
def test_what_is_no_mark(data: bytes) -> None:
    assert not any(registry.is_done(api, Frame(0, 9, "message", data)) for api in registry.APIS)
