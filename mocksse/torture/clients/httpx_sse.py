"""httpx-sse: `connect_sse`, the events as they come. It knows no API and asks once: `--retries` means nothing to it.

What it says of an answer is what its documents show first: the type of the content has to be right. It stops behind the
last event of the known APIs, as its user does whose stream is not for ever.
"""

from __future__ import annotations

from contextlib import nullcontext

from mocksse.providers.framing import Frame
from mocksse.torture.clients.asking import ASKS, SSE, url_of
from mocksse.torture.clients.contract import Options, Seen, run
from mocksse.torture.clients.reading import Clock, Reader


class HttpxSseOptions(Options):
    """Those whose answers are event streams, and any event stream."""

    APIS = ("openai-chat", "openai-responses", "anthropic", SSE)


def stream(options: HttpxSseOptions, seen: Seen) -> None:
    """One answer."""
    import httpx
    from httpx_sse import connect_sse

    ask = ASKS[options.api]
    url = url_of(options.base_url, ask)
    clock = Clock()
    with httpx.Client(timeout=options.timeout, event_hooks={"request": [seen.attempt]}) as client:
        headers = {**dict(ask.headers), **dict(options.headers)}
        with connect_sse(client, ask.method, url, content=ask.body, headers=headers) as source:
            reader = Reader(source.response.url.path, seen)
            for event in source.iter_sse():
                reader.take(Frame(0, 0, event.event, event.data.encode("utf-8", "surrogatepass")))
                seen.event(clock.raw(event.event, event.data, event.id))
                if reader.done:
                    break


if __name__ == "__main__":
    run(nullcontext(stream), HttpxSseOptions, "httpx_sse")
