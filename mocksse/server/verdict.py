"""What a session's journal says of the client that talked to it. Pure: records in, findings out.

Only what the server can see is judged: which requests came, when, and on which connection. What the client made of an
answer nobody knows here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.server.journal import Record

CHECKS = {
    "unmatched": "a request that no recording answers",
    "retry-after-ignored": "the client came back before Retry-After had passed",
    "retried-for-good": "an answer that says the request is wrong was asked for again",
    "last-event-id-missing": "the client came back for a stream with ids, and did not say what it had seen",
    "server-late": "the server itself ran late: the times that the client saw were not the tape's",
}
"""All checks: name, and what it finds."""
_FINAL = frozenset({400, 401, 403, 404, 405, 413, 415, 422})
"""Asking again gives the same: RFC 9110, 15.5."""
_LATE_US = 50_000
_EARLY_S = 0.05
"""A client's clock may be a little fast."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`requests`: the numbers of those that show it."""

    check: str
    requests: tuple[int, ...]
    message: str


def findings(records: Iterable[Record]) -> list[Finding]:
    """All that is to be said, in the order in which it happened."""
    records = list(records)
    found = [Finding("unmatched", (r.number,), f"{r.method}: {r.note}") for r in records if r.kind == "missed"]
    for before, after in _again(records):
        found += _on_return(before, after)
    for record in records:
        late = sorted(record.late_us[: record.sent]) if len(record.sizes) > 1 else []
        if late and late[int(len(late) * 0.99)] > _LATE_US:
            message = f"the p99 of its writes was {late[int(len(late) * 0.99)] / 1000:.0f} ms late"
            found.append(Finding("server-late", (record.number,), message))
    return sorted(found, key=lambda finding: finding.requests)


def _again(records: Sequence[Record]) -> Iterator[tuple[Record, Record]]:
    """Each request with the next one that asks for the same, once it is done."""
    last: dict[tuple[str, str, bytes], Record] = {}
    for record in records:
        key = (record.method, record.target, record.body)
        before = last.get(key)
        if before is not None and before.done and before.at + before.seconds <= record.at:
            yield before, record
        last[key] = record


def _on_return(before: Record, after: Record) -> Iterator[Finding]:
    both = (before.number, after.number)
    waited = after.at - before.at - before.seconds
    if before.status in _FINAL and before.kind != "missed":
        yield Finding("retried-for-good", both, f"{before.status}, and asked again after {waited:.2f} s")
    wait = _seconds(before)
    if waited < wait - _EARLY_S:
        message = f"asked to wait {wait:g} s, came back after {waited:.2f} s"
        yield Finding("retry-after-ignored", both, message)
    broke = before.broken and before.finish != "hold" and before.status == 200
    if broke and before.has_ids and not any(name.lower() == b"last-event-id" for name, _ in after.headers):
        yield Finding("last-event-id-missing", both, "the stream broke off, its events have ids")


def _seconds(record: Record) -> float:
    """How long its Retry-After asks to wait: RFC 9110, 10.2.3, "HTTP-date / delay-seconds"; 0 where it does not."""
    text = record.retry_after
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - record.at - record.seconds)
    except (ValueError, OverflowError):
        return 0.0
