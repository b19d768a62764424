"""LangChain's ChatOpenAI: `stream`, the chunks of a message as they come, over Chat Completions or Responses."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk


class LangChainOptions(Options):
    """Both of OpenAI's streaming APIs."""

    APIS = ("openai-chat", "openai-responses")


def stream(options: LangChainOptions, seen: Seen) -> None:
    """One answer. `max_retries` None is what it has by itself."""
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient
    from pydantic import SecretStr

    with DefaultHttpxClient(timeout=options.timeout, event_hooks={"request": [seen.attempt]}) as http:
        model = ChatOpenAI(
            model=MODEL,
            base_url=options.base_url,
            api_key=SecretStr("none"),
            default_headers=dict(options.headers),
            timeout=options.timeout,
            max_retries=options.retries,
            http_client=http,
            use_responses_api=options.api == "openai-responses",
        )
        for chunk in model.stream(PROMPT):
            _take(chunk, seen)
            seen.event(chunk.type)


def _take(chunk: AIMessageChunk, seen: Seen) -> None:
    if chunk.usage_metadata:
        seen.usage(chunk.usage_metadata)
    blocks: list[Any] = [chunk.content] if isinstance(chunk.content, str) else chunk.content
    for block in blocks:
        if isinstance(block, str):
            seen.text(block)
        elif block.get("type") == "text":
            seen.text(block.get("text"))
        elif block.get("type") == "reasoning":
            for part in block.get("summary") or block.get("content") or ():
                seen.reasoning(part.get("text"))
    for call in chunk.tool_call_chunks:
        seen.call(call["index"], call["id"], call["name"], call["args"])


if __name__ == "__main__":
    run(nullcontext(stream), LangChainOptions, "langchain_openai")
