"""A plain client on aiohttp that keeps to the standards and takes nothing on trust: as a careful user writes it.

An answer counts only if its status and its type are right, no event of it is an error, the end of the body cut no event
in two, and the last event of its API came, where it is one. It asks once: `--retries` means nothing to it.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

from mocksse.providers.framing import Frame, Framer
from mocksse.torture.clients.asking import ASKS, EVENT_STREAM, SSE, url_of
from mocksse.torture.clients.contract import Failure, Options, Seen, run
from mocksse.torture.clients.reading import Clock, Reader


class PlainOptions(Options):
    """Those whose answers are event streams, and any event stream."""

    APIS = ("openai-chat", "openai-responses", "anthropic", SSE)


def stream(options: PlainOptions, seen: Seen) -> None:
    """One answer."""
    asyncio.run(_stream(options, seen))


async def _stream(options: PlainOptions, seen: Seen) -> None:
    import aiohttp

    ask = ASKS[options.api]
    tracing = aiohttp.TraceConfig()

    async def attempt(*_: object) -> None:
        seen.attempt()

    tracing.on_request_start.append(attempt)
    tracing.on_request_redirect.append(attempt)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=options.timeout, sock_read=options.timeout)
    async with (
        aiohttp.ClientSession(trace_configs=[tracing], timeout=timeout) as session,
        session.request(
            ask.method,
            url_of(options.base_url, ask),
            data=ask.body,
            headers={**dict(ask.headers), **dict(options.headers)},
        ) as answer,
    ):
        if answer.status != 200:
            raise Failure("aiohttp_sse.Status", f"{answer.status}: {(await answer.text(errors='replace'))[:1000]}")
        # "If res's `Content-Type` header is not text/event-stream, then fail the connection": parameters may follow.
        if answer.content_type != EVENT_STREAM:
            raise Failure("aiohttp_sse.ContentType", answer.headers.get("Content-Type", "none"))
        reader, framer, clock = Reader(answer.url.path, seen), Framer(EVENT_STREAM), Clock()
        async for data in answer.content.iter_any():
            for frame in framer.feed(data):
                _take(frame, reader, clock, seen)
        for frame in framer.close():
            _take(frame, reader, clock, seen)
    if reader.known and not reader.done:
        raise Failure("aiohttp_sse.Truncated", "the stream ended without its last event")


def _take(frame: Frame, reader: Reader, clock: Clock, seen: Seen) -> None:
    if frame.kind == "pending":
        raise Failure("aiohttp_sse.Truncated", "the stream ended inside an event")
    reader.take(frame)
    if frame.kind == "event":
        seen.event(clock.raw(frame.type, frame.data.decode("utf-8", "replace")))
    if reader.error is not None:
        raise Failure("aiohttp_sse.ErrorEvent", reader.error)


if __name__ == "__main__":
    run(nullcontext(stream), PlainOptions, "aiohttp")
