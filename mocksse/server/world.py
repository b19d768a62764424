"""All that a running server knows: its cassettes, its sessions, who may do what, and what has happened so far.

One for each server. The handler asks it, the control API changes it, and both tell it what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from mocksse.server.access import brief
from mocksse.server.feed import Feed
from mocksse.server.guard import Guard
from mocksse.server.metrics import Counts
from mocksse.server.through import Throughs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mocksse.errors import MocksseError
    from mocksse.server.following import Following
    from mocksse.server.journal import Record
    from mocksse.server.sessions import Sessions
    from mocksse.server.stock import Stock


@dataclass(slots=True)
class World:
    """`header_control`: a request may ask for faults and another pace. `made_up`: `GET /v1/models` and health probes
    that nobody recorded get a small answer of ours."""

    sessions: Sessions
    guard: Guard = field(default_factory=Guard)
    header_control: bool = True
    made_up: bool = True
    throughs: Throughs = field(default_factory=Throughs)
    say: Callable[[str], None] = lambda _: None
    """Takes a line that whoever runs the server has to know."""
    tell: Callable[[str], None] = lambda _: None
    """Takes a line of talk: nothing is wrong."""
    tls: bool = False
    url: str = "http://127.0.0.1"
    """Where a client on this machine reaches it."""
    feed: Feed = field(default_factory=Feed)
    following: Following | None = None
    """Who shows an answer while it streams; None: nobody looks."""
    active: Callable[[], int] = lambda: 0
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        self.counts = Counts(lambda: len(self.sessions), lambda: self.active())  # noqa: PLW0108 - it is set later

    @property
    def stock(self) -> Stock:
        """The cassettes of all sessions."""
        return self.sessions.stock

    def reload(self, changed: Iterable[Path] | None = None) -> tuple[list[str], list[MocksseError]]:
        """Read again what changed (None: look at all); the names of the cassettes that are other, and what is wrong.

        What can't be read, or does not fit a session, stays as it was.
        """
        paths = [item.path for item in self.stock.shelved] if changed is None else list(changed)
        names, wrong = self.stock.refresh([*paths, *(self.stock.files() if changed is None else ())])
        if names:
            wrong += self.sessions.refresh()
        if names or wrong:
            self.feed.say("cassettes", {"changed": names, "wrong": [str(error) for error in wrong]})
        return names, wrong

    def begun(self, record: Record) -> None:
        """A session's request is about to be answered."""
        self.feed.say("request", partial(_told, _seen(record)), record.session)

    def done(self, record: Record) -> None:
        """Its answer is over."""
        self.counts.observe(record)
        if self.following is not None:
            self.following.done(record)
        how = (record.written, record.seconds, record.broken_off)
        self.feed.say("done", partial(_told, _seen(record), how), record.session)


_LONG = 2048
"""Characters of a target up to which the feed keeps it."""
_Seen = tuple[str, int, str, str, int, str, str, tuple[str, ...]]


def _seen(record: Record) -> _Seen:
    """What is told of a request: a record itself would keep bodies."""
    return (
        record.session,
        record.number,
        record.method,
        record.shown if len(record.target) <= _LONG else brief(record.shown),
        record.status,
        record.kind,
        record.interaction,
        record.faults,
    )


def _told(seen: _Seen, how: tuple[int, float, str] | None = None) -> dict[str, object]:
    """The journal has all of it."""
    session, number, method, target, status, kind, interaction, faults = seen
    value: dict[str, object] = {
        "session": session,
        "number": number,
        "method": method,
        "target": target,
        "status": status,
        "kind": kind,
        "interaction": interaction or None,
        "faults": list(faults),
    }
    if how is not None:
        value |= {"bytes": how[0], "seconds": round(how[1], 6), "broken_off": how[2] or None}
    return value
