"""All checks over a session's records, and those that are about the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import percentile
from mocksse.server.access import LATE_MS
from mocksse.server.clock import wall
from mocksse.server.verdict import accepted, reconnects, retries, silences
from mocksse.server.verdict.asks import lanes
from mocksse.server.verdict.finding import Finding, found
from mocksse.server.verdict.sent import Replayed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict.sent import Answers

PATIENCE_S = 120.0
"""Silence that a client need not bear: proxies give up after 60 to 100 s, clients that have a timeout by then, too."""


def findings(
    records: Iterable[Record],
    *,
    answers: Answers | None = None,
    now: float | None = None,
    patience_s: float = PATIENCE_S,
) -> list[Finding]:
    """All that is to be said, in the order in which it happened.

    `answers` knows what went out: by planning again, unless a test says otherwise. `now`, in seconds since 1970, is
    for answers under way. `patience_s`: after how much silence a client should have left. It may take a moment for
    each long answer that broke off: not for an event loop.
    """
    records = list(records)
    answers = answers or Replayed()
    now = wall() if now is None else now
    told = [*_of_the_server(records), *accepted.judge(records, answers)]
    told += silences.judge(records, answers, now, patience_s)
    for lane in lanes(records):
        if len(lane) > 1:
            told += retries.judge(lane, answers)
            told += reconnects.judge(lane, answers, now)
    return sorted(told, key=lambda finding: finding.requests)


def _of_the_server(records: Sequence[Record]) -> Iterator[Finding]:
    for record in records:
        if record.kind == "missed":
            yield found("unmatched", (record.number,), f"{record.method}: {record.note}")
        late = sorted(record.late_us[: record.sent]) if len(record.sizes) > 1 else []
        if (p99 := percentile(late, 0.99)) > LATE_MS * 1000:
            yield found("server-late", (record.number,), f"the p99 of its writes was {p99 / 1000:.0f} ms late")
