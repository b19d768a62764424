"""The same bytes, cut elsewhere: exact chunks, exact times, and what can't be cut so."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, got, recording

from mocksse import limits
from mocksse.cassette.pacing import Pacing
from mocksse.errors import UsageError
from mocksse.replay.compile import Play
from mocksse.replay.draft import Context
from mocksse.replay.plan import FLUSH_GAP_US, Plan, join

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing

BODY = b"".join(CHAT)
ENDS = [sum(map(len, CHAT[: i + 1])) for i in range(len(CHAT))]
CRLF = b'data: {"a": 1}\r\n\r\nevent: x\r\ndata: {"b": "\xe2\x82\xac"}\r\n\r\n'


def cut(plan: Plan) -> list[int]:
    """Where the chunks end."""
    ends, at = [], 0
    for chunk in got(plan).chunks:
        at += len(chunk)
        ends.append(at)
    return ends


@pytest.mark.parametrize(
    ("spec", "body", "where"),
    [
        ("split", b"data: abcd\n\n", 6),
        ("split at=byte:1", b"data: abcd\n\n", 1),
        ("split at=percent:75", b"data: abcd\n\n", 9),
        ("split in=field", CRLF, 2),
        ("split in=field at=byte:3", CRLF, CRLF.index(b"event") + 2),
        ("split in=json", CRLF, CRLF.index(b": 1}")),
        ("split in=json at=byte:9", CRLF, 9),
        ("split in=json at=event:1", CRLF, CRLF.index(b'"b"') + 4),
        ("split in=crlf", CRLF, CRLF.index(b"\r") + 1),
        ("split in=crlf at=event:1", CRLF, CRLF.index(b"event: x") + 9),
        ("split in=newlines", CRLF, CRLF.index(b"\r\n\r\n") + 2),
        ("split in=newlines at=event:1", CRLF, len(CRLF) - 2),
        ("split in=utf8", CRLF, CRLF.index(b"\xe2") + 1),
        ("leading-bom; split in=bom", b"data: a\n\n", 1),
        ("leading-bom; split in=bom at=byte:2", b"data: a\n\n", 2),
    ],
)
def test_split_cuts_at_the_first_such_place(spec: str, body: bytes, where: int) -> None:
    plan = broken(spec, recording(body))
    assert cut(plan)[0] == where
    assert [write.flush for write in plan.writes if write.upto > 0] == [True, False, False]
    assert join(plan).alone[:3] == (False, True, False)


def test_inside_a_character_of_each_length() -> None:
    for text, offsets in (("ß", [1]), ("€", [1, 2]), ("🌍", [1, 2, 3])):
        body = b"data: " + text.encode() + b"\n\n"
        assert cut(broken("split in=utf8", recording(body)))[0] == 6 + len(text.encode()) // 2
        for offset in offsets:
            assert cut(broken(f"split in=utf8 at=byte:{6 + offset}", recording(body)))[0] == 6 + offset


def test_a_sweep_over_all_cuts() -> None:
    body = b"data: \xc3\xa4\r\n\r\n"
    for at in range(1, len(body)):
        plan = broken(f"split at=byte:{at}", recording(body))
        assert got(plan).chunks == (body[:at], body[at:])


def test_split_with_a_gap() -> None:
    """CHAT's second event is due at 120 ms; the third, once 130, follows as late as all else."""
    plan = broken(f"split at=byte:{ENDS[0] + 10} gap=2s")
    assert [(w.at_us, w.upto) for w in plan.writes][:5] == [
        (100_000, -1),
        (110_000, ENDS[0]),
        (120_000, ENDS[0] + 10),
        (2_120_000, ENDS[1]),
        (2_130_000, ENDS[2]),
    ]
    assert cut(plan) == sorted([*ENDS, ENDS[0] + 10])


@pytest.mark.parametrize("framing", ["length", "close"])
def test_without_chunks_the_halves_are_two_writes(framing: Framing) -> None:
    plan = broken("split at=byte:20", recording(BODY, framing=framing), pacing=Pacing(speed=inf))
    sends = join(plan)
    assert sends.data[1:] == (BODY[:20], BODY[20:])
    assert sends.alone[1:] == (True, False)
    assert sends.at_us[2] - sends.at_us[1] >= FLUSH_GAP_US


@pytest.mark.parametrize(
    ("spec", "body", "reason"),
    [
        ("split at=event:0", BODY, "one side of this place only"),
        ("split at=end", BODY, "one side of this place only"),
        ("split in=crlf", BODY, "no place between CR and LF in this body"),
        ("split in=bom", BODY, "no place inside a byte order mark"),
        ("leading-bom; split in=bom at=byte:5", BODY, "no place inside a byte order mark at or behind"),
        ("split in=utf8", b"data: a\n\n", "no place inside a character of several bytes"),
        ("split in=json", b"data: a\n\n", "no place inside an event's JSON"),
        ("split in=utf8 at=percent:99", BODY, "at or behind this one"),
        ("split at=byte:20; split at=byte:20", BODY, "cut there already"),
        ("byte-at-a-time at=end", BODY, "no byte is behind this place"),
        ("byte-at-a-time; byte-at-a-time", BODY, "cut so already"),
        ("rechunk size=8 upto=7", BODY, "upto= is less than size="),
        ("rechunk size=1MiB", BODY, "cut so already"),
        ("coalesce", BODY, "cut so already"),
    ],
)
def test_refused(spec: str, body: bytes, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        broken(spec, recording(body))


@pytest.mark.parametrize("word", ["field", "newlines"])
def test_only_sse_has_fields(word: str) -> None:
    with pytest.raises(UsageError, match="needs server-sent events, and this is NDJSON"):
        broken(f"split in={word}", recording(b'{"a":1}\n', content_type="application/x-ndjson"))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-ndjson", b'{"a":"b"}\n'),
        ("application/json", b'[{"a":"b"}]'),
    ],
)
def test_json_of_other_bodies(content_type: str, body: bytes) -> None:
    where = cut(broken("split in=json", recording(body, content_type=content_type)))[0]
    assert body.index(b"{") < where < body.index(b"}")


