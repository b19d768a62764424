from __future__ import annotations

import pytest

from mocksse.cassette.importers.paths import path_of
from mocksse.providers import registry
from mocksse.providers.framing import frames
from mocksse.wire import eventstream

SSE, JSON = "text/event-stream", "application/json"
AWS = "application/vnd.amazon.eventstream"
GEMINI = b'{"candidates": [{"content": {"parts": [{"text": "a"}]}}], "modelVersion": "gemini-2.5-flash"}'
NAMELESS = b'{"candidates": [{"content": {"parts": [{"text": "a"}]}}], "modelVersion": "a/b"}'


def aws(event: str, payload: bytes) -> bytes:
    return eventstream.encode([(":event-type", event)], payload)


@pytest.mark.parametrize(
    ("name", "content_type", "body", "expected"),
    [
        ("openai-chat", SSE, b'data: {"object": "chat.completion.chunk"}\n\n', "/v1/chat/completions"),
        ("openai-responses", SSE, b'data: {"type": "response.created"}\n\n', "/v1/responses"),
        ("openai-completions", SSE, b'data: {"object": "text_completion"}\n\n', "/v1/completions"),
        ("anthropic", SSE, b'data: {"type": "message_start"}\n\n', "/v1/messages"),
        ("cohere", SSE, b'data: {"type": "message-start"}\n\n', "/v2/chat"),
        ("llamacpp", SSE, b'data: {"content": "a", "stop": false}\n\n', "/completion"),
        ("tgi", SSE, b'data: {"token": {"text": "a"}}\n\n', "/generate_stream"),
        ("tgi", JSON, b'{"token": {"text": "a"}}', "/generate"),
        ("ollama", "application/x-ndjson", b'{"message": {}, "done": false}\n', "/api/chat"),
        ("ollama", "application/x-ndjson", b'{"response": "a", "done": false}\n', "/api/generate"),
        (
            "gemini",
            SSE,
            b"data: " + GEMINI + b"\n\n",
            "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        ),
        ("gemini", SSE, b"data: " + NAMELESS + b"\n\n", "/v1beta/models/gemini:streamGenerateContent?alt=sse"),
        ("gemini", JSON, b"[" + GEMINI + b"]", "/v1beta/models/gemini-2.5-flash:streamGenerateContent"),
        ("gemini", JSON, GEMINI, "/v1beta/models/gemini-2.5-flash:generateContent"),
        ("bedrock", AWS, aws("messageStart", b"{}"), "/model/model-id/converse-stream"),
        ("bedrock", AWS, aws("chunk", b'{"bytes": "e30="}'), "/model/model-id/invoke-with-response-stream"),
    ],
)
def test_the_path_is_one_that_clients_of_the_api_ask(name: str, content_type: str, body: bytes, expected: str) -> None:
    found = frames(content_type, body)
    api = registry.detect("", found)
    assert api is not None
    assert api.name == name
    assert path_of(api, content_type, found) == expected
    assert api.serves(expected)


def test_every_api_has_a_path() -> None:
    for api in registry.APIS:
        assert api.serves(path_of(api, SSE, frames(SSE, b"data: {}\n\n")))


def test_no_api_no_path_of_one() -> None:
    assert path_of(None, SSE, []) == "/stream"
