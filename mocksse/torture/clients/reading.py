"""The caller's side of a client that knows events but no API: what they say, as `providers` reads it.

It follows one stream and trusts nothing it has not read: which API it is, the path and the events decide.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mocksse.providers import registry
from mocksse.providers.lenient import decode

if TYPE_CHECKING:
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
    from mocksse.torture.clients.contract import Seen

MAX_DATA = 65_536
"""Characters that are listed of an event's data."""


class Clock:
    """Milliseconds since it was made, as raw events tell them."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def raw(self, event_type: str, data: str, last_event_id: str = "") -> dict[str, Any]:
        """An event as a client of event streams saw it, now: as a browser's EventSource has it."""
        at_ms = round((time.perf_counter() - self._began) * 1000, 1)
        return {
            "kind": "event",
            "type": event_type,
            "data": data[:MAX_DATA],
            "lastEventId": last_event_id,
            "at_ms": at_ms,
        }


class Reader:
    """Takes one stream's events. `done`: its last event has come; `error`: what the provider said went wrong."""

    def __init__(self, path: str, seen: Seen) -> None:
        self.done = False
        self.error: str | None = None
        self._path = path
        self._seen = seen
        self._any = False
        self._api: Api | None = None

    @property
    def known(self) -> bool:
        """Whether the events so far are of an API, which has a last event of its own, or none at all came."""
        return self._api is not None or not self._any

    def take(self, frame: Frame) -> None:
        """One event more; what is no event is passed over."""
        if frame.kind != "event":
            return
        self._any = True
        if self._api is None:
            self._api = registry.detect(self._path, [frame])
        self.done = self.done or registry.is_done(self._api, frame)
        for found in registry.fragments_of(self._api, frame) if self._api else ():
            match found.kind:
                case "text":
                    self._seen.text(found.text)
                case "reasoning":
                    self._seen.reasoning(found.text)
                case "tool":
                    self._seen.call((found.choice, found.index), found.id, found.name, found.text)
                case "usage":
                    self._seen.usage(decode(found.text))
                case "error":
                    self.error = found.text
