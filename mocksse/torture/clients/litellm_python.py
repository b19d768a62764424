"""LiteLLM: `completion` with `stream=True`, by way of OpenAI's SDK and by its own way to Anthropic.

It puts every answer in OpenAI's words. It keeps clients for the next call, and their connections; each answer gets new
ones here, so that its requests can be counted.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from mocksse.torture.clients.contract import MAX_TOKENS, MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from litellm.types.utils import ModelResponseStream

_PROVIDERS = {"openai-chat": "openai", "anthropic": "anthropic"}


class LiteLLMOptions(Options):
    """Two of the many. BASE_URL is `api_base`: with /v1 for OpenAI's, without for Anthropic's."""

    APIS = tuple(_PROVIDERS)


def stream(options: LiteLLMOptions, seen: Seen) -> None:
    """One answer."""
    # Its import asks a server on the internet for prices, unless told that those it comes with will do.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import httpx
    import litellm
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    litellm.suppress_debug_info = True
    litellm.in_memory_llm_clients_cache.flush_cache()  # type: ignore[no-untyped-call]
    with httpx.Client(timeout=options.timeout, follow_redirects=True, event_hooks={"request": [seen.attempt]}) as http:
        litellm.client_session = http
        more: dict[str, Any] = {}
        if options.api == "anthropic":
            more["client"] = HTTPHandler(client=http)
        if options.retries is not None:
            more["num_retries" if options.api == "anthropic" else "max_retries"] = options.retries
        chunks = litellm.completion(
            model=f"{_PROVIDERS[options.api]}/{MODEL}",
            api_base=options.base_url,
            api_key="none",
            max_tokens=MAX_TOKENS,
            messages=[{"role": "user", "content": PROMPT}],
            stream=True,
            stream_options={"include_usage": True},
            timeout=options.timeout,
            extra_headers=dict(options.headers),
            **more,
        )
        for chunk in chunks:
            _take(chunk, seen)
            seen.event(chunk.object)


def _take(chunk: ModelResponseStream, seen: Seen) -> None:
    if usage := getattr(chunk, "usage", None):
        seen.usage(usage.model_dump(mode="json", exclude_none=True))
    for choice in chunk.choices or ():
        delta = choice.delta
        if not delta:
            continue
        seen.text(delta.content)
        seen.reasoning(getattr(delta, "reasoning_content", None))
        for tool in delta.tool_calls or ():
            function = getattr(tool, "function", None)
            seen.call(
                (choice.index, tool.index),
                tool.id,
                function.name if function else "",
                function.arguments if function else "",
            )


if __name__ == "__main__":
    run(nullcontext(stream), LiteLLMOptions, "litellm")
