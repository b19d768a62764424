"""The APIs that streams can be made for: how each is encoded, and what its answers can carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.providers.encode import anthropic, cohere, gemini, ollama, openai_chat, openai_responses

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.providers.encode.speech import Event, Speech


@dataclass(frozen=True, slots=True)
class Encoder:
    """One API. `api` is its name in `providers.registry`, `path` where it is served; a `{name}` in it fits any."""

    api: str
    encode: Callable[[Speech], list[Event]]
    """ValueError for tool arguments that an API which sends objects can't send."""
    path: str
    model: str
    """What the made-up model is called."""
    content_type: str = "text/event-stream"
    choices: bool = False
    """Whether it has several answers to one request."""
    refusals: bool = False
    objects: bool = False
    """Whether it sends tool arguments as objects, whole, and calls may go without an id."""
    opens: bool = True
    """Whether an event comes before the first piece of the answer, such as message_start."""


_UTF8_STREAM = "text/event-stream; charset=utf-8"

ENCODERS: dict[str, Encoder] = {
    encoder.api: encoder
    for encoder in (
        Encoder(
            "openai-chat",
            openai_chat.encode,
            "/v1/chat/completions",
            "gpt-mock",
            _UTF8_STREAM,
            choices=True,
            refusals=True,
        ),
        Encoder("openai-responses", openai_responses.encode, "/v1/responses", "gpt-mock", _UTF8_STREAM, refusals=True),
        Encoder("anthropic", anthropic.encode, "/v1/messages", "claude-mock", _UTF8_STREAM),
        Encoder(
            "gemini",
            gemini.encode,
            "/{version}/models/{model}:streamGenerateContent?alt=sse",
            "gemini-mock",
            choices=True,
            objects=True,
            opens=False,
        ),
        Encoder("cohere", cohere.encode, "/v2/chat", "command-mock"),
        Encoder("ollama", ollama.encode, "/api/chat", "llama-mock", "application/x-ndjson", objects=True, opens=False),
    )
}
"""By the API's name, in the order in which they are shown."""
