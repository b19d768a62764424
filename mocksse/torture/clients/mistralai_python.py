"""Mistral's Python SDK: `chat.stream`, the chunks as they come. Content is text, or a list of texts and thoughts.

It never tries again by itself, and can be told for how long but not how often: `--retries` means nothing to it.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from mistralai.client.models import CompletionEvent, DeltaMessage


class MistralOptions(Options):
    """Its dialect of OpenAI's Chat."""

    APIS = ("openai-chat",)


def stream(options: MistralOptions, seen: Seen) -> None:
    """One answer. BASE_URL is without the /v1, as `server_url` is."""
    import httpx
    from mistralai.client import Mistral

    with (
        httpx.Client(
            follow_redirects=True,
            timeout=options.timeout,
            headers=dict(options.headers),
            event_hooks={"request": [seen.attempt]},
        ) as http,
        Mistral(
            api_key="none",
            server_url=options.base_url,
            client=http,  # type: ignore[arg-type] # its protocol takes no subclass's defaults
            timeout_ms=round(options.timeout * 1000),
        ) as client,
        client.chat.stream(model=MODEL, messages=[{"role": "user", "content": PROMPT}]) as events,
    ):
        for event in events:
            _take(event, seen)
            seen.event(event.data.object or "")


def _take(event: CompletionEvent, seen: Seen) -> None:
    if event.data.usage:
        seen.usage(event.data.usage.model_dump(mode="json", exclude_none=True))
    for choice in event.data.choices:
        _take_delta(choice.delta, choice.index, seen)


def _take_delta(delta: DeltaMessage, choice: int, seen: Seen) -> None:
    content: Any = delta.content
    for part in content if isinstance(content, list) else ():
        if part.type == "text":
            seen.text(part.text)
        elif part.type == "thinking":
            for thought in part.thinking:
                seen.reasoning(getattr(thought, "text", ""))
    if isinstance(content, str):
        seen.text(content)
    for tool in delta.tool_calls or ():
        arguments = tool.function.arguments
        text = arguments if isinstance(arguments, str) else seen.json(arguments)
        # What leaves the id out is given the id "null".
        call_id = "" if tool.id == "null" else tool.id
        seen.call((choice, tool.index), call_id, tool.function.name, text)


if __name__ == "__main__":
    run(nullcontext(stream), MistralOptions, "mistralai")