def test_byte_at_a_time() -> None:
    plan = broken("byte-at-a-time")
    assert cut(plan) == list(range(1, len(BODY) + 1))
    due = [at for at, _ in _due(plan)]
    assert due == [100_000 + 10_000 * (1 + sum(end <= i for end in ENDS)) for i in range(len(BODY))]
    assert not any(write.flush for write in plan.writes)


def test_byte_at_a_time_from_a_place_on() -> None:
    plan = broken("byte-at-a-time at=event:4")
    assert cut(plan) == [*ENDS[:4], *range(ENDS[3] + 1, ENDS[4] + 1)]


@pytest.mark.parametrize(
    ("spec", "framing", "flushed"),
    [
        ("byte-at-a-time", "chunked", False),
        ("byte-at-a-time", "length", True),
        ("byte-at-a-time flush=yes", "chunked", True),
        ("byte-at-a-time flush=no", "close", False),
        ("rechunk size=4", "close", True),
        ("rechunk size=4 upto=9", "chunked", False),
    ],
)
def test_parts_are_by_themselves_where_nothing_else_tells_them_apart(
    spec: str, framing: Framing, flushed: bool
) -> None:
    plan = broken(spec, recording(BODY, framing=framing))
    parts = [write.flush for write in plan.writes if 0 <= write.upto < len(BODY)]
    assert set(parts) == {flushed}


def test_without_chunks_towards_http_1_0() -> None:
    plan = broken("rechunk size=100", context=Context(http="1.0"))
    assert [write.upto for write in plan.writes] == [-1, *range(100, len(BODY), 100), len(BODY)]
    assert all(write.flush for write in plan.writes[1:])


def test_parts_are_counted_as_they_are_drawn() -> None:
    tape = recording(b"data: " + b"x" * 2_000_000 + b"\n\n")
    chunks = got(broken("rechunk size=1 upto=100000", tape)).chunks
    assert 20 <= len(chunks) <= 100, "and not one for each of two million bytes"
    assert b"".join(chunks) == tape.response.body
    for spec in ("rechunk size=1", "rechunk size=1 upto=2"):
        with pytest.raises(UsageError, match=f"more than {limits.MAX_PLAN_WRITES:,}"):
            broken(spec, tape)


def test_too_many_bytes() -> None:
    tape = recording(b"data: " + b"x" * 1_000_000 + b"\n\n")
    with pytest.raises(UsageError, match=f"1,000,008 bytes are more than {limits.MAX_PLAN_WRITES:,} parts"):
        broken("byte-at-a-time", tape)


def test_rechunk() -> None:
    plan = broken("rechunk size=100")
    ends = [*range(100, len(BODY), 100), len(BODY)]
    assert cut(plan) == ends
    due = {upto: at for at, upto in _due(plan)}
    assert due == {end: 110_000 + 10_000 * next(i for i, e in enumerate(ENDS) if e >= end) for end in ends}


def test_rechunk_to_drawn_sizes() -> None:
    plan = broken("rechunk size=3 upto=17")
    sizes = [b - a for a, b in pairwise([0, *cut(plan)])]
    assert set(sizes[:-1]) <= set(range(3, 18))
    assert len(set(sizes)) > 5
    assert plan.digest == broken("rechunk size=3 upto=17").digest
    assert plan.digest != broken("rechunk size=3 upto=17", play=Play(seed=1)).digest


@pytest.mark.parametrize(
    ("spec", "ends"),
    [
        ("coalesce", [ENDS[4]]),
        ("coalesce events=2", [ENDS[1], ENDS[3], ENDS[4]]),
        ("coalesce events=4", [ENDS[3], ENDS[4]]),
        ("coalesce events=100", [ENDS[4]]),
    ],
)
def test_coalesce(spec: str, ends: list[int]) -> None:
    plan = broken(spec)
    assert cut(plan) == ends
    assert _due(plan) == [(110_000 + 10_000 * ENDS.index(end), end) for end in ends]


def test_what_is_behind_the_last_event_stays_with_it() -> None:
    chunks = (b"data: 1\n\n", b"data: 2\n\n", b": bye\n\n")
    assert cut(broken("coalesce events=1", recording(*chunks))) == [9, 25]
    array = (b"[1", b",2", b"]")
    assert cut(broken("coalesce events=1", recording(*array, content_type="application/json"))) == [2, 5]


def test_events_apart_again() -> None:
    assert cut(broken("coalesce events=1", recording(BODY))) == ENDS


def _due(plan: Plan) -> list[tuple[int, int]]:
    """(time, offset) of each part of the body."""
    found = {write.upto: write.at_us for write in reversed(plan.writes) if write.upto > 0}
    return sorted((at, upto) for upto, at in found.items())
