"""One access line a request: what was asked, what was played, how late it ran; and the sum of it all at the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.figures import bytes_text, seconds_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.replay.execute import Run
    from mocksse.replay.plan import Sends
    from mocksse.server.tape import Tape

LATE_MS = 50
"""p99 lateness from which the server itself is said to have run late: the times a client saw were not the tape's."""


BrokenOff = Literal["", "the client left", "the server was stopped"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets: a play of a tape, or something of our own, where `tape` is None and `note` says why."""

    sends: Sends
    tape: Tape | None = None
    note: str = "-"
    missed: bool = False
    """No recording answers the request."""


@dataclass(frozen=True, slots=True)
class Played:
    """One request, done. `broken_off`: by whom, where the end was not reached."""

    method: str
    target: str
    answer: Answer
    run: Run
    seconds: float
    broken_off: BrokenOff = ""

    @property
    def status(self) -> int:
        return int(self.answer.sends.data[0][9:12])

    @property
    def late_us(self) -> Sequence[int]:
        return self.run.late_us[: self.run.sent]


def percentile(values: Sequence[int], share: float) -> int:
    """The value below which that share of them lies; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def access_line(played: Played) -> str:
    """The line, without a time stamp or colour."""
    answer = played.answer
    count = len(answer.sends.at_us)
    parts = [
        f"{played.method} {played.target} {played.status} {answer.note if answer.tape is None else answer.tape.key}",
        f"{bytes_text(played.run.written)} in {seconds_text(played.seconds)}",
    ]
    if played.broken_off:
        parts.append(f"{played.broken_off} after {played.run.sent} of {count} writes")
    if count > 1:
        late = played.late_us
        p99 = percentile(late, 0.99) / 1000
        parts.append(f"late p50 {percentile(late, 0.5) / 1000:.1f} p99 {p99:.1f} ms")
        if p99 > LATE_MS:
            parts.append("the server itself ran late")
    return " · ".join(parts)


class AccessLog:
    """Writes the lines a moment after they are said: many at once cost one write. `write` None keeps only the sums."""

    def __init__(
        self, write: Callable[[str], None] | None, later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self._write = write
        self._later = later
        self._lines: list[str] = []
        self.requests = 0
        self.bytes = 0
        self.left = 0
        self.missed = 0
        self.late = 0
        self.plays: Counter[str] = Counter()

    def __call__(self, played: Played) -> None:
        self.requests += 1
        self.bytes += played.run.written
        self.left += played.broken_off == "the client left"
        self.missed += played.answer.missed
        if played.answer.tape is not None:
            self.plays[played.answer.tape.key] += 1
        if len(played.late_us) > 1 and percentile(played.late_us, 0.99) > LATE_MS * 1000:
            self.late += 1
        if self._write is None:
            return
        if not self._lines:
            self._later(0.02, self.flush)
        self._lines.append(f"{time.strftime('%H:%M:%S')} {access_line(played)}\n")

    def flush(self) -> None:
        """Write what has been said so far."""
        lines, self._lines = self._lines, []
        if lines and self._write is not None:
            self._write("".join(lines))

    def summary(self) -> str:
        """What happened, in one line."""
        parts = [f"{self.requests} request{'s' * (self.requests != 1)}", bytes_text(self.bytes)]
        parts += [f"{n} {what}" for n, what in ((self.missed, "without a recording"), (self.left, "left early")) if n]
        if self.late:
            parts.append(f"{self.late} ran late because the server did")
        return " · ".join(parts)
