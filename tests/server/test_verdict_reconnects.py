"""Coming back for a stream: which id, how soon, how often, over how many connections; and who does it well."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from verdicts import EVENTS, Told, asked, returned

from mocksse.server.verdict import findings
from mocksse.server.verdict.sent import Sent

GONE: dict[str, Any] = {"broken": True, "finish": "reset"}
AGAIN = {**EVENTS, "has_ids": False}
TWO = Sent(events=2, ids=("6", "7"))


def told(records: list[Any], sent: Any, early: Sent | None = None) -> list[tuple[str, str, str]]:
    found = findings(records, answers=Told(sent, early=early), now=1000)
    return [(one.check, one.severity, one.message) for one in found]


# --- Which id: how the stream ended, what it said, what the client came with, what it comes back with, what is found

LATE = Sent(events=1, ids=("6",))
"""What was written long enough before the end."""
IDS = [
    ("the last", GONE, TWO, None, "7", ""),
    ("an older one", {}, TWO, None, "6", "fail: came back with id '6'; the last one sent is '7'"),
    ("one of nobody's", {}, TWO, None, "x", "fail: came back with id 'x'; the last one sent is '7'"),
    ("one that may be all it has read", GONE, TWO, None, "6", "warn: came back with id '6'; the last one sent is '7'"),
    ("one that it left with", {"broken_off": "the client left"}, TWO, None, "6", "warn: came back with id '6'; the l"),
    ("one it cannot have", GONE, TWO, None, "5", "fail: came back with id '5'; the last one sent is '7'"),
    ("none", GONE, TWO, None, None, "missing: the stream broke off behind id '7'"),
    ("none, of a whole stream", {}, TWO, None, None, ""),
    ("none, of one that it left", {**GONE, "broken_off": "the client left"}, TWO, None, None, ""),
    ("none, of one without a finished block", GONE, Sent(), None, None, ""),
    ("cleared", GONE, Sent(events=2, ids=("6", "")), None, None, ""),
    (
        "not cleared",
        {},
        Sent(events=2, ids=("6", "")),
        None,
        "6",
        "fail: came back with id '6'; the last one sent is none",
    ),
    ("one that lives on", GONE, Sent(events=2, ids=("", "")), "3", "3", ""),
    ("cleared by a connection", GONE, Sent(events=2, ids=("", "")), "3", None, ""),
    ("lost, though nothing came", GONE, Sent(), "3", None, "missing: the stream broke off behind id '3'"),
    ("from before", GONE, TWO, "3", "3", "fail: came back with id '3'; the last one sent is '7'"),
    ("with white space around it", {}, Sent(events=1, ids=("7",)), None, " 7\t", ""),
    ("not ASCII", {}, Sent(events=1, ids=("…",)), None, "…", ""),
]


@pytest.mark.parametrize(("ended", "sent", "came", "comes", "wanted"), [r[1:] for r in IDS], ids=[r[0] for r in IDS])
def test_the_last_event_id(ended: Any, sent: Sent, came: str | None, comes: str | None, wanted: str) -> None:
    first = EVENTS if came is None else returned(came)
    second = AGAIN if comes is None else returned(comes)
    found = told([asked(1, 0, **{**first, **ended}), asked(2, 5.0, **second)], sent, LATE if sent is TWO else None)
    shown = [f"{'missing' if check.endswith('missing') else severity}: {message}" for check, severity, message in found]
    assert len(shown) == bool(wanted)
    assert not wanted or shown[0].startswith(wanted)


# --- How soon

SLOW = Sent(events=1, retry_ms=2000)
SOON = "told to wait 2 s, came back after 0.50 s"
HOW_SOON = [
    ("too soon", GONE, SLOW, 1.0, AGAIN, SOON),
    ("a hair too soon", GONE, SLOW, 2.46, AGAIN, ""),
    ("in time", GONE, SLOW, 2.5, AGAIN, ""),
    ("whole, and with its id", {}, Sent(events=1, ids=("7",), retry_ms=2000), 1.0, returned("7"), SOON),
    ("whole, and asked anew", {}, SLOW, 1.0, AGAIN, ""),
    ("empty", {}, Sent(retry_ms=2000), 1.0, AGAIN, SOON),
    ("left by itself", {**GONE, "broken_off": "the client left"}, SLOW, 1.0, AGAIN, ""),
    ("nothing told", GONE, Sent(events=1), 0.5, AGAIN, ""),
    ("204", {"status": 204}, None, 1.0, AGAIN, "204, and came back after 0.50 s"),
    ("204, long ago", {"status": 204}, None, 100.0, AGAIN, ""),
    ("204, to whoever polls", {"status": 204, "headers": ()}, None, 1.0, {"method": "GET"}, ""),
]


@pytest.mark.parametrize(
    ("how", "sent", "at", "again", "message"), [r[1:] for r in HOW_SOON], ids=[r[0] for r in HOW_SOON]
)
def test_how_soon_it_came_back(how: Any, sent: Sent | None, at: float, again: Any, message: str) -> None:
    found = told([asked(1, 0, **{**EVENTS, "has_ids": False, **how}), asked(2, at, **again)], sent)
    assert found == ([("reconnect-storm", "fail", message)] if message else [])


def test_what_was_told_holds_on_later_connections() -> None:
    records = [asked(1, 0, **AGAIN, **GONE), asked(2, 3.0, **AGAIN, **GONE), asked(3, 4.0, **AGAIN)]
    found = told(records, {1: SLOW, 2: Sent(events=1), 3: Sent(events=1)})
    assert found == [("reconnect-storm", "fail", SOON)]


def test_a_wait_begins_with_the_end_that_was_sent_and_not_when_a_busy_server_hears_of_it() -> None:
    sent_at: dict[str, Any] = {"planned_us": (0,), "late_us": array("i", [1_000]), "sent": 1, "seconds": 0.9}
    whole = asked(1, 0, **{**AGAIN, "broken": True, "finish": "complete", **sent_at})
    assert told([whole, asked(2, 1.0, **AGAIN)], Sent(events=1, retry_ms=950)) == []
    reset = asked(1, 0, **{**AGAIN, **GONE, **sent_at})
    assert told([reset, asked(2, 1.0, **AGAIN)], Sent(events=1, retry_ms=950)) != []


# --- How often

STORM = [
    ("accepted and closed", GONE, Sent(), "came back 11 times in a row, 100 ms to 100 ms apart"),
    ("nothing said, and whole", {}, Sent(), "came back 11 times in a row"),
    ("refused", {"status": 503}, None, "came back 11 times in a row"),
    ("asked again and again, and answered", {}, Sent(events=1), ""),
    ("as told", GONE, Sent(retry_ms=100), ""),
]


@pytest.mark.parametrize(("how", "sent", "message"), [r[1:] for r in STORM], ids=[r[0] for r in STORM])
def test_how_often_it_came_back(how: Any, sent: Sent | None, message: str) -> None:
    records = [asked(n, n * 0.6, **{**AGAIN, **how}) for n in range(12)]
    found = told(records, sent)
    assert [check for check, _, _ in found] == ["reconnect-storm"] * bool(message)
    assert not found or found[0][2].startswith(message)
    assert told(records[:11], sent) == [], "ten are bearable"
    assert told([asked(n, n * 1.1, **{**AGAIN, **how}) for n in range(12)], sent) == [], "with pauses, too"


# --- How many at once

BESIDE = [
    (
        "a second one beside the reconnect",
        [(0, 0.5, GONE), (0.6, 9, {}), (3.5, 9, {})],
        "fail",
        "2 connections at once",
    ),
    ("behind a whole one", [(0, 0.5, {}), (0.6, 9, {}), (3.5, 9, {})], "fail", "2 connections at once behind a break"),
    ("two that become three", [(0, 9, {}), (1, 2, GONE), (3.1, 9, {}), (3.2, 9, {})], "fail", "3 connections at once"),
    ("two from the start", [(0, 9, {}), (1, 9, {})], "warn", "2 connections at once; two clients would look"),
    ("two, and both come back", [(0, 1, GONE), (0.1, 1, GONE), (4, 9, {}), (4.1, 9, {})], "warn", "2 connections at"),
    ("one later, long after a break", [(0, 1, GONE), (2, 900, {}), (80, 9, {})], "warn", "2 connections at once"),
    ("one after the other", [(0, 1, GONE), (1.1, 2, GONE), (3.2, 2, {})], "", ""),
    ("one that is left for the next", [(0, 1, GONE), (1.1, 2, {}), (3, 2, {})], "", ""),
]


@pytest.mark.parametrize(("streams", "severity", "message"), [r[1:] for r in BESIDE], ids=[r[0] for r in BESIDE])
def test_streams_side_by_side(streams: Any, severity: str, message: str) -> None:
    records = [
        asked(number, at, connection=number, seconds=seconds, **AGAIN, **how)
        for number, (at, seconds, how) in enumerate(streams, 1)
    ]
    found = told(records, None)
    assert [(check, bad) for check, bad, _ in found] == ([("parallel-sockets", severity)] if severity else [])
    assert not found or found[0][2].startswith(message)
