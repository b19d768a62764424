"""The ring of records, and what is told of one: bounded in number and in bytes, and nothing secret in it."""

from __future__ import annotations

import json
from array import array

import pytest

from mocksse import limits
from mocksse.server.described import described
from mocksse.server.journal import Journal, Record

KEY = "sk-proj-4f9Xk2LmQ8vT1zR7bNc3"
HEADERS = ((b"Authorization", f"Bearer {KEY}".encode()), (b"Content-Type", b"application/json"), (b"X-Odd", b"\xff"))


def record(number: int, body: bytes = b"{}", **more: object) -> Record:
    made = Record(number, "default", 1.5, 3, "POST", "/v1/chat/completions", HEADERS, body, len(body))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def filled(count: int, size: int = 5, budget: int = limits.MAX_JOURNAL_BYTES, body: bytes = b"") -> Journal:
    journal = Journal(size, budget)
    for number in range(1, count + 1):
        journal.add(record(number, body))
    return journal


# --- The ring


def test_it_keeps_the_last_ones_and_counts_all() -> None:
    journal = filled(12)
    assert [r.number for r in journal] == [8, 9, 10, 11, 12]
    assert journal.begun == 12
    assert [journal.get(n) and journal.get(n).number for n in (7, 8, 12, 13, 0, -1)] == [None, 8, 12, None, None, None]


def test_large_ones_are_fewer() -> None:
    journal = filled(20, size=100, budget=100_000, body=b"x" * 20_000)
    assert 3 <= len(journal) <= 4
    assert len(filled(3, budget=1)) == 1, "the last one stays, whatever its size"


def test_what_grows_is_weighed_again() -> None:
    journal = filled(4, size=100, budget=100_000)
    last = journal.get(4)
    assert last is not None
    last.sizes = tuple(range(2900))
    journal.weigh(last)
    assert [r.number for r in journal] == [3, 4]
    gone = record(1, sizes=tuple(range(3000)))
    journal.weigh(gone)
    assert [r.number for r in journal] == [3, 4]


def test_cleared_it_counts_from_the_start() -> None:
    journal = filled(3)
    journal.clear()
    assert (len(journal), journal.begun, journal.get(1)) == (0, 0, None)
    journal.add(record(1))
    assert [r.number for r in journal] == [1]
    assert journal._weight == record(1).weight


# --- As JSON


def test_a_request_is_told_without_its_credentials() -> None:
    body = json.dumps({"model": "m", "api_key": KEY, "messages": [{"role": "user", "content": f"my key is {KEY}"}]})
    asked = record(1, body.encode(), target=f"/v1/x?key={KEY}&alt=sse")
    told = json.dumps(described(asked))
    assert KEY not in told
    value = json.loads(told)
    assert value["path"] == f"/v1/x?key={'x' * len(KEY)}&alt=sse"
    assert value["headers"] == [["content-type", "application/json"]]
    assert value["body"]["json"]["messages"][0]["content"] == f"my key is {'x' * len(KEY)}"
    assert asked.body == body.encode(), "the record itself stays"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", None),
        (b'{"a": [1, "\xc3\xbc"]}', {"json": {"a": [1, "ü"]}}),
        (b"plain", {"text": "plain"}),
        (b"\xff\x00", {"base64": "/wA="}),
        (b'{"a": NaN}', {"text": '{"a": NaN}'}),
        (b'{"a": ', {"text": '{"a": '}),
    ],
)
def test_a_body_is_json_text_or_base64(body: bytes, told: object) -> None:
    value = described(record(1, body))
    assert value.get("body") == told
    assert value["body_bytes"] == len(body)
    json.dumps(value, allow_nan=False)


def test_writes_are_told_as_planned_and_as_made() -> None:
    times = array("i", [200, 0, 0])
    played = record(1, planned_us=(0, 1000, 2500), sizes=(80, 10, 5), sent=2, late_us=times, end_us=2500, kind="played")
    value = described(played)
    assert value["writes"] == [
        {"bytes": 80, "planned_ms": 0.0, "written_ms": 0.2},
        {"bytes": 10, "planned_ms": 1.0, "written_ms": 1.0},
        {"bytes": 5, "planned_ms": 2.5, "written_ms": None},
    ]
    assert (value["sent"], value["planned"], value["end"]["at_ms"]) == (2, 3, 2.5)
    assert "writes" not in described(played, writes=False)


def test_nobody_planned_a_relayed_answer() -> None:
    relayed = record(1, planned_us=(700,), sizes=(80,), sent=1, kind="relayed")
    assert described(relayed)["writes"] == [{"bytes": 80, "planned_ms": None, "written_ms": 0.7}]
