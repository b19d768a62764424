"""Groq's Python SDK: `chat.completions.create` with `stream=True`. Its chunks are OpenAI's, with reasoning beside."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from groq.types.chat import ChatCompletionChunk


class GroqOptions(Options):
    """BASE_URL is without the /openai/v1, as `base_url` is."""

    APIS = ("openai-chat",)


def stream(options: GroqOptions, seen: Seen) -> None:
    """One answer."""
    import groq

    with (
        groq.Groq(
            api_key="none",
            base_url=options.base_url,
            default_headers=dict(options.headers),
            timeout=options.timeout,
            max_retries=groq.DEFAULT_MAX_RETRIES if options.retries is None else options.retries,
            http_client=groq.DefaultHttpxClient(timeout=options.timeout, event_hooks={"request": [seen.attempt]}),
        ) as client,
        client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": PROMPT}], stream=True
        ) as chunks,
    ):
        for chunk in chunks:
            _take(chunk, seen)
            seen.event(chunk.object)


def _take(chunk: ChatCompletionChunk, seen: Seen) -> None:
    # Usage is in a field of Groq's own; what others' dialects have at the top is an attribute all the same.
    usage = getattr(chunk, "usage", None) or (chunk.x_groq and chunk.x_groq.usage)
    if usage:
        seen.usage(usage if isinstance(usage, dict) else usage.model_dump(mode="json", exclude_none=True))
    for choice in chunk.choices or ():
        delta = choice.delta
        if not delta:
            continue
        seen.text(delta.content)
        seen.reasoning(delta.reasoning or getattr(delta, "reasoning_content", None))
        for tool in delta.tool_calls or ():
            function = tool.function
            seen.call(
                (choice.index, tool.index),
                tool.id,
                function.name if function else "",
                function.arguments if function else "",
            )


if __name__ == "__main__":
    run(nullcontext(stream), GroqOptions, "groq")
