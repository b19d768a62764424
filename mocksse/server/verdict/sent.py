"""What of an answer went out, as a client that read it all would have it: its turn, its ids, its reconnection time.

A record keeps no bytes: its play is planned again, which gives the very same bytes. Where that can't be done, because
the recording has changed or an upstream answered, nothing is known, and nobody is blamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.errors import MocksseError
from mocksse.providers.turn import Turn
from mocksse.view.arrivals import Arriving, read
from mocksse.wire import http1, sse
from mocksse.wire.http1_fields import header

if TYPE_CHECKING:
    from typing import Protocol

    from mocksse.server.journal import Record
    from mocksse.server.tape import Tape

    class Answers(Protocol):
        """Whoever knows what went out; None where nobody does."""

        def sent(self, record: Record, size: int | None = None) -> Sent | None:
            """What the client has been sent, or the first `size` bytes of it."""

        def whole(self, record: Record) -> Turn | None:
            """What the recording says, without any fault."""


_NOTHING = Turn()


@dataclass(frozen=True, slots=True)
class Sent:
    """`ids`: the last event id behind each block that was finished. `retry_ms`: the last that the stream told."""

    turn: Turn = _NOTHING
    events: int = 0
    ids: tuple[str, ...] = ()
    retry_ms: int | None = None
    is_known: bool = True
    """It is of an API whose events mean something here."""

    @property
    def said(self) -> bool:
        """A client has something to show of it, or to run."""
        if not self.is_known:
            return self.events > 0
        return any(c.text or c.reasoning or c.refusal or c.tool_calls for c in self.turn.choices)


class Replayed:
    """Answers by planning again. Each is worked out once."""

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int | None], Sent | None] = {}
        self._wholes: dict[str, Turn] = {}

    def sent(self, record: Record, size: int | None = None) -> Sent | None:
        """See Answers."""
        key = record.number, size
        if key not in self._sent:
            self._sent[key] = _sent(record, size)
        return self._sent[key]

    def whole(self, record: Record) -> Turn | None:
        """See Answers."""
        tape = _tape(record)
        if tape is None:
            return None
        if tape.key not in self._wholes:
            self._wholes[tape.key] = read(tape.interaction, tape.api).turn
        return self._wholes[tape.key]


def _tape(record: Record) -> Tape | None:
    return record.replay.tape() if record.replay is not None else None


def _sent(record: Record, size: int | None) -> Sent | None:
    tape, replay = _tape(record), record.replay
    if tape is None or replay is None:
        return None
    try:
        plan, _ = tape.plan(replay.kind, replay.number, record.target, apart=True)
    except MocksseError:
        return None
    wire = plan.wire
    # A head that tells the time of day may be another now, and is as long as it was.
    if not plan.digest.startswith(record.plan) and len(wire) != sum(record.sizes):
        return None
    written = (record.run or record).written
    return reading(wire[: written if size is None else min(size, written)], record.method, record.target, tape)


def reading(wire: bytes, method: str, target: str, tape: Tape | None = None) -> Sent:
    """What these bytes of an answer say, as far as they go."""
    parser = http1.ResponseParser(method)
    body = b"".join(part.data for part in parser.feed(wire) if isinstance(part, http1.Data))
    head = parser.head
    if head is None:
        return Sent()
    kind, coding = (
        (header(head.headers, name) or b"").decode("latin-1") for name in (b"content-type", b"content-encoding")
    )
    arriving = Arriving(target, kind, coding, tape.api if tape is not None else None)
    events = sum(arrival.frame.kind == "event" for arrival in arriving.feed(0, body))
    # Closed only where it can be done without making an event of what was cut off.
    if kind.partition(";")[0].strip().lower() != "text/event-stream" or coding.strip().lower() not in {"", "identity"}:
        return Sent(arriving.turn, events, is_known=arriving.api is not None)
    items = _items(body)
    ids = tuple(plain(item.id) for item in items if isinstance(item, sse.Event | sse.Block))
    retries = [item.ms for item in items if isinstance(item, sse.Retry)]
    return Sent(arriving.turn, events, ids, retries[-1] if retries else None, arriving.api is not None)


def _items(body: bytes) -> list[sse.Item]:
    try:
        return sse.Parser().feed(body)
    except MocksseError:
        return []


def plain(told: bytes) -> str:
    """An id as a header can say it: without white space around it, in UTF-8."""
    return told.decode("utf-8", "replace").strip(" \t")
