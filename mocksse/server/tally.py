"""What a server was asked while a program ran, added up: each kind of request once, with how often it came.

It hears of requests as they are done, so that it counts right however many there were, and whatever the program asked
the control API to forget. Calls of the control API are not counted: they are no requests of the client under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.server.access import brief
from mocksse.server.described import differences
from mocksse.server.own import is_control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.server.access import Played
    from mocksse.server.journal import BrokenOff, Kind

_KINDS = 1000
"""Kinds of requests that are told apart; more than anybody reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of request: what was asked, and how it was answered."""

    session: str
    method: str
    target: str
    """As it may be shown."""
    status: int
    kind: Kind
    note: str
    faults: tuple[str, ...] = ()
    """That took hold, and where."""
    notes: tuple[str, ...] = ()
    broken_off: BrokenOff = ""
    differs: tuple[str, ...] = ()
    """How the nearest recording differs from a request that none answers, a line each."""

    @property
    def unmatched(self) -> bool:
        """Neither a recording nor the upstream answered, nor was there something harmless to make up."""
        return self.kind == "missed" or (self.kind == "own" and self.status >= 400)


class Tally:
    """The sum of all `Played` that it was called with."""

    def __init__(self) -> None:
        self.requests = 0
        self.unmatched = 0
        self.bytes = 0
        self._counts: dict[Asked, int] = {}

    def __call__(self, played: Played) -> None:
        if played.record is None and is_control(played.target):
            return
        asked = _asked(played)
        self.requests += 1
        self.unmatched += asked.unmatched
        self.bytes += played.run.written
        if asked in self._counts or len(self._counts) < _KINDS:
            self._counts[asked] = self._counts.get(asked, 0) + 1

    def __iter__(self) -> Iterator[tuple[Asked, int]]:
        """Each kind in the order in which it first came, and how often it did."""
        return iter(self._counts.items())


def _asked(played: Played) -> Asked:
    answer, record = played.answer, played.record
    return Asked(
        record.session if record is not None else "",
        played.method,
        played.target,
        answer.status,
        answer.kind,
        brief(answer.note),
        answer.faults,
        tuple(map(brief, answer.notes)),
        played.broken_off,
        differences(record) if record is not None and answer.kind == "missed" else (),
    )
