"""Cohere's Python SDK: `ClientV2.chat_stream`, the events as they come. A tool plan counts as reasoning."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from cohere.v2.types import V2ChatStreamResponse


class CohereOptions(Options):
    """Version 2; the SDK's own `chat_stream` of version 1 speaks another format."""

    APIS = ("cohere",)


def stream(options: CohereOptions, seen: Seen) -> None:
    """One answer."""
    import cohere
    import httpx

    with httpx.Client(
        timeout=options.timeout, headers=dict(options.headers), event_hooks={"request": [seen.attempt]}
    ) as http:
        client = cohere.ClientV2(
            api_key="none",
            base_url=options.base_url,
            timeout=options.timeout,
            max_retries=options.retries,
            httpx_client=http,
            log_warning_experimental_features=False,
        )
        for event in client.chat_stream(model=MODEL, messages=[cohere.UserChatMessageV2(content=PROMPT)]):
            _take(event, seen)
            seen.event(event.type)


def _take(event: V2ChatStreamResponse, seen: Seen) -> None:
    # Each member on the way may be None.
    delta: Any = getattr(event, "delta", None)
    message = delta and getattr(delta, "message", None)
    match event.type:
        case "content-start" | "content-delta":
            if content := message and message.content:
                seen.text(content.text)
                seen.reasoning(content.thinking)
        case "tool-plan-delta":
            seen.reasoning(message and message.tool_plan)
        case "tool-call-start":
            if call := message and message.tool_calls:
                seen.call(event.index, call.id, call.function.name, call.function.arguments)
        case "tool-call-delta":
            if call := message and message.tool_calls:
                seen.call(event.index, arguments=call.function and call.function.arguments)
        case "message-end":
            if delta and delta.usage:
                seen.usage(delta.usage.model_dump(mode="json", exclude_none=True))


if __name__ == "__main__":
    run(nullcontext(stream), CohereOptions, "cohere")
