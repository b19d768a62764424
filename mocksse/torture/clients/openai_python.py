"""OpenAI's Python SDK, with `stream=True`: Chat Completions or Responses.

An error that an SDK only reports as one more event (`response.failed`) is in `events`; what it raises is an error.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionChunk
    from openai.types.responses import ResponseStreamEvent


class OpenAIOptions(Options):
    """Both of its streaming APIs."""

    APIS = ("openai-chat", "openai-responses")


def stream(options: OpenAIOptions, seen: Seen) -> None:
    """One answer."""
    import openai

    with openai.OpenAI(
        api_key="none",
        base_url=options.base_url,
        default_headers=dict(options.headers),
        timeout=options.timeout,
        max_retries=openai.DEFAULT_MAX_RETRIES if options.retries is None else options.retries,
        http_client=openai.DefaultHttpxClient(timeout=options.timeout, event_hooks={"request": [seen.attempt]}),
    ) as client:
        if options.api == "openai-chat":
            _chat(client, seen)
        else:
            _responses(client, seen)


def _chat(client: OpenAI, seen: Seen) -> None:
    with client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": PROMPT}], stream=True
    ) as chunks:
        for chunk in chunks:
            _take_chunk(chunk, seen)
            seen.event(chunk.object)


def _take_chunk(chunk: ChatCompletionChunk, seen: Seen) -> None:
    if chunk.usage:
        seen.usage(chunk.usage.model_dump(mode="json", exclude_none=True))
    for choice in chunk.choices or ():
        delta = choice.delta
        if not delta:
            continue
        seen.text(delta.content)
        # No field of OpenAI's own: what a dialect adds is an attribute all the same.
        seen.reasoning(getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None))
        for tool in delta.tool_calls or ():
            function = tool.function
            seen.call(
                (choice.index, tool.index),
                tool.id,
                function.name if function else "",
                function.arguments if function else "",
            )


def _responses(client: OpenAI, seen: Seen) -> None:
    with client.responses.create(model=MODEL, input=PROMPT, stream=True) as events:
        for event in events:
            _take_event(event, seen)
            seen.event(event.type)


def _take_event(event: ResponseStreamEvent, seen: Seen) -> None:
    match event.type:
        case "response.output_text.delta":
            seen.text(event.delta)
        case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
            seen.reasoning(event.delta)
        case "response.output_item.added":
            if event.item and event.item.type == "function_call":
                seen.call(event.output_index, event.item.call_id, event.item.name)
        case "response.function_call_arguments.delta":
            seen.call(event.output_index, arguments=event.delta)
        case "response.completed" | "response.incomplete" | "response.failed":
            if event.response and event.response.usage:
                seen.usage(event.response.usage.model_dump(mode="json", exclude_none=True))


if __name__ == "__main__":
    run(nullcontext(stream), OpenAIOptions, "openai")
