"""Clients that come back for a stream: with which id, how soon, how often, and over how many connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import plural, seconds_text
from mocksse.server.verdict.asks import HAIR_S, end_of, header, returns, runs, wants_stream
from mocksse.server.verdict.finding import found
from mocksse.server.verdict.sent import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict.asks import Lane, Return
    from mocksse.server.verdict.finding import Finding
    from mocksse.server.verdict.sent import Answers

MOST_RETURNS = 10
"""Returns without a pause; more are a storm."""
HASTE_S = 0.5
"""WHATWG HTML, 9.2.3, of the pause that a client makes by itself: "probably in the region of a few seconds"."""
_UNREAD_S = 0.25
"""What was written so shortly before a connection broke may not have been read."""
_BESIDE_S = 0.25
"""Two streams that overlap for less are one that is being left and its successor."""
_SOON_S = 60.0
"""A stream that comes up later than this behind a break has nothing to do with it."""


def judge(lane: Lane, answers: Answers, now: float) -> Iterator[Finding]:
    """All that requests which are alike show."""
    if lane[0].method == "GET":
        yield from _beside(lane, now)
    all_of_them = list(returns(lane))
    for one in all_of_them:
        yield from _last_id(one, answers)
    if lane[0].method == "GET":
        yield from _too_soon(all_of_them, answers)
        for run in runs(all_of_them, [_is_hasty(one, answers) for one in all_of_them]):
            if len(run) > MOST_RETURNS:
                pauses = [one.waited for one in run]
                shown = f"{seconds_text(min(pauses))} to {seconds_text(max(pauses))} apart"
                numbers = (run[0].before.number, *(one.after.number for one in run))
                yield found("reconnect-storm", numbers, f"came back {len(run):,} times in a row, {shown}")


# --- Last-Event-ID


def _last_id(one: Return, answers: Answers) -> Iterator[Finding]:
    before, after = one.before, one.after
    told = header(after, b"last-event-id")
    if before.status != 200 or (told is None and (before.method != "GET" or one.by_itself is None)):
        return
    # Who asks for all of it again, of a stream that was whole or that it left, may want all of it.
    broke = before.broken and before.finish != "hold" and not before.broken_off
    if told is None and not (broke and (before.has_ids or header(before, b"last-event-id"))):
        return
    sent = answers.sent(before)
    if sent is None:
        return
    known = [plain(header(before, b"last-event-id") or b""), *sent.ids]
    last, mine = _after(known), plain(told or b"")
    if mine in last:
        return
    if told is None:
        yield found("last-event-id-missing", one.numbers, f"the stream broke off behind id {known[-1]!r}")
        return
    may_be_unread = before.broken_off or before.broken
    early = answers.sent(before, _read_for_sure(before)) if may_be_unread else None
    late = known[len(early.ids) :] if early is not None else []
    wanted = f"{known[-1]!r}" if known[-1] else "none"
    message = f"came back with id {mine[:60]!r}; the last one sent is {wanted}"
    yield found("last-event-id-stale", one.numbers, message, "warn" if mine in late else "fail")


def _after(known: Sequence[str]) -> set[str]:
    """What a client may say that has read all: `known` is what it came with, and the id behind each block.

    What it came with lives on in every client until another id comes; by the letter of the standard a block of a new
    connection clears it. Both are right.
    """
    if any(known[1:]):
        return {known[-1]}
    return {known[0], known[-1]}


def _read_for_sure(record: Record) -> int:
    """Bytes that were written long enough before the end."""
    end_us = record.seconds * 1e6 - _UNREAD_S * 1e6
    size = 0
    for index in range(min(record.sent, len(record.sizes))):
        late_us = record.late_us[index] if index < len(record.late_us) else 0
        if record.planned_us[index] + late_us > end_us:
            break
        size += record.sizes[index]
    return size


# --- How soon


def _too_soon(found_returns: Sequence[Return], answers: Answers) -> Iterator[Finding]:
    retry_ms: int | None = None
    for one in found_returns:
        before, after = one.before, one.after
        if before.status == 204 and one.by_itself is not None and _is_event_source(after):
            yield found("reconnect-storm", one.numbers, f"204, and came back after {one.waited:.2f} s")
        if before.status != 200 or before.broken_off:
            continue
        sent = answers.sent(before) if _is_event_source(after) or before.is_stream else None
        if sent is None:
            continue
        retry_ms = sent.retry_ms if sent.retry_ms is not None else retry_ms
        comes_back = header(after, b"last-event-id") is not None or before.broken or not sent.events
        if retry_ms is not None and comes_back and one.waited < retry_ms / 1000 - HAIR_S:
            message = f"told to wait {retry_ms / 1000:g} s, came back after {one.waited:.2f} s"
            yield found("reconnect-storm", one.numbers, message)


def _is_event_source(record: Record) -> bool:
    return wants_stream(record) or header(record, b"last-event-id") is not None


def _is_hasty(one: Return, answers: Answers) -> bool:
    """A return that nothing was gained before, without a pause, where nothing was told of how long to wait."""
    before = one.before
    if one.waited >= HASTE_S or not _is_event_source(one.after) or before.broken_off:
        return False
    if before.status != 200:
        return before.status != 204
    sent = answers.sent(before)
    return sent is not None and sent.retry_ms is None and (before.broken or not sent.events)


# --- How many


def _beside(lane: Lane, now: float) -> Iterator[Finding]:
    """Streams of one kind that are read side by side: more than before the first of them broke, or several at all."""
    streams = [record for record in lane if record.status == 200 and (record.is_stream or wants_stream(record))]
    breaks = [end_of(record) for record in streams if record.done and not record.broken_off]
    first = min(breaks, default=float("inf"))
    most: list[Record] = []
    for index, record in enumerate(streams):
        among = [
            other
            for other in streams[:index]
            if min(end_of(other), end_of(record), now) - record.at > _BESIDE_S and end_of(other) > record.at
        ]
        beside = [*among, record]
        if len(beside) <= len(most) or len(beside) < 2:
            continue
        soon = any(end <= record.at <= end + _SOON_S for end in breaks)
        if record.at >= first and soon:
            before = max(len(most), 1)
            message = f"{plural(len(beside), 'connection')} at once behind a break; before there {_was(before)}"
            yield found("parallel-sockets", [one.number for one in beside], message)
            return
        most = beside
    if most:
        message = f"{plural(len(most), 'connection')} at once; two clients would look the same"
        yield found("parallel-sockets", [one.number for one in most], message, "warn")


def _was(count: int) -> str:
    return "was 1" if count == 1 else f"were {count:,}"
