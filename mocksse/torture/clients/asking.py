"""What a client asks that knows HTTP but no API: of each API what comes behind the base URL, and the body.

`sse` is no API: BASE_URL is the event stream itself, read with GET, as a browser's EventSource does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mocksse.torture.clients.contract import MAX_TOKENS, MODEL, PROMPT

EVENT_STREAM = "text/event-stream"
LINES = "application/x-ndjson"
SSE = "sse"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `accept`: the type that the answer has to be of; `body` None: there is none."""

    method: str
    path: str
    accept: str
    body: bytes | None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What the request has to say of itself, whoever sends it."""
        if self.body is None:
            return (("Accept", self.accept), ("Cache-Control", "no-cache"))
        return (("Accept", self.accept), ("Content-Type", "application/json"))


def _post(path: str, accept: str = EVENT_STREAM, **body: object) -> Ask:
    return Ask("POST", path, accept, json.dumps(body).encode())


_MESSAGES = [{"role": "user", "content": PROMPT}]
_STREAM: dict[str, Any] = {"model": MODEL, "stream": True}
ASKS = {
    "openai-chat": _post("/chat/completions", **_STREAM, messages=_MESSAGES),
    "openai-responses": _post("/responses", **_STREAM, input=PROMPT),
    "anthropic": _post("/v1/messages", **_STREAM, messages=_MESSAGES, max_tokens=MAX_TOKENS),
    "gemini": _post(f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse", contents=[{"parts": [{"text": PROMPT}]}]),
    "cohere": _post("/v2/chat", **_STREAM, messages=_MESSAGES),
    "ollama": _post("/api/chat", LINES, **_STREAM, messages=_MESSAGES),
    SSE: Ask("GET", "", EVENT_STREAM, None),
}


def url_of(base_url: str, ask: Ask) -> str:
    """Where it goes."""
    return base_url.rstrip("/") + ask.path if ask.path else base_url
