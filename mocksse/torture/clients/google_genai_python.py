"""Google's Gen AI SDK for Python: `models.generate_content_stream`, the chunks as they come.

A part says itself whether it is a thought. The model is in the path, so a recording has to be of MODEL, or of any.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from mocksse.torture.clients.contract import MODEL, PROMPT, Options, Seen, run

if TYPE_CHECKING:
    from google.genai.types import GenerateContentResponse


class GoogleOptions(Options):
    """Its one streaming API."""

    APIS = ("gemini",)


def stream(options: GoogleOptions, seen: Seen) -> None:
    """One answer. Without `--retries` it never tries again: that is its default."""
    from google import genai
    from google.genai import types

    again = None if options.retries is None else types.HttpRetryOptions(attempts=options.retries + 1)
    client = genai.Client(
        api_key="none",
        vertexai=False,
        http_options=types.HttpOptions(
            base_url=options.base_url,
            headers=dict(options.headers),
            timeout=round(options.timeout * 1000),
            retry_options=again,
            client_args={"event_hooks": {"request": [seen.attempt]}},
        ),
    )
    with client:
        for number, chunk in enumerate(client.models.generate_content_stream(model=MODEL, contents=PROMPT)):
            _take(chunk, number, seen)
            seen.event(type(chunk).__name__)


def _take(chunk: GenerateContentResponse, number: int, seen: Seen) -> None:
    if chunk.usage_metadata:
        seen.usage(chunk.usage_metadata.model_dump(mode="json", by_alias=True, exclude_none=True))
    for candidate in chunk.candidates or ():
        for place, part in enumerate((candidate.content and candidate.content.parts) or ()):
            (seen.reasoning if part.thought else seen.text)(part.text)
            if (function := part.function_call) is not None:
                # Nothing numbers calls: each that comes is another one.
                seen.call((candidate.index, number, place), function.id, function.name, seen.json(function.args))


if __name__ == "__main__":
    run(nullcontext(stream), GoogleOptions, "google.genai")
