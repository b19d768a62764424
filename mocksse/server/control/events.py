"""The feed as an event stream: what happened since the id that a listener has seen, and then what happens.

Last-Event-ID, or `?after=N`, takes it up again; without either it begins with what comes next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.wire import http1_encode, sse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.replay.draft import Context
    from mocksse.server.feed import Feed
    from mocksse.server.live import Outlet

KEEPALIVE_S = 15.0
"""Between comments, where nothing happens: proxies close what is silent for a minute."""
_RETRY_MS = 1000


async def send_feed(
    feed: Feed, outlet: Outlet, context: Context, headers: Mapping[str, str], query: Mapping[str, str]
) -> bool:
    """Send until the listener leaves or the feed is closed; whether the connection can be used again."""
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
    session = query.get("session")
    seen = _seen(headers.get("Last-Event-ID", "") or query.get("after", ""), feed.last)
    _send(outlet, sse.encode(retry=_RETRY_MS), chunked=chunked)
    while not feed.closed and not outlet.gone:
        events = feed.after(seen)
        for event in events:
            if session is None or event.session in {"", session}:
                _send(outlet, event.encode(), chunked=chunked)
            seen = max(seen if event.type != "gap" else 0, event.id)
        if events:
            await outlet.drained()
            continue
        await feed.wait(KEEPALIVE_S)
        if not feed.after(seen) and not feed.closed:
            _send(outlet, sse.encode(comment=b" nothing happened"), chunked=chunked)
    if chunked:
        outlet.write(b"0\r\n\r\n")
    return chunked and not context.close


def _seen(text: str, last: int) -> int:
    """The id that a listener has seen; that of the last event where it says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else last


def _send(outlet: Outlet, data: bytes, *, chunked: bool) -> None:
    outlet.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
