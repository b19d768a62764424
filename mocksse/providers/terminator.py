"""What a stream of each API ends with, in words.

Gemini has nothing of the kind: its connection just ends behind the last chunk. Nor has a stream of any API behind an
error. Perplexity, Writer and some backends of Hugging Face's router speak OpenAI Chat without its [DONE].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.providers.api import Api

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


def terminator_of(api: Api | None) -> str:
    """What ends a stream of this API; empty where nothing does, or nothing is known of it."""
    return _TERMINATORS.get(api.name, "") if api is not None else ""
