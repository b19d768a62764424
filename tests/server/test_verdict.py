"""What a journal says of a client, and of no client that did nothing wrong: records by hand, and what went out."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from verdicts import BY_SDK, EVENTS, SEEN, Told, asked, returned, stream

from mocksse.server.verdict import CHECKS, explain, findings, outcome
from mocksse.server.verdict.sent import Sent

LATE = array("i", [0] * 9 + [60_000])
GONE = {"broken": True, "finish": "reset"}
BEGUN = Sent(stream("Once upon"), 3)

# --- Each check finds what it is for

CASES = {
    "unmatched": [asked(1, 0, kind="missed", status=404)],
    "retry-after-ignored": [asked(1, 0, status=429, retry_after="2"), asked(2, 1.0)],
    "retried-for-good": [asked(1, 0, status=400), asked(2, 9.0)],
    "retry-storm": [asked(n, n, status=503) for n in range(1, 12)],
    "post-replayed": [asked(1, 0, **GONE), asked(2, 1.0)],
    "no-idle-timeout": [asked(1, 0, finish="hold", broken=True, seconds=121.0, broken_off="the client left")],
    "last-event-id-missing": [asked(1, 0, **GONE, **EVENTS), asked(2, 1.0, **EVENTS)],
    "last-event-id-stale": [asked(1, 0, **EVENTS), asked(2, 1.0, **returned("1"))],
    "parallel-sockets": [
        asked(1, 0, **EVENTS, **GONE),
        asked(2, 1.0, **EVENTS, connection=2, seconds=9.0),
        asked(3, 4.0, **EVENTS, connection=3, seconds=9.0),
    ],
    "reconnect-storm": [asked(1, 0, **EVENTS, **GONE), asked(2, 1.0, **returned("7"))],
    "server-late": [asked(1, 0, sizes=(1,) * 10, sent=10, late_us=LATE)],
}
SENT = {
    "post-replayed": BEGUN,
    "last-event-id-missing": Sent(events=2, ids=("6", "7")),
    "last-event-id-stale": Sent(events=2, ids=("1", "7")),
    "reconnect-storm": Sent(events=2, ids=("6", "7"), retry_ms=2000),
}
SHOWN = {"parallel-sockets": (2, 3)}
"""The requests that show it, where it is not all of them."""


def test_there_is_a_case_for_each() -> None:
    assert {*CASES, "truncated-stream-accepted"} == set(CHECKS), "that one has a file of its own"


@pytest.mark.parametrize("check", CASES)
def test_what_is_wrong_is_found(check: str) -> None:
    (one,) = findings(CASES[check], answers=Told(SENT.get(check)), now=1000)
    assert (one.check, one.severity) == (check, CHECKS[check].severity)
    assert one.requests == SHOWN.get(check, tuple(record.number for record in CASES[check]))


# --- How bad it is, and in which words

TOLD = [
    ([asked(1, 0, status=429, retry_after_ms="1500"), asked(2, 1.0)], "warn", "asked to wait 1.5 s, came back after"),
    (
        [asked(1, 0, status=429, retry_after="3", retry_after_ms="1500"), asked(2, 1.0)],
        "fail",
        "asked to wait 1.5 s, came back after 0.50 s",
    ),
    ([asked(1, 0, status=202, retry_after="2", method="GET"), asked(2, 1.0, method="GET")], "fail", "asked to wait 2"),
    ([asked(1, 0, status=422), asked(2, 1.0, **BY_SDK(0))], "warn", "422, and asked again after 0.50 s"),
    ([asked(1, 0, status=422), asked(2, 50.0, **BY_SDK(1))], "fail", "422, and asked again after 49.50 s"),
    (
        [asked(n, n * 0.52, status=503, seconds=0.5) for n in range(1, 5)],
        "warn",
        "no backoff: 4 attempts, 20 ms apart",
    ),
    (
        [asked(n, n, status=503) for n in range(1, 6)],
        "warn",
        "no growing backoff: 5 attempts, 500 ms apart",
    ),
    ([asked(n, n * (n + 1) / 2, status=503) for n in range(1, 12)], "fail", "11 attempts, 1.50 s to 10.50 s apart"),
]


@pytest.mark.parametrize(("records", "severity", "message"), TOLD, ids=lambda value: str(value)[:40])
def test_how_bad_it_is(records: list[object], severity: str, message: str) -> None:
    (one,) = findings(records, answers=Told(), now=1000)  # type: ignore[arg-type]
    assert one.severity == severity
    assert one.message.startswith(message)


def test_attempts_further_apart_than_a_minute_are_no_retries() -> None:
    assert findings([asked(n, n * 61.0, status=503) for n in range(1, 20)], answers=Told(), now=1000) == []


def test_a_date_asks_to_wait_too() -> None:
    at = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT
    later = "Sun, 06 Nov 1994 08:49:47 GMT"
    (found,) = findings([asked(1, at, status=503, retry_after=later), asked(2, at + 3)])
    assert found.message == "asked to wait 9.5 s, came back after 2.50 s"


def test_they_come_in_the_order_of_the_requests() -> None:
    records = [asked(1, 0, kind="missed", status=404), asked(2, 1, b"2", status=422), asked(3, 9, b"2")]
    assert [found.requests for found in findings(records)] == [(1,), (2, 3)]


def test_a_line_for_each_finding() -> None:
    records = [
        asked(1, 0, kind="missed", status=404, note="no recording answers\nit"),
        *(asked(n, n, status=503) for n in range(2, 16)),
        asked(16, 90, b"2", status=429, retry_after_ms="1500"),
        asked(17, 91, b"2"),
    ]
    found = findings(records)
    assert explain(found).splitlines() == [
        "fail  unmatched            #1       POST: no recording answers⏎it",
        "fail  retry-storm          #2…#15   14 attempts, 500 ms apart",
        "warn  retry-after-ignored  #16 #17  asked to wait 1.5 s, came back after 0.50 s",
    ]
    assert explain([]) == ""
    assert [outcome(found), outcome(found[2:]), outcome([])] == ["fail", "warn", "pass"]


# --- Nobody is blamed for nothing

FINE = {
    "nothing": [],
    "one": [asked(1, 0)],
    "waited": [asked(1, 0, status=429, retry_after="2"), asked(2, 2.5)],
    "waited a hair less": [asked(1, 0, status=429, retry_after="2"), asked(2, 2.46)],
    "waited as one of the two headers says": [
        asked(1, 0, status=429, retry_after="9", retry_after_ms="500"),
        asked(2, 1.0),
    ],
    "no such number": [asked(1, 0, status=503, retry_after="soon"), asked(2, 0.6)],
    "less than nothing": [asked(1, 0, status=503, retry_after="-3"), asked(2, 0.6)],
    "longer than anybody waits": [asked(1, 0, status=503, retry_after="1000000000"), asked(2, 0.6)],
    "a past date": [asked(1, 1e9, status=503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"), asked(2, 1e9 + 0.6)],
    "another request": [asked(1, 0, status=400), asked(2, 1.0, b"[]")],
    "another of two long ones": [
        asked(1, 0, status=400, body_bytes=99_999, body_sum=1),
        asked(2, 1.0, body_bytes=99_999, body_sum=2),
    ],
    "with another key": [asked(1, 0, status=401), asked(2, 1.0, headers=((b"Authorization", b"Bearer 2"),))],
    "another program": [asked(1, 0, status=400), asked(2, 1.0, headers=((b"User-Agent", b"b"),))],
    "another call": [
        asked(1, 0, status=400, headers=((b"Idempotency-Key", b"1"),)),
        asked(2, 1.0, headers=((b"Idempotency-Key", b"2"),)),
    ],
    "asked again later": [asked(1, 0, status=400), asked(2, 70.0)],
    "asked again by hand": [asked(1, 0, status=400), asked(2, 5.0, **BY_SDK(0))],
    "at the same time": [asked(1, 0, status=400), asked(2, 0.1)],
    "under way": [asked(1, 0, status=400, done=False), asked(2, 1.0)],
    "a load test": [asked(n, n, status=503, connection=1 + n % 3) for n in range(1, 40)],
    "a load test of connections": [
        asked(n, n, status=503, connection=n, connected=n - 0.9, seconds=0.2) for n in range(1, 40)
    ],
    "polling": [asked(n, n * 0.51, status=404, method="GET") for n in range(1, 40)],
    "the same question": [asked(n, n * 0.51) for n in range(1, 40)],
    "growing pauses": [asked(n, 2.0**n, status=503) for n in range(1, 10)],
    "pauses as told": [asked(n, n * 0.6, status=503, retry_after="0") for n in range(1, 10)],
    "drawn pauses": [asked(n, at, status=503) for n, at in enumerate((0.0, 0.55, 1.09, 1.8, 2.5), 1)],
    "a whole answer that the client wanted to be the last": [asked(1, 0, finish="fin", has_ids=True), asked(2, 1.0)],
    "whole": [asked(1, 0, has_ids=True), asked(2, 1.0)],
    "one write": [asked(1, 0, sizes=(1,), sent=1, late_us=array("i", [90_000]))],
    "left in time": [asked(1, 0, finish="hold", broken=True, seconds=100.0, broken_off="the client left")],
    "waits for an answer that comes": [
        asked(1, 0, done=False, sizes=(1, 1), sent=1, planned_us=(0, 10**9), broken=True),
    ],
    "an EventSource in no hurry": [asked(1, 0, **EVENTS, finish="hold", broken=True, seconds=999.0)],
    "a stream left for another": [asked(1, 0, **EVENTS, seconds=2.0), asked(2, 1.9, **EVENTS, connection=2)],
    "one that comes back": [asked(1, 0, **EVENTS, **GONE), asked(2, 3.0, **EVENTS, connection=2)],
    "posts side by side": [asked(n, 0.1 * n, seconds=9.0, connection=n, is_stream=True) for n in range(1, 9)],
    "204, and no more": [asked(1, 0, **EVENTS, **GONE), asked(2, 3.0, **EVENTS, status=204)],
}


@pytest.mark.parametrize("name", FINE)
def test_nobody_is_blamed_for_nothing(name: str) -> None:
    assert findings(FINE[name], answers=Told(), now=100) == []


# --- What was replayed

ENDED = Sent(replace(BEGUN.turn, done=True), 3)
FAILED = Sent(replace(BEGUN.turn, errors=("Overloaded",)), 3)
OPENED = Sent(stream(""), 1)
ODD = {"faults": ("error at=event:3",)}
LEFT = {"finish": "hold", "broken": True, "broken_off": "the client left"}
REPLAYED = [
    ("reset", GONE, BEGUN, {}, "fail", "was reset after 3 events, and asked again after 0.50 s"),
    ("closed", {"broken": True, "finish": "fin"}, BEGUN, {}, "fail", "broke off after 3 events"),
    ("without an end", ODD, BEGUN, {}, "fail", "ended without its end after 3 events"),
    ("an error amid it", ODD, FAILED, {}, "fail", "told of an error after 3 events"),
    ("a stall, and gave up", LEFT, BEGUN, {}, "warn", "fell silent after 3 events"),
    ("unknown events", GONE, Sent(events=2, is_known=False), {}, "fail", "was reset after 2 events"),
    ("by a loop around an SDK", GONE, BEGUN, BY_SDK(0), "warn", "was reset after 3 events"),
    ("nothing was said", GONE, OPENED, {}, "", ""),
    ("no event", GONE, Sent(is_known=False), {}, "", ""),
    ("whole", ODD, ENDED, {}, "", ""),
    ("as it was recorded", {}, BEGUN, {}, "", ""),
    ("left by itself", {"broken_off": "the client left"}, BEGUN, {}, "", ""),
    ("for the rest", GONE, replace(BEGUN, ids=("7",)), {"headers": SEEN}, "", ""),
    ("by hand", GONE, BEGUN, {"at": 30.0, **BY_SDK(0)}, "", ""),
]


@pytest.mark.parametrize(
    ("how", "sent", "again", "severity", "message"), [r[1:] for r in REPLAYED], ids=[r[0] for r in REPLAYED]
)
def test_a_post_that_is_asked_again(
    how: dict[str, object], sent: Sent, again: dict[str, object], severity: str, message: str
) -> None:
    records = [asked(1, 0, **how), asked(2, **{"at": 1.0, **again})]  # type: ignore[arg-type]
    found = findings(records, answers=Told(sent, ENDED.turn), now=100)
    assert [(one.check, one.severity) for one in found] == ([("post-replayed", severity)] if severity else [])
    assert not severity or found[0].message.startswith(message)


# --- What was waited for

SILENT = [
    ({"seconds": 500.0, "broken_off": "the server was stopped"}, "no answer came: stayed for 8 min 20 s, until the"),
    (
        {"sizes": (9, 9), "sent": 2, "planned_us": (0, 10**8), "seconds": 221.0},
        "nothing came behind 2 writes: stayed for 2",
    ),
    ({"done": False}, "no answer came: stayed for 16 min 40 s, and is still there"),
    ({"seconds": 130.0, "broken_off": "the client left"}, "no answer came: stayed for 2 min 10 s, and left then"),
]


@pytest.mark.parametrize(("how", "message"), SILENT)
def test_how_long_a_client_stayed(how: dict[str, object], message: str) -> None:
    records = [asked(1, 0, finish="hold", broken=True, **how)]
    (found,) = findings(records, answers=Told(), now=1000)
    assert found.message.startswith(message)
    assert findings(records, answers=Told(ENDED), now=1000) == [], "all was said, and the connection is in a pool"
    assert findings(records, answers=Told(), now=1000, patience_s=9999) == []
