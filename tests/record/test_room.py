"""What the recorder counts is never less than what the cassette takes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.dump import dump_interaction
from mocksse.cassette.load import loads
from mocksse.cassette.model import End, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.seen import ChunkDone, DataSeen, EndSeen, HeadSeen
from mocksse.errors import CassetteError
from mocksse.record.room import Room, cost_of_request, count_nodes

_STYLES = [b"data: {\"a\": 'b'}\n\n", b"data:x\r\n\r\n", b"data: \r\r", b":\n\n", b"id: 1\nretry: 2\ndata: 3\n\n"]
_data = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.text(min_size=1, max_size=40).map(str.encode),
    st.lists(st.sampled_from(_STYLES), min_size=1, max_size=9).map(b"".join),
    st.sampled_from([b"\n" * 50, b'{"a": 1}\n', b"\x85\x01" * 30, "\x85\x7f".encode() * 30, b'"\\' * 40, b"a\n" * 40]),
)
_text = st.text(st.characters(codec="utf-8"), max_size=20)
_short_lines = st.lists(st.sampled_from(["a", "", "'\"", "\x7f"]), max_size=20).map("\n".join)
_field = st.tuples(st.binary(min_size=1, max_size=9), st.binary(max_size=30))


def interaction(
    pieces: list[bytes], rest: list[bytes], headers: list[tuple[bytes, bytes]], trailers: list[tuple[bytes, bytes]]
) -> Interaction:
    kept = tuple(Piece(123_456_789, data, more=True) for data in pieces)
    end = End(123_456, "stopped", tuple(Piece(123_456_789, data) for data in rest))
    response = Response(200, tuple(headers), "chunked", kept, end, trailers=tuple(trailers))
    return Interaction("name", Request("/x"), response)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(_data, max_size=6), st.lists(_data, max_size=2), st.lists(_field, max_size=3), st.lists(_field, max_size=2)
)
def test_it_counts_enough(
    pieces: list[bytes], rest: list[bytes], headers: list[tuple[bytes, bytes]], trailers: list[tuple[bytes, bytes]]
) -> None:
    empty = "interactions:\n" + dump_interaction(interaction([], [], [], []))
    full = "interactions:\n" + dump_interaction(interaction(pieces, rest, headers, trailers))
    before, room = Room(), Room()
    assert room.take(HeadSeen(1, 200, b"OK", "1.1", tuple(headers), "chunked"))
    for data in pieces:
        assert room.take(DataSeen(1, data))
    for data in rest:
        assert room.take(DataSeen(1, data, rest=True))
    assert room.take(ChunkDone())
    assert room.take(EndSeen(1, "stopped", tuple(trailers)))
    # `of`, an sse style, a reason and the keys of trailers and rest are in the reserve.
    assert len(full.encode()) - len(empty.encode()) <= before._bytes - room._bytes + 256
    assert count_nodes(full, "full") - count_nodes(empty, "empty") <= before._nodes - room._nodes + 8


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text | _short_lines,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(
    _data | _json.map(lambda value: json.dumps(value).encode()) | st.none(), st.lists(st.tuples(_text, _text)), _text
)
def test_of_a_request_too(body: bytes | None, headers: list[tuple[str, str]], path: str) -> None:
    request = Request(f"/{path}", "POST", tuple(headers), body)
    recorded = Recorded("2026-11-22T09:43:18.120Z", "https://api.example.org:8443", "mocksse 0.1.0")
    text = dump_interaction(Interaction("n" * 48, request, Response(200, (), "length", ()), recorded))
    size, nodes = cost_of_request(request)
    assert len(text.encode()) <= size
    assert count_nodes(text, "it") <= nodes


@pytest.mark.parametrize("depth", [1, 8, 14])
def test_of_a_prompt_of_short_lines(depth: int) -> None:
    value: object = "a\n" * 2000 + "\x01" * 100
    for _ in range(depth):
        value = {"k": [value]} if depth < 8 else [value]
    request = Request("/", "POST", (), json.dumps(value).encode())
    text = dump_interaction(Interaction("n", request, Response(200, (), "length", ())))
    assert len(text.encode()) <= cost_of_request(request)[0] < 20 * len(text)


def test_what_does_not_fit_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 1000)
    room = Room(300)
    left = room._bytes
    assert not room.take(DataSeen(1, b"x" * 500))
    assert room.lacks == "0.000953674 MiB"
    assert room._bytes == left
    assert room.take(DataSeen(1, b"x" * 100))
    assert room.lacks == ""
    assert 100 <= left - room._bytes <= 200
    assert Room(1001).lacks
    assert not Room(700).lacks


def test_a_million_small_events_are_too_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_YAML_NODES", 1000)
    room = Room()
    taken = 0
    while room.take(DataSeen(1, b"data: x\n\n" * 10)):
        taken += 1
    assert 30 < taken < 40
    assert room.lacks == "1,000 values"
    assert Room(0, 801).lacks == "1,000 values"


@pytest.mark.parametrize("data", [b"a", b"\xff", b"data: x\n\n", b'{"a": 1}\n'])
def test_a_tiny_piece_takes_no_more_than_an_entry_of_its_own(data: bytes) -> None:
    before, room = Room(), Room()
    assert room.take(DataSeen(1, data))
    assert before._nodes - room._nodes == 4


def test_nodes_are_counted_as_loading_does(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'interactions:\n  - path: /x\n    stream: [{data: {"a": [1, 2]}}, {after_ms: 1, events: [{data: x}]}]\n'
    count = count_nodes(text, "f")
    monkeypatch.setattr(limits, "MAX_YAML_NODES", count)
    assert loads(text.encode())
    monkeypatch.setattr(limits, "MAX_YAML_NODES", count - 1)
    with pytest.raises(CassetteError, match="more than"):
        loads(text.encode())
