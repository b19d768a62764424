"""One access line a request: what was asked, what was played, how late it ran; and the sum of it all at the end.

The lines end up in the logs of other people's builds: a credential in a query is blotted out, and what a terminal
would obey is not written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from time import localtime, strftime
from typing import TYPE_CHECKING, Protocol

from mocksse.cassette.redact import NO_RULES, Rules, credentials, redact_url
from mocksse.figures import bytes_text, percentile, plural, printable, seconds_text, utc_text
from mocksse.server.clock import wall

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Sequence

    from mocksse.replay.plan import Sends
    from mocksse.server.journal import BrokenOff, Kind, Record
    from mocksse.server.miss import Near
    from mocksse.server.tape import Ready, Replay, Tape

LATE_MS = 50
"""p99 lateness from which the server itself is said to have run late: the times a client saw were not the tape's."""


_HEALTH = "/__mocksse/health"
_BRIEF = 100
"""Characters that are repeated of a word, or of a fault: whoever wrote more knows what it was."""
_MESSAGE = 400
"""Characters of a message."""
_KEY_LONG = re.compile(r"[^/]{19}")
"""As long as the shortest key of a known kind."""
_LONG = re.compile(rf"\S{{{_BRIEF + 1},}}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets that can be planned: a play of a tape, or something of our own, where `note` says why."""

    status: int
    sends: Sends
    note: str = "-"
    """For the access line: the interaction's name, or why there is none."""
    kind: Kind = "own"
    tape: Tape | None = None
    play: int = 0
    ready: Ready | None = None
    """The play of the tape."""
    replay: Replay | None = None
    bug: bool = False
    """It could not be answered, and that was not the request's fault."""
    faults: tuple[str, ...] = ()
    """That took hold, and where."""
    notes: tuple[str, ...] = ()
    """What was wanted and could not be done."""
    nearest: tuple[Near, ...] = ()


class Writing(Protocol):
    """What writes an answer, planned or live."""

    @property
    def sent(self) -> int:
        """Writes that were made."""

    @property
    def written(self) -> int:
        """Bytes."""

    @property
    def late_us(self) -> array[int]:
        """How late each write was; empty where none was planned."""


@dataclass(frozen=True, slots=True)
class Played:
    """One request, done. `broken_off`: by whom, where the end was not reached."""

    method: str
    target: str
    """As `shown` gives it."""
    answer: Answer
    run: Writing
    seconds: float
    broken_off: BrokenOff = ""
    record: Record | None = None
    """In the session's journal; None for what no session was asked."""

    def late_ms(self) -> tuple[float, float] | None:
        """The median and the p99 of how late its writes were; None of a single one: that was the request's turn."""
        late = sorted(self.run.late_us[: self.run.sent])
        if len(self.answer.sends.at_us) <= 1:
            return None
        return percentile(late, 0.5) / 1000, percentile(late, 0.99) / 1000


def shown(target: str, headers: Sequence[tuple[str, str]] = (), rules: Rules = NO_RULES) -> str:
    """A request's target as it may be written down: a client under test may have a real key in it.

    `headers` are the request's own, `rules` what is blotted besides.
    """
    if "?" not in target and "@" not in target and not rules.patterns and not _KEY_LONG.search(target):
        return target  # most are, and there is a line for each request
    return redact_url(target, credentials(target, headers, b""), rules)


def brief(text: str) -> str:
    """The text with the middle of each long word cut out, and then its own, where it is still long."""
    return _cut(_LONG.sub(lambda word: _cut(word[0], _BRIEF), text), _MESSAGE)


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 31]}…{text[-30:]}"


def access_line(played: Played, late_ms: tuple[float, float] | None) -> str:
    """The line, without a time stamp or colour. `late_ms`: the play's."""
    answer = played.answer
    status = answer.status or "-"
    parts = [
        f"{played.method} {played.target} {status} {answer.note}",
        f"{bytes_text(played.run.written)} in {seconds_text(played.seconds)}",
        *(f"fault {_cut(fault, _BRIEF)}" for fault in answer.faults),
        *(f"note: {brief(note)}" for note in answer.notes),
    ]
    if played.broken_off:
        planned = len(answer.sends.at_us)
        # Of what an upstream says nobody knows how much there is to come.
        parts.append(f"{played.broken_off} after {played.run.sent}{f' of {planned}' if planned else ''} writes")
    if late_ms is not None:
        median, p99 = late_ms
        parts.append(f"late p50 {median:.1f} p99 {p99:.1f} ms")
        if p99 > LATE_MS:
            parts.append("the server itself ran late")
    return printable(" · ".join(parts))


def access_object(played: Played, late_ms: tuple[float, float] | None) -> dict[str, object]:
    """The same as an object, with its time."""
    answer, record = played.answer, played.record
    return {
        "at": utc_text(wall()),
        "session": record.session if record is not None else None,
        "number": record.number if record is not None else None,
        "method": played.method,
        "target": printable(played.target),
        "status": answer.status,
        "kind": answer.kind,
        "note": printable(brief(answer.note)),
        "bytes": played.run.written,
        "seconds": round(played.seconds, 6),
        "faults": list(answer.faults),
        "notes": [brief(note) for note in answer.notes],
        "broken_off": played.broken_off or None,
        "late_ms": None if late_ms is None else {"p50": round(late_ms[0], 3), "p99": round(late_ms[1], 3)},
    }


def talk_object(message: str) -> dict[str, object]:
    """A line of talk as an object, with its time."""
    return {"at": utc_text(wall()), "message": printable(message)}


class AccessLog:
    """Writes the lines a moment after they are said: many at once cost one write. `write` None keeps only the sums."""

    def __init__(
        self,
        write: Callable[[str], None] | None,
        later: Callable[[float, Callable[[], None]], object],
        *,
        as_json: bool = False,
    ) -> None:
        self._write = write
        self._as_json = as_json
        self._later = later
        self._lines: list[str] = []
        self.requests = 0
        self.bytes = 0
        self.left = 0
        self.missed = 0
        self.bugs = 0
        self.late = 0

    def __call__(self, played: Played) -> None:
        if played.target == _HEALTH and played.answer.status == 200:
            return  # a container asks every few seconds, for ever
        self.requests += 1
        self.bytes += played.run.written
        self.left += played.broken_off == "the client left"
        self.missed += played.answer.kind == "missed"
        self.bugs += played.answer.bug
        late_ms = played.late_ms()
        self.late += late_ms is not None and late_ms[1] > LATE_MS
        if self._write is None:
            return
        if not self._lines:
            self._later(0.02, self.flush)
        if self._as_json:
            self._lines.append(json.dumps(access_object(played, late_ms), ensure_ascii=False) + "\n")
        else:
            self._lines.append(f"{strftime('%H:%M:%S', localtime(wall()))} {access_line(played, late_ms)}\n")

    def flush(self) -> None:
        """Write what has been said so far."""
        lines, self._lines = self._lines, []
        if lines and self._write is not None:
            self._write("".join(lines))

    def summary(self) -> str:
        """What happened, in one line."""
        parts = [plural(self.requests, "request"), bytes_text(self.bytes)]
        parts += [f"{n} {what}" for n, what in ((self.missed, "without a recording"), (self.left, "left early")) if n]
        if self.bugs:
            parts.append(f"{self.bugs} met a bug of mocksse")
        if self.late:
            parts.append(f"{self.late} ran late because the server did")
        return " · ".join(parts)
