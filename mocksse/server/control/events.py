"""The feed as an event stream: what happened since the id that a listener has seen, and then what happens.

Last-Event-ID, or `?after=N`, takes it up again; without either it begins with what comes next. To a listener that does
not read nothing more is written: it holds no more of our memory than its connection does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mocksse.server.control.call import Problem
from mocksse.wire import http1_encode, sse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.replay.draft import Context
    from mocksse.server.feed import Feed
    from mocksse.server.live import Outlet

KEEPALIVE_S = 15.0
"""Between comments, where nothing happens: proxies close what is silent for a minute."""
_RETRY_MS = 1000


async def send_feed(feed: Feed, outlet: Outlet, context: Context, seen: int, session: str | None = None) -> bool:
    """Send what is behind `seen` until the listener leaves or the feed is closed; whether the connection can be used
    again. `session`: only what is its, or everybody's."""
    chunked = context.http == "1.1"
    fields: list[tuple[bytes, bytes]] = [
        (b"Content-Type", b"text/event-stream"),
        (b"Cache-Control", b"no-store"),
        (b"Transfer-Encoding", b"chunked") if chunked else (b"Connection", b"close"),
    ]
    if chunked and context.close:
        fields.append((b"Connection", b"close"))
    outlet.write(http1_encode.encode_head(200, None, tuple(fields)))
    if context.method == "HEAD":
        return not context.close
    now = asyncio.get_running_loop().time
    _send(outlet, sse.encode(retry=_RETRY_MS), chunked=chunked)
    spoke = now()
    while not outlet.gone:
        events = feed.after(seen)
        for event in events:
            seen = event.id
            if session is None or event.session in {"", session}:
                _send(outlet, event.encode(), chunked=chunked)
                await outlet.drained()
                spoke = now()
        if events:
            continue
        if feed.closed:
            break
        await feed.wait(spoke + KEEPALIVE_S - now())
        if now() >= spoke + KEEPALIVE_S:
            _send(outlet, sse.encode(comment=b" nothing happened"), chunked=chunked)
            await outlet.drained()
            spoke = now()
    if chunked:
        outlet.write(b"0\r\n\r\n")
    return chunked and not context.close


def seen_by(headers: Mapping[str, str], query: Mapping[str, str], last: int) -> int:
    """The id that a listener has seen; that of the last event where it says none. Raises Problem.

    The header goes first: a browser comes back with it to the very URL that it was given.
    """
    header, after = headers.get("Last-Event-ID", ""), query.get("after", "")
    if after and not _is_id(after):
        raise Problem(400, f"after: {after[:32]!r} is no id of an event")
    return next((int(text) for text in (header, after) if _is_id(text)), last)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16


def _send(outlet: Outlet, data: bytes, *, chunked: bool) -> None:
    outlet.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
