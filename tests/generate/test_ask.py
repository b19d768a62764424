"""The request that goes with a made-up answer: what a client of the API sends, so that serve takes one for it."""

from __future__ import annotations

import json

import pytest

from mocksse.cassette.match import Rules, asked, fitting, last_user_message, recorded
from mocksse.generate.ask import request
from mocksse.providers.encode.registry import ENCODERS

TAKEN = {"city": "Bern", "days": 3, "near": True, "at": 1.5, "of": [1], "in": {}}
TYPES = {"city": "string", "days": "integer", "near": "boolean", "at": "number", "of": "array", "in": "object"}
SENT = {
    "openai-chat": ("/v1/chat/completions", {"stream": True, "messages": []}),
    "openai-responses": ("/v1/responses", {"stream": True, "input": "x"}),
    "anthropic": ("/v1/messages", {"stream": True, "max_tokens": 1, "messages": []}),
    "gemini": ("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", {"contents": []}),
    "cohere": ("/v2/chat", {"stream": True, "messages": []}),
    "ollama": ("/api/chat", {"model": "x", "messages": []}),
}


@pytest.mark.parametrize("api", ENCODERS)
def test_it_asks_what_was_asked_and_tells_the_tools(api: str) -> None:
    made = request(ENCODERS[api], "m", "How far?", {"far": TAKEN}, usage=True)
    body = json.loads(made.body or b"")
    assert made.method == "POST"
    assert last_user_message(body) == "How far?"
    assert body.get("model", "m") == "m"
    text = json.dumps(body["tools"])
    assert '"name": "far"' in text
    assert all(f'"{name}": {{"type": "{kind}"}}' in text for name, kind in TYPES.items())
    assert ("stream_options" in body) == (api == "openai-chat")


@pytest.mark.parametrize("api", ENCODERS)
def test_a_client_of_the_api_is_answered_by_it(api: str) -> None:
    path, body = SENT[api]
    made = recorded(request(ENCODERS[api], "m", "Hi", {}, usage=False))
    want = asked("POST", path, json.dumps(body).encode())
    assert fitting(want, [made], Rules()) == (0,)


def test_gemini_is_answered_whatever_its_version() -> None:
    made = recorded(request(ENCODERS["gemini"], "m", "Hi", {}, usage=False))
    assert made.serves(asked("POST", "/v1/models/x:streamGenerateContent?alt=sse", b"{}"))
