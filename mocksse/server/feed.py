"""What happens in a server, as it happens: a ring of the last events, and whoever listens to what comes next.

An event is a type and a JSON object. Ids count up, so that a listener who comes back with the last one it saw misses
nothing that is still in the ring; where something is gone, it is told so by an event `gap`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from mocksse.providers.encode.spelling import spell
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Told = Mapping[str, Any] | Callable[[], Mapping[str, Any]]

KEPT = 1000
"""Events in the ring."""


class Event(NamedTuple):
    """`type`: request, done, session, cassettes, recorded, gap. `session`: whose it is; empty: everybody's."""

    id: int
    type: str
    session: str
    told: Told

    def encode(self) -> bytes:
        """As it goes out."""
        value = self.told() if callable(self.told) else self.told
        data = spell(value)
        return sse.encode(data=data, event=self.type.encode(), id=b"%d" % self.id)


class Feed:
    """The ring, and its listeners. `since`: ids go on from there, so that those of an earlier server are told apart."""

    def __init__(self, since: int = 0) -> None:
        self._ring: deque[Event] = deque(maxlen=KEPT)
        self._since = since
        self._next = since + 1
        self._changed: asyncio.Event | None = None
        self.closed = False

    def say(self, type_: str, told: Told, session: str = "") -> None:
        """Something happened. Most of it nobody listens to: `told` may be what makes the object, when it is asked."""
        self._ring.append(Event(self._next, type_, session, told))
        self._next += 1
        if self._changed is not None:
            self._changed.set()

    def close(self) -> None:
        """Nothing more will be said."""
        self.closed = True
        if self._changed is not None:
            self._changed.set()

    @property
    def last(self) -> int:
        """The id of the last event."""
        return self._next - 1

    def after(self, seen: int) -> list[Event]:
        """The events behind the one of that id (0: all), in front of them a `gap` where some are gone."""
        seen = seen or self._since
        first = self._ring[0].id if self._ring else self._next
        if not first - 1 <= seen < self._next:
            # From another server, or too long ago.
            gap = Event(first - 1, "gap", "", {"after": seen, "next": first})
            return [gap, *self._ring]
        return [event for event in self._ring if event.id > seen]

    async def wait(self, seconds: float) -> None:
        """Until something more was said; no longer than that."""
        if self._changed is None or self._changed.is_set():
            self._changed = asyncio.Event()
        changed = self._changed
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            pass
