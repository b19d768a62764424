"""Requests that are tried again: too soon, too often, or though there was nothing to gain, or something to lose."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from mocksse.figures import plural, seconds_text
from mocksse.server.verdict.asks import HAIR_S, as_recorded, header, returns, runs, wants_stream
from mocksse.server.verdict.finding import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict.asks import Lane, Return
    from mocksse.server.verdict.finding import Finding
    from mocksse.server.verdict.sent import Answers

MOST_ATTEMPTS = 10
"""Attempts at one request; more are a storm."""
HASTE_S = 0.1
"""Pauses shorter than this are none, for a server that has too much to do."""
_FINAL = frozenset({400, 401, 403, 404, 405, 413, 415, 422})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Asking for them again and again is how one waits for something."""
_FEW = 3
"""Pauses that can't tell yet whether they grow."""
EVEN = 0.1
"""Pauses that differ by less than this share of the longest do not grow, and are not drawn either."""
_SLOW_S = 1.0
"""Even pauses this long are a poll, and no storm."""
_LONGEST_S = 86_400.0
"""Nobody can be asked to wait longer than a day: whoever says so made a mistake."""
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def judge(lane: Lane, answers: Answers) -> Iterator[Finding]:
    """All that requests which are alike show."""
    all_of_them = list(returns(lane))
    for one in all_of_them:
        yield from _too_soon(one)
        yield from _for_good(one)
        yield from _replayed(one, answers)
    if lane[0].method not in _SAFE:
        for run in runs(all_of_them, [_failed(one.before) and one.by_itself is not None for one in all_of_them]):
            yield from _storm(run)


def _failed(record: Record) -> bool:
    return record.status >= 400 or record.status == 0 or (record.broken and not record.broken_off)


def _too_soon(one: Return) -> Iterator[Finding]:
    before = one.before
    standard, milliseconds = _date_or_seconds(before), _milliseconds(before)
    told = [wait for wait in (standard, milliseconds) if wait is not None]
    if before.status != 200 and told and one.waited < min(told) - HAIR_S:
        message = f"asked to wait {min(told):g} s, came back after {one.waited:.2f} s"
        # No standard has retry-after-ms: a client may not know it.
        yield found("retry-after-ignored", one.numbers, message, "fail" if standard is not None else "warn")


def _for_good(one: Return) -> Iterator[Finding]:
    before, severity = one.before, one.by_itself
    waits_for_it = before.method in _SAFE and not wants_stream(before)
    if before.status in _FINAL and severity is not None and not waits_for_it:
        message = f"{before.status}, and asked again after {one.waited:.2f} s"
        yield found("retried-for-good", one.numbers, message, severity)


def _replayed(one: Return, answers: Answers) -> Iterator[Finding]:
    before, after, severity = one.before, one.after, one.by_itself
    if before.method in _SAFE or not 200 <= before.status < 300 or severity is None:
        return
    # It comes back for the rest, or has a means by which the server can tell.
    if header(after, b"last-event-id") is not None or header(after, b"idempotency-key") is not None:
        return
    why = _fell_short(before, answers)
    sent = answers.sent(before) if why else None
    if sent is not None and sent.said:
        left = before.broken_off == "the client left"
        message = f"{why} after {plural(sent.events, 'event')}, and asked again after {one.waited:.2f} s"
        yield found("post-replayed", one.numbers, message, "warn" if left else severity)


def _fell_short(record: Record, answers: Answers) -> str:
    """How the answer ended before its end, in words; empty where it did not."""
    if record.broken_off:
        stalled = record.finish == "hold" and record.sent == len(record.sizes)
        return "fell silent" if stalled and record.broken_off == "the client left" else ""
    if record.broken:
        return {"reset": "was reset", "hold": "fell silent"}.get(record.finish, "broke off")
    if as_recorded(record):
        return ""
    sent, whole = answers.sent(record), answers.whole(record)
    if sent is None or whole is None:
        return ""
    if sent.turn.errors and not whole.errors:
        return "told of an error"
    return "ended without its end" if whole.done and not sent.turn.done else ""


def _storm(run: Sequence[Return]) -> Iterator[Finding]:
    """`run`: returns behind failures, one after the other."""
    numbers = (run[0].before.number, *(one.after.number for one in run))
    pauses = [one.waited for one in run]
    shown = f"{plural(len(numbers), 'attempt')}, {_spacing(pauses)}"
    if len(numbers) > MOST_ATTEMPTS:
        yield found("retry-storm", numbers, shown)
        return
    # Where the server said how long, the client did not choose.
    pauses = [one.waited for one in run if not (one.before.retry_after or one.before.retry_after_ms)]
    if len(pauses) < _FEW:
        return
    if max(pauses) < HASTE_S:
        yield found("retry-storm", numbers, f"no backoff: {shown}", "warn")
    elif len(pauses) > _FEW and max(pauses) < _SLOW_S and min(pauses) > max(pauses) * (1 - EVEN):
        yield found("retry-storm", numbers, f"no growing backoff: {shown}", "warn")


def _spacing(pauses: Sequence[float]) -> str:
    least, most = seconds_text(min(pauses)), seconds_text(max(pauses))
    return f"{least} apart" if least == most else f"{least} to {most} apart"


def _date_or_seconds(record: Record) -> float | None:
    """How long its Retry-After asks to wait: RFC 9110, 10.2.3, "HTTP-date / delay-seconds"; None where it does not."""
    text = record.retry_after
    if _NUMBER.fullmatch(text):
        return _sane(float(text))
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return _sane((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - record.at - record.seconds)


def _milliseconds(record: Record) -> float | None:
    text = record.retry_after_ms
    return _sane(float(text) / 1000) if _NUMBER.fullmatch(text) else None


def _sane(wait: float) -> float | None:
    return wait if 0 <= wait <= _LONGEST_S else None
