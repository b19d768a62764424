"""Silences that did not end: whether the client stayed, and for how long.

A pause that an answer goes on behind is to be waited out, and who stays on an EventSource's connection is right: the
standard has no timeout for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import plural, seconds_text
from mocksse.server.verdict.asks import wants_stream
from mocksse.server.verdict.finding import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict.finding import Finding
    from mocksse.server.verdict.sent import Answers


def judge(records: Sequence[Record], answers: Answers, now: float, patience_s: float) -> Iterator[Finding]:
    """`now`: seconds since 1970, for what is under way. `patience_s`: a silence that nobody has to bear."""
    for record in records:
        if record.kind != "played" or wants_stream(record) or not (record.broken or record.finish == "hold"):
            continue
        silent = silence(record, now)
        if silent < patience_s:
            continue
        sent = answers.sent(record)
        if sent is not None and sent.turn.done:
            continue  # all was said: what is left open is a connection in a pool
        how = "until the server ended it" if record.done and record.broken_off != "the client left" else ""
        how = how or ("and left then" if record.done else "and is still there")
        count = (record.run or record).sent
        behind = f"nothing came behind {plural(count, 'write')}" if count else "no answer came"
        yield found("no-idle-timeout", (record.number,), f"{behind}: stayed for {seconds_text(silent)}, {how}")


def silence(record: Record, now: float) -> float:
    """Seconds from the last write to the end of it, or to now; 0 where there is more to come."""
    run = record.run or record
    if run.sent < len(record.sizes):
        return 0.0
    last_us = 0
    if run.sent:
        late_us = run.late_us[run.sent - 1] if run.sent <= len(run.late_us) else 0
        last_us = record.planned_us[run.sent - 1] + late_us
    lasted = record.seconds if record.done else now - record.at
    return max(0.0, lasted - last_us / 1e6)
