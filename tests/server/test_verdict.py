"""What a journal says of a client, and of no client that did nothing wrong."""

from __future__ import annotations

from array import array

import pytest

from mocksse.server.journal import Record
from mocksse.server.verdict import CHECKS, findings


def asked(number: int, at: float, body: bytes = b"{}", **more: object) -> Record:
    made = Record(number, "default", at, 1, "POST", "/v1/x", (), body, len(body))
    made.kind, made.status, made.done, made.finish, made.seconds = "played", 200, True, "complete", 0.5
    for name, value in more.items():
        setattr(made, name, value)
    return made


LATE = array("i", [0] * 9 + [60_000])
SEEN = ((b"Last-Event-Id", b"7"),)

CASES = {
    "unmatched": [asked(1, 0, kind="missed", status=404)],
    "retry-after-ignored": [asked(1, 0, status=429, retry_after="2"), asked(2, 1.0)],
    "retried-for-good": [asked(1, 0, status=400), asked(2, 9.0)],
    "last-event-id-missing": [asked(1, 0, finish="reset", broken=True, has_ids=True), asked(2, 1.0)],
    "server-late": [asked(1, 0, sizes=(1,) * 10, sent=10, late_us=LATE)],
}


def test_there_is_a_case_for_each() -> None:
    assert set(CASES) == set(CHECKS)


@pytest.mark.parametrize("check", CASES)
def test_what_is_wrong_is_found(check: str) -> None:
    (found,) = findings(CASES[check])
    assert found.check == check
    assert found.requests == tuple(record.number for record in CASES[check])


FINE = {
    "nothing": [],
    "one": [asked(1, 0)],
    "waited": [asked(1, 0, status=429, retry_after="2"), asked(2, 2.5)],
    "waited a hair less": [asked(1, 0, status=429, retry_after="2"), asked(2, 2.46)],
    "no such number": [asked(1, 0, status=503, retry_after="soon"), asked(2, 0.6)],
    "a past date": [asked(1, 1e9, status=503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT"), asked(2, 1e9 + 0.6)],
    "another request": [asked(1, 0, status=400), asked(2, 1.0, b"[]")],
    "at the same time": [asked(1, 0, status=400), asked(2, 0.1)],
    "under way": [asked(1, 0, status=400, done=False), asked(2, 1.0)],
    "a whole answer that the client wanted to be the last": [asked(1, 0, finish="fin", has_ids=True), asked(2, 1.0)],
    "with the id": [asked(1, 0, finish="reset", broken=True, has_ids=True), asked(2, 1.0, headers=SEEN)],
    "without ids": [asked(1, 0, finish="reset", broken=True), asked(2, 1.0)],
    "whole": [asked(1, 0, has_ids=True), asked(2, 1.0)],
    "one write": [asked(1, 0, sizes=(1,), sent=1, late_us=array("i", [90_000]))],
}


@pytest.mark.parametrize("name", FINE)
def test_nobody_is_blamed_for_nothing(name: str) -> None:
    assert findings(FINE[name]) == []


def test_a_date_asks_to_wait_too() -> None:
    at = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT
    later = "Sun, 06 Nov 1994 08:49:47 GMT"
    (found,) = findings([asked(1, at, status=503, retry_after=later), asked(2, at + 3)])
    assert found.message == "asked to wait 9.5 s, came back after 2.50 s"


def test_they_come_in_the_order_of_the_requests() -> None:
    records = [asked(1, 0, kind="missed", status=404), asked(2, 1, b"2", status=422), asked(3, 9, b"2")]
    assert [found.requests for found in findings(records)] == [(1,), (2, 3)]
