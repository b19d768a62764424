"""What a session was asked, what it played for that, and what was written when: a bounded ring of records.

Asserts, the control API, the page, metrics and verdicts read it. A record holds the request as it came, credentials and
all, and lives in memory only: what leaves the process is `described`, which is redacted as a recording is.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mocksse import limits
from mocksse.cassette.redact import NO_RULES, Rules
from mocksse.server.access import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.server.access import Answer, Writing
    from mocksse.server.miss import Near
    from mocksse.server.tape import Replay

BrokenOff = Literal["", "the client left", "the server was stopped"]
Kind = Literal["played", "missed", "made-up", "relayed", "own"]
"""How a request was answered: by a recording, by nothing, by a small made-up answer, by the upstream, by our error."""

_RECORD_BYTES = 2048
"""What a record takes beyond what is counted."""
_HEADER_BYTES = 200
_WRITE_BYTES = 32
_NONE: array[int] = array("i")


@dataclass(slots=True)
class Record:
    """One request. It begins when the request is there and is done when the answer has ended, or broke off.

    Times of writes are microseconds since the request was there.
    """

    number: int
    """In its session, from 1."""
    session: str
    at: float
    """Seconds since 1970."""
    connection: int
    """Requests of one connection have the same."""
    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...] = field(repr=False)
    body: bytes = field(repr=False)
    """Its beginning, up to limits.MAX_JOURNAL_BODY_BYTES."""
    body_bytes: int = 0
    body_sum: int = 0
    """The CRC-32 of a body that is kept in part: two that begin alike may be different questions."""
    connected: float = 0.0
    """When its connection was made, in seconds since 1970."""
    status: int = 0
    kind: Kind = "own"
    interaction: str = ""
    play: int = 0
    plan: str = ""
    """The first digits of the plan's digest."""
    retry_after: str = ""
    """What the answer said of when to come back."""
    retry_after_ms: str = ""
    """The same in milliseconds, which some say beside it, or instead."""
    is_stream: bool = False
    """The answer is an event stream."""
    has_ids: bool = False
    """The answer's events have ids."""
    note: str = ""
    faults: tuple[str, ...] = ()
    """That took hold, and where."""
    notes: tuple[str, ...] = ()
    """What was wanted and could not be done."""
    nearest: tuple[Near, ...] = ()
    planned_us: tuple[int, ...] = ()
    """When each write was due; of a relayed answer, when it was made."""
    sizes: tuple[int, ...] = ()
    end_us: int = 0
    finish: str = ""
    broken: bool = False
    """As planned, the answer does not reach its end."""
    recorded: str = ""
    """The cassette into which a relayed answer went."""
    done: bool = False
    broken_off: BrokenOff = ""
    written: int = 0
    """Bytes."""
    sent: int = 0
    """Writes that were made."""
    late_us: array[int] = field(default_factory=lambda: _NONE, repr=False)
    seconds: float = 0.0
    replay: Replay | None = field(default=None, repr=False)
    """The play of the tape, to be looked at again."""
    run: Writing | None = field(default=None, repr=False)
    """What writes a planned answer, while it does."""
    redaction: Rules = field(default=NO_RULES, repr=False)
    """What it is redacted by, besides what always is."""
    _shown: str = field(default="", repr=False)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The headers as text."""
        return [
            (name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape"))
            for name, value in self.headers
        ]

    @property
    def shown(self) -> str:
        """The target as it may be written down."""
        self._shown = self._shown or shown(self.target, self.fields, self.redaction)
        return self._shown

    def plan_is(self, answer: Answer) -> None:
        """What it is about to be answered with."""
        sends, ready = answer.sends, answer.ready
        self.status, self.kind, self.note = answer.status, answer.kind, answer.note
        self.faults, self.notes, self.nearest = answer.faults, answer.notes, answer.nearest
        self.planned_us, self.sizes = sends.at_us, sends.sizes
        self.end_us, self.finish, self.broken = sends.end_us, sends.finish, sends.broken
        if answer.tape is not None and ready is not None:
            self.interaction, self.play, self.plan = answer.tape.key, answer.play, ready.plan
            self.retry_after, self.retry_after_ms = ready.retry_after, ready.retry_after_ms
            self.is_stream, self.has_ids = ready.is_stream, ready.has_ids
            self.replay = answer.replay

    def done_is(self, run: Writing, seconds: float, broken_off: BrokenOff) -> None:
        """How it went."""
        self.done, self.run = True, None
        self.broken_off = broken_off
        self.sent, self.written, self.late_us = run.sent, run.written, run.late_us
        self.seconds = seconds

    @property
    def over_s(self) -> float:
        """Seconds until a client could know that its answer was over, at the earliest.

        A busy server may learn of it a good while later, and its client's wait has begun by then.
        """
        if not 0 < self.sent <= len(self.late_us) or self.broken_off or self.finish in {"reset", "hold"}:
            return self.seconds
        last_us = self.planned_us[self.sent - 1] + self.late_us[self.sent - 1]
        return min(self.seconds, max(last_us, self.end_us) / 1e6)

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return _RECORD_BYTES + _HEADER_BYTES * len(self.headers) + len(self.body) + _WRITE_BYTES * len(self.sizes)


class Journal:
    """The last `size` records, the oldest first; fewer where they are large."""

    def __init__(self, size: int = 1000, budget: int = limits.MAX_JOURNAL_BYTES) -> None:
        self._size = size
        self._budget = budget
        self._records: deque[Record] = deque()
        self._weights: deque[int] = deque()
        self._weight = 0
        self.begun = 0
        """Requests since the last reset; records of the first ones may be gone."""

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records))

    def get(self, number: int) -> Record | None:
        """The record of that number; None where it is gone, or yet to come."""
        if not self._records or not 0 <= (index := number - self._records[0].number) < len(self._records):
            return None
        return self._records[index]

    def add(self, record: Record) -> None:
        """The next record; `number` it with `begun` + 1."""
        self.begun = record.number
        weight = record.weight
        self._records.append(record)
        self._weights.append(weight)
        self._weight += weight
        self._trim()

    def weigh(self, record: Record) -> None:
        """A record has grown."""
        if self.get(record.number) is record:
            index = record.number - self._records[0].number
            self._weight += record.weight - self._weights[index]
            self._weights[index] = record.weight
            self._trim()

    def clear(self) -> None:
        """Forget all of it, and count from the start."""
        self._records.clear()
        self._weights.clear()
        self._weight = 0
        self.begun = 0

    def _trim(self) -> None:
        while len(self._records) > self._size or (self._weight > self._budget and len(self._records) > 1):
            self._records.popleft()
            self._weight -= self._weights.popleft()
