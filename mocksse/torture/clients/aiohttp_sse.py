"""A plain client on aiohttp that keeps to the standards and takes nothing on trust: what others are held against.

An answer counts only if its status and its type are right, no event of it is an error, the end of the body cut no event
in two, and the API's last event came. It asks once: `--retries` means nothing to it.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

from mocksse.providers.framing import Frame, Framer
from mocksse.torture.clients.contract import MAX_TOKENS, MODEL, PROMPT, Failure, Options, Seen, run
from mocksse.torture.clients.reading import Reader

_EVENT_STREAM = "text/event-stream"
_MESSAGES = [{"role": "user", "content": PROMPT}]
_ASK: dict[str, tuple[str, dict[str, object]]] = {
    "openai-chat": ("/chat/completions", {"messages": _MESSAGES}),
    "openai-responses": ("/responses", {"input": PROMPT}),
    "anthropic": ("/v1/messages", {"messages": _MESSAGES, "max_tokens": MAX_TOKENS}),
}
"""Of each API what comes behind the base URL, and what is asked."""


class PlainOptions(Options):
    """The APIs of `_ASK`."""

    APIS = tuple(_ASK)


def stream(options: PlainOptions, seen: Seen) -> None:
    """One answer."""
    asyncio.run(_stream(options, seen))


async def _stream(options: PlainOptions, seen: Seen) -> None:
    import aiohttp

    path, body = _ASK[options.api]
    tracing = aiohttp.TraceConfig()

    async def attempt(*_: object) -> None:
        seen.attempt()

    tracing.on_request_start.append(attempt)
    tracing.on_request_redirect.append(attempt)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=options.timeout, sock_read=options.timeout)
    async with (
        aiohttp.ClientSession(trace_configs=[tracing], timeout=timeout) as session,
        session.post(
            options.base_url.rstrip("/") + path,
            json={"model": MODEL, "stream": True, **body},
            headers={"Accept": _EVENT_STREAM, **dict(options.headers)},
        ) as answer,
    ):
        if answer.status != 200:
            raise Failure("aiohttp_sse.Status", f"{answer.status}: {(await answer.text(errors='replace'))[:1000]}")
        # "If res's `Content-Type` header is not text/event-stream, then fail the connection": parameters may follow.
        if answer.content_type != _EVENT_STREAM:
            raise Failure("aiohttp_sse.ContentType", answer.headers.get("Content-Type", "none"))
        reader, framer = Reader(answer.url.path, seen), Framer(_EVENT_STREAM)
        async for data in answer.content.iter_any():
            for frame in framer.feed(data):
                _take(frame, reader, seen)
        for frame in framer.close():
            _take(frame, reader, seen)
    if not reader.done:
        raise Failure("aiohttp_sse.Truncated", "the stream ended without its last event")


def _take(frame: Frame, reader: Reader, seen: Seen) -> None:
    if frame.kind == "pending":
        raise Failure("aiohttp_sse.Truncated", "the stream ended inside an event")
    reader.take(frame)
    if frame.kind == "event":
        seen.event(frame.type)
    if reader.error is not None:
        raise Failure("aiohttp_sse.ErrorEvent", reader.error)


if __name__ == "__main__":
    run(nullcontext(stream), PlainOptions, "aiohttp")
