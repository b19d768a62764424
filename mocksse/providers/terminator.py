"""What a stream of each API ends with, in words.

Gemini has nothing of the kind: its connection just ends behind the last chunk. Nor has a stream of any API behind an
error. Perplexity and Writer speak OpenAI's APIs without its [DONE], and show what they are in every event; some
backends of Hugging Face's router have none either, and show nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers import registry
from mocksse.providers.lenient import array, get

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame

_TERMINATORS = {
    "openai-chat": "data: [DONE]",
    "openai-completions": "data: [DONE]",
    "openai-responses": "response.completed, .incomplete, .failed or .cancelled",
    "anthropic": "event: message_stop",
    "cohere": "event: message-end",
    "ollama": 'a line with "done": true',
    "bedrock": "messageStop, or the model's own last event",
    "llamacpp": 'an event with "stop": true',
    "tgi": "an event with generated_text",
    "openai-assistants": "event: done",
    "openai-transcriptions": "transcript.text.done",
    "gemini-interactions": "interaction.completed",
    "watsonx": "a stop_reason",
    "replicate": "event: done",
    "vercel-ui": "a finish part",
    "ag-ui": "RUN_FINISHED or RUN_ERROR",
    "mcp": "the result of the request",
}


def terminator_of(api: Api | None, stream: Iterable[Frame] = ()) -> str:
    """What ends a stream of this API; empty where nothing does, or nothing is known of it.

    `stream`: where its frames are there, a dialect without a terminator is told by its first event.
    """
    found = _TERMINATORS.get(api.name, "") if api is not None else ""
    if found.endswith("[DONE]"):
        first = next((frame for frame in stream if frame.kind == "event"), None)
        if first is not None and _is_endless(registry.payload_of(api, first)):
            return ""
    return found


def _is_endless(payload: Any) -> bool:
    """A choice with a message beside its delta, or Writer's legacy event of nothing but a value."""
    if isinstance(payload, dict) and payload.keys() == {"value"}:
        return True
    return any(
        isinstance(get(choice, "delta"), dict) and isinstance(get(choice, "message"), dict)
        for choice in array(payload, "choices")
    )
