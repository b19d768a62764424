"""A small EventSource that gets everything right: read with GET, and come back to with the last id.

`source_bugs` has its bugs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from streams import Lost, Streams, Wrong

if TYPE_CHECKING:
    from streams import Block, Response

    from mocksse.torture.clients.contract import Seen

VAIN = 3
"""Connections in a row without an event, after which it does not come back."""
FIRST_S = 1.0


class Closed(Exception):  # noqa: N818
    """The server wants no reconnection."""


class Source(Streams):
    """One EventSource, over with `[DONE]`. Each event is told to `seen`."""

    def __init__(self, url: str, timeout_s: float, seen: Seen) -> None:
        super().__init__(timeout_s)
        self.url = url
        self.seen = seen
        self.last_id = ""
        self.back_s = FIRST_S
        self.vain = 0
        self.done = False

    def listen(self) -> None:
        """Until it is over. Raises Closed, Lost, Wrong."""
        while not self.done:
            lost = Lost("the server closed the stream, again and again", begun=True)
            try:
                self.connect()
            except Lost as error:
                lost = error
            if self.done:
                return
            self.vain += 1
            if self.vain > VAIN:
                raise lost
            self.on_error()
            time.sleep(self.wait_s())

    def on_error(self) -> None:
        """The page hears that a connection was lost; it is made again without its help."""

    def wait_s(self) -> float:
        return self.back_s + (0.3 * 2**self.vain if self.vain > 1 else 0.0)

    def connect(self) -> None:
        """One connection, to its end."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        self.seen.attempt()
        with self.request("GET", self.url, headers) as response:
            self.check(response)
            for block in self.events(response):
                self.take(block)
                if self.done:
                    return

    def check(self, response: Response) -> None:
        if response.status != 200:
            raise Closed(f"status {response.status}")
        if response.type != "text/event-stream":
            raise Wrong(f"not a stream of events: {response.type or 'no type'}")

    def take(self, block: Block) -> None:
        self.back_s = self.back_s if block.retry_ms is None else block.retry_ms / 1000
        self.last_id = self.last_id if block.id is None else block.id
        if self.is_event(block):
            self.vain = 0
            self.dispatch(block)

    def dispatch(self, block: Block) -> None:
        data = block.data or ""
        self.tell({"kind": "event", "type": block.type or "message", "data": data, "lastEventId": self.last_id})
        self.done = data.startswith("[DONE]")

    def tell(self, event: dict[str, Any]) -> None:
        self.seen.event(event)
