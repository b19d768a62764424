"""Anthropic's Python SDK: Messages with `stream=True`, the events as they come.

`messages.stream()` reads the same iterator and only adds to it.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MAX_TOKENS, MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent


class AnthropicOptions(Options):
    """Its one streaming API."""

    APIS = ("anthropic",)


def stream(options: AnthropicOptions, seen: Seen) -> None:
    """One answer."""
    import anthropic

    with (
        anthropic.Anthropic(
            api_key="none",
            base_url=options.base_url,
            default_headers=dict(options.headers),
            timeout=options.timeout,
            max_retries=anthropic.DEFAULT_MAX_RETRIES if options.retries is None else options.retries,
            http_client=anthropic.DefaultHttpxClient(timeout=options.timeout, event_hooks={"request": [seen.attempt]}),
        ) as client,
        client.messages.create(
            model=MODEL, max_tokens=MAX_TOKENS, messages=[{"role": "user", "content": PROMPT}], stream=True
        ) as events,
    ):
        for event in events:
            _take(event, seen)
            seen.event(event.type)


def _take(event: RawMessageStreamEvent, seen: Seen) -> None:
    if event.type == "content_block_start" and event.content_block:
        block = event.content_block
        match block.type:
            case "text":
                seen.text(block.text)
            case "thinking":
                seen.reasoning(block.thinking)
            case "tool_use" | "server_tool_use" | "mcp_tool_use":
                seen.call(event.index, block.id, block.name)
    elif event.type == "content_block_delta" and event.delta:
        delta = event.delta
        match delta.type:
            case "text_delta":
                seen.text(delta.text)
            case "thinking_delta":
                seen.reasoning(delta.thinking)
            case "input_json_delta":
                seen.call(event.index, arguments=delta.partial_json)
    elif event.type == "message_start" and event.message and event.message.usage:
        seen.usage(event.message.usage.model_dump(mode="json", exclude_none=True))
    elif event.type == "message_delta" and event.usage:
        seen.usage(event.usage.model_dump(mode="json", exclude_none=True))


if __name__ == "__main__":
    run(nullcontext(stream), AnthropicOptions, "anthropic")
