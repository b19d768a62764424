"""A client as simple as one can be: a request on a socket, and what comes back as it comes, shown to a view.

It takes over what a browser's EventSource does: it remembers the last id, with which it may come back.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.wire import http1, sse

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.cassette.model import Ending

_READ_BYTES = 65536


@dataclass(slots=True)
class Heard:
    """How an answer ended, and the id of its last whole event."""

    whole: bool = False
    last_id: str = ""


async def ask(port: int, path: str, body: bytes, view: Callable[[Seen], None], *, last_id: str = "") -> Heard:
    """POST to a server on this machine, and show what it answers. Raises OSError where no server is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    again = f"last-event-id: {last_id}\r\n" if last_id else ""
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n{again}"
    writer.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
    heard = Heard()
    began_ns = time.perf_counter_ns()
    parser, events = http1.ResponseParser("POST"), sse.Parser()
    how: Ending = "cut"

    def take(parts: list[http1.Part]) -> None:
        at_us = (time.perf_counter_ns() - began_ns) // 1000
        for part in parts:
            match part:
                case http1.Head():
                    view(HeadSeen(at_us, part.status, part.reason, "1.1", part.headers, "chunked"))
                case http1.Data(data):
                    view(DataSeen(at_us, data))
                    for item in events.feed(data):
                        if isinstance(item, sse.Event) and item.id:
                            heard.last_id = item.id.decode("utf-8", "replace")

    try:
        while data := await reader.read(_READ_BYTES):
            take(parser.feed(data))
        take(parser.close())
    except ConnectionResetError:
        how = "reset"
    finally:
        writer.close()
    heard.whole = parser.done
    view(EndSeen((time.perf_counter_ns() - began_ns) // 1000, "complete" if heard.whole else how))
    return heard
