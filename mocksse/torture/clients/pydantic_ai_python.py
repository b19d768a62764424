"""Pydantic AI: `direct.model_request_stream`, the events of a model's answer, over OpenAI's Chat or Anthropic's API.

An agent reads the same events, and would go on to run the tools.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic_ai.messages import ModelResponsePart, ModelResponsePartDelta, ModelResponseStreamEvent
    from pydantic_ai.models import Model


class PydanticAIOptions(Options):
    """Two of its providers, each on its maker's SDK."""

    APIS = ("openai-chat", "anthropic")


def stream(options: PydanticAIOptions, seen: Seen) -> None:
    """One answer."""
    asyncio.run(_stream(options, seen))


async def _stream(options: PydanticAIOptions, seen: Seen) -> None:
    from pydantic_ai.direct import model_request_stream
    from pydantic_ai.messages import ModelRequest

    model = _openai(options, seen) if options.api == "openai-chat" else _anthropic(options, seen)
    async with model, model_request_stream(model, [ModelRequest.user_text_prompt(PROMPT)]) as events:
        async for event in events:
            _take(event, seen)
            seen.event(event.event_kind)
        used = events.usage
        seen.usage({"input_tokens": used.input_tokens, "output_tokens": used.output_tokens})


def _openai(options: PydanticAIOptions, seen: Seen) -> Model:
    import openai
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = openai.AsyncOpenAI(
        api_key="none",
        base_url=options.base_url,
        default_headers=dict(options.headers),
        timeout=options.timeout,
        max_retries=openai.DEFAULT_MAX_RETRIES if options.retries is None else options.retries,
        http_client=openai.DefaultAsyncHttpxClient(timeout=options.timeout, event_hooks={"request": [_counter(seen)]}),
    )
    return OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))


def _anthropic(options: PydanticAIOptions, seen: Seen) -> Model:
    import anthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = anthropic.AsyncAnthropic(
        api_key="none",
        base_url=options.base_url,
        default_headers=dict(options.headers),
        timeout=options.timeout,
        max_retries=anthropic.DEFAULT_MAX_RETRIES if options.retries is None else options.retries,
        http_client=anthropic.DefaultAsyncHttpxClient(
            timeout=options.timeout, event_hooks={"request": [_counter(seen)]}
        ),
    )
    return AnthropicModel(MODEL, provider=AnthropicProvider(anthropic_client=client))


def _counter(seen: Seen) -> Callable[[object], Awaitable[None]]:
    async def attempt(_request: object) -> None:
        seen.attempt()

    return attempt


def _take(event: ModelResponseStreamEvent, seen: Seen) -> None:
    if event.event_kind == "part_start":
        _begin(event.part, event.index, seen)
    elif event.event_kind == "part_delta":
        _go_on(event.delta, event.index, seen)


def _begin(part: ModelResponsePart, index: int, seen: Seen) -> None:
    match part.part_kind:
        case "text":
            seen.text(part.content)
        case "thinking":
            seen.reasoning(part.content)
        case "tool-call":
            seen.call(index, part.tool_call_id, part.tool_name, _text(part.args, seen))


def _go_on(delta: ModelResponsePartDelta, index: int, seen: Seen) -> None:
    match delta.part_delta_kind:
        case "text":
            seen.text(delta.content_delta)
        case "thinking":
            seen.reasoning(delta.content_delta)
        case "tool_call":
            seen.call(index, delta.tool_call_id, delta.tool_name_delta, _text(delta.args_delta, seen))


def _text(arguments: object, seen: Seen) -> str | None:
    return arguments if isinstance(arguments, str | None) else seen.json(arguments)


if __name__ == "__main__":
    run(nullcontext(stream), PydanticAIOptions, "pydantic_ai")
