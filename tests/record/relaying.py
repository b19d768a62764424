"""A client of a relay that notes all it is given, and one answer relayed to it."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tap_servers import PATIENCE
from tap_ways import run

from mocksse.record import aside
from mocksse.record.recorder import Recorder, Target
from mocksse.record.relay import Caps, Relayed, relay
from mocksse.record.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from upstreams import Upstream

    from mocksse.wire import http1

CAPS = Caps(idle_s=PATIENCE, connect_s=PATIENCE)
ASKED = b'{"stream": true, "messages": [{"role": "user", "content": "Tell me of rivers"}]}'
NAME = "openai-chat-tell-me-of-rivers"
"""Of the cassette that a recording of ASKED becomes."""


class Noting:
    """A client that takes all, and leaves once it has been given `leaves_after` bytes of the body."""

    def __init__(self, *, plain: bool = False, leaves_after: int | None = None) -> None:
        self.plain = plain
        self.gone = False
        self.head: http1.Head | None = None
        self.body = b""
        self.ends: list[str] = []
        self.ended_ns = 0
        self.on_write: Callable[[], None] = lambda: None
        self._leaves_after = leaves_after

    def begin(self, head: http1.Head) -> None:
        assert self.head is None
        self.head = head

    def write(self, data: bytes) -> None:
        assert self.head is not None
        assert data
        assert not self.ends
        assert not self.gone
        self.body += data
        if self._leaves_after is not None and len(self.body) >= self._leaves_after:
            self.gone = True
        self.on_write()

    async def drained(self) -> None:
        pass

    def end(self, how: str) -> None:
        assert self.head is not None
        self.ends.append(how)
        self.ended_ns = time.perf_counter_ns()


def asking(upstream: Upstream, method: str = "POST", *headers: tuple[str, str]) -> Request:
    body = ASKED if method == "POST" else None
    return Request(
        method, f"{upstream.url}/v1/chat/completions", (("Content-Type", "application/json"), *headers), body
    )


def relayed(
    upstream: Upstream,
    client: Noting | None,
    folder: Path | None,
    caps: Caps = CAPS,
    *,
    request: Request | None = None,
    stop: Callable[[asyncio.Event], None] = lambda _: None,
    **target: Any,
) -> Relayed:
    """Relay one answer, recorded into a cassette of its own in `folder`, if there is one."""
    found: list[Relayed] = []
    request = request or asking(upstream)

    async def main() -> None:
        event = asyncio.Event()
        stop(event)
        keep = Recorder(request, Target(folder, new=True, **target)) if folder is not None else None
        found.append(await relay(request, client, keep, caps, event))

    run(main())
    return found[0]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def other_process() -> Iterator[None]:
    """Whoever turns journals in is started anew in here, and is gone behind it."""
    aside._clerk.close()
    try:
        yield
    finally:
        aside._clerk.close()
