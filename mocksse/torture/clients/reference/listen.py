"""An event stream that is not for ever: read with GET, and come back to as WHATWG HTML, 9.2.3, has it.

A connection that is lost, also by a clean end, is made again: after the reconnection time, later with each vain try,
one at a time, with the id of the last event that was dispatched. 204, another status and another type end it: "fail the
connection". It is over as well with the last event of a known API, as for a page that waits for no more.

An event that a resumed connection tells again is known by its id, and told once. Only ids that a connection itself has
sent count: one that is carried over from before says nothing of an event.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from mocksse.errors import LimitError
from mocksse.providers.framing import Frame
from mocksse.torture.clients.asking import EVENT_STREAM
from mocksse.torture.clients.contract import Failure
from mocksse.torture.clients.reading import Clock, Reader
from mocksse.torture.clients.reference import policy
from mocksse.torture.clients.reference.exchange import followed, refusal
from mocksse.torture.clients.reference.link import Link, Lost, Unanswered
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.record.request import Request
    from mocksse.torture.clients.contract import Seen

RECONNECTIONS = 3
"""How often it comes back in a row without an event, unless it is told."""
_RECONNECT_S = 1.0
_CARRIED = b"\0"
"""Stands for an id that this connection has not sent: no id has a NUL in it."""
_MAX_IDS = 100_000


class Listener:
    """One EventSource."""

    def __init__(self, path: str, seen: Seen) -> None:
        self.over = False
        self.vain = 0
        """Connections in a row that brought no event."""
        self.last_id = b""
        self.reconnection_s = _RECONNECT_S
        self._seen = seen
        self._reader = Reader(path, seen)
        self._clock = Clock()
        self._told: dict[bytes, None] = {}

    def read(self, link: Link) -> None:
        """One connection to its end. Raises Failure."""
        if link.head.status == HTTPStatus.NO_CONTENT:
            raise Failure("reference.Stopped", "204: the server wants no reconnection")
        if link.head.status != HTTPStatus.OK:
            raise refusal(link)
        if link.content_type != EVENT_STREAM:
            raise Failure("reference.ContentType", link.content_type or "none")
        parser = sse.Parser(last_id=_CARRIED)
        before = _CARRIED
        try:
            for data in link.body():
                for item in parser.feed(data):
                    before = self._take(item, before)
                    if self.over:
                        return
        except LimitError as error:
            raise Failure("reference.TooLarge", str(error)) from error

    def _take(self, item: sse.Item, before: bytes) -> bytes:
        """One item; `before` and what is returned: the id as this connection has it."""
        if isinstance(item, sse.Retry):
            self.reconnection_s = item.ms / 1000
        if not isinstance(item, sse.Event | sse.Block):
            return before
        if item.id != _CARRIED:
            self.last_id = item.id
        if isinstance(item, sse.Event):
            self.vain = 0
            if item.id == before or item.id not in self._told:
                self._dispatch(item)
            if item.id not in {_CARRIED, b""} and len(self._told) < _MAX_IDS:
                self._told[item.id] = None
        return item.id

    def _dispatch(self, event: sse.Event) -> None:
        event_type = event.type.decode("utf-8", "replace")
        self._reader.take(Frame(event.start, event.end, event_type, event.data))
        self.over = self._reader.done
        self._seen.event(self._clock.raw(event_type, event.text, self.last_id.decode("utf-8", "replace")))


def listen(request: Request, path: str, retries: int | None, timeout_s: float, seen: Seen) -> None:
    """All connections, until it is over. `retries`: how often it comes back in all. Raises Failure."""
    listener = Listener(path, seen)
    came_back = 0
    while True:
        with_id = request
        if listener.last_id:
            with_id = _with_id(request, listener.last_id)
        listener.vain += 1
        failure = Failure("reference.Closed", "the server closed the stream, again and again")
        try:
            with followed(with_id, timeout_s, seen) as link:
                listener.read(link)
        except (Lost, Unanswered) as error:
            failure = error
        if listener.over:
            return
        wait_s = policy.reconnect_s(max(0, listener.vain - 1), listener.reconnection_s, random.random())
        is_last = listener.vain > RECONNECTIONS if retries is None else came_back >= retries
        if is_last or wait_s is None:
            raise failure
        time.sleep(wait_s)
        came_back += 1


def _with_id(request: Request, last_id: bytes) -> Request:
    # "the last event ID string, encoded as UTF-8"; line ends are in no id.
    return replace(request, headers=(*request.headers, ("Last-Event-ID", last_id.decode("utf-8", "surrogateescape"))))
