"""What the server saw of a client that is wrong: too many requests, too soon, too late, too long. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.figures import plural, seconds_text
from mocksse.server.verdict.retries import EVEN, HASTE_S
from mocksse.torture.case import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.server.verdict import Finding
    from mocksse.torture.case import Expect, Play
    from mocksse.torture.exchange import Exchange
    from mocksse.torture.verdict import Wrong

_COSTS = frozenset({"post-replayed", "retry-storm", "reconnect-storm", "retried-for-good"})
"""Findings that cost money, or do harm."""
_ASIDE = frozenset({"HEAD", "OPTIONS"})
_AT_ONCE_S = 0.05
"""Who waits for less than this does not wait."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong."""

    wrong: Wrong
    why: str


def complaints(play: Play, exchanges: Sequence[Exchange], findings: Sequence[Finding]) -> list[Complaint]:
    """All of them, those that cost most first."""
    asked = [exchange for exchange in exchanges if exchange.method not in _ASIDE]
    found = [*_count(play, asked), *_waits(play.expect, asked), *_length(play.expect, asked)]
    found += (
        Complaint("money" if finding.check in _COSTS else "rude", f"{finding.check}: {finding.message}")
        for finding in findings
        if finding.check in play.expect.checks and finding.severity == "fail"
    )
    return sorted(found, key=lambda complaint: complaint.wrong != "money")


def waits_of(asked: Sequence[Exchange]) -> list[float]:
    """Seconds between the end of each answer and the next request; below 0 where they overlap."""
    ends = [one.at_s + (one.seconds if one.over_s is None else one.over_s) for one in asked]
    return [after.at_s - end for end, after in zip(ends, asked[1:], strict=False)]


def _count(play: Play, asked: Sequence[Exchange]) -> Iterator[Complaint]:
    expect, count = play.expect, len(asked)
    # A stream of events is there to be come back for.
    counts = play.api != EVENTS or expect.kind == "RETRY"
    if counts and count > expect.most:
        yield Complaint("money", f"{plural(count, 'request')}, where {expect.most} is the most")
    if expect.least > count > 0:
        yield Complaint("rude", f"{plural(count, 'request')}: it did not come back")


def _waits(expect: Expect, asked: Sequence[Exchange]) -> Iterator[Complaint]:
    waits = waits_of(asked)
    early = [wait for wait in waits if wait < expect.apart_s]
    if expect.apart_s and early:
        soon = seconds_text(max(min(early), 0.0))
        yield Complaint("rude", f"came back after {soon}, where {seconds_text(expect.apart_s)} is the least")
    if expect.unhurried and waits and max(waits) < _AT_ONCE_S:
        soon = seconds_text(max(*waits, 0.0))
        yield Complaint("rude", f"{plural(len(asked), 'request')}, the next one within {soon}")
    if expect.grows and len(waits) >= 2 and _do_not_grow(waits):
        told = ", ".join(seconds_text(max(wait, 0.0)) for wait in waits[:6])
        yield Complaint("rude", f"{plural(len(asked), 'request')} with waits that do not grow: {told}")


def _do_not_grow(waits: Sequence[float]) -> bool:
    """Even ones, or none to speak of. Those that are drawn ("full jitter"), or late for a busy machine, are neither."""
    return max(waits) < HASTE_S or min(waits) > max(waits) * (1 - EVEN)


def _length(expect: Expect, asked: Sequence[Exchange]) -> Iterator[Complaint]:
    if expect.within_s is not None and asked and asked[-1].seconds > expect.within_s:
        held = seconds_text(asked[-1].seconds)
        yield Complaint("late", f"stayed for {held}, where {seconds_text(expect.within_s)} is enough")
