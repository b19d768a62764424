"""Ollama's Python client: `chat` with `stream=True`, the lines as they come. It keeps no ids of tool calls.

It never tries again: `--retries` means nothing to it.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from ollama import ChatResponse


class OllamaOptions(Options):
    """Its own API, of which only chat."""

    APIS = ("ollama",)


def stream(options: OllamaOptions, seen: Seen) -> None:
    """One answer."""
    import ollama

    client = ollama.Client(
        host=options.base_url,
        headers=dict(options.headers),
        timeout=options.timeout,
        event_hooks={"request": [seen.attempt]},
    )
    with client:
        lines = client.chat(model=MODEL, messages=[{"role": "user", "content": PROMPT}], stream=True)
        for number, line in enumerate(lines):
            _take(line, number, seen)
            seen.event("done" if line.done else "message")


def _take(line: ChatResponse, number: int, seen: Seen) -> None:
    seen.text(line.message.content)
    seen.reasoning(line.message.thinking)
    for place, tool in enumerate(line.message.tool_calls or ()):
        seen.call((number, place), "", tool.function.name, seen.json(tool.function.arguments))
    if line.done:
        figures = line.model_dump(mode="json", exclude_none=True)
        seen.usage({name: n for name, n in figures.items() if name.endswith(("_count", "_duration"))})


if __name__ == "__main__":
    run(nullcontext(stream), OllamaOptions, "ollama")
