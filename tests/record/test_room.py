"""What the recorder counts is never less than what the cassette takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.dump import dump_interaction
from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.cassette.seen import ChunkDone, DataSeen, EndSeen, HeadSeen
from mocksse.record.room import Room

if TYPE_CHECKING:
    import pytest

_STYLES = [b"data: {\"a\": 'b'}\n\n", b"data:x\r\n\r\n", b"data: \r\r", b":\n\n", b"id: 1\nretry: 2\ndata: 3\n\n"]
_data = st.one_of(
    st.binary(min_size=1, max_size=60),
    st.text(min_size=1, max_size=40).map(str.encode),
    st.lists(st.sampled_from(_STYLES), min_size=1, max_size=9).map(b"".join),
    st.sampled_from([b"\n" * 50, b'{"a": 1}\n', b"\x85\x01" * 30, "\x85\x7f".encode() * 30, b'"\\' * 40, b"a\n" * 40]),
)
_field = st.tuples(st.binary(min_size=1, max_size=9), st.binary(max_size=30))


def interaction(
    pieces: list[bytes], rest: list[bytes], headers: list[tuple[bytes, bytes]], trailers: list[tuple[bytes, bytes]]
) -> Interaction:
    kept = tuple(Piece(123_456_789, data, more=True) for data in pieces)
    end = End(123_456, "stopped", tuple(Piece(123_456_789, data) for data in rest))
    response = Response(200, tuple(headers), "chunked", kept, end, trailers=tuple(trailers))
    return Interaction("name", Request("/x"), response)


def nodes(text: str) -> int:
    return sum(not isinstance(event, yaml.CollectionEndEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(_data, max_size=6), st.lists(_data, max_size=2), st.lists(_field, max_size=3), st.lists(_field, max_size=2)
)
def test_it_counts_enough(
    pieces: list[bytes], rest: list[bytes], headers: list[tuple[bytes, bytes]], trailers: list[tuple[bytes, bytes]]
) -> None:
    empty = "interactions:\n" + dump_interaction(interaction([], [], [], []))
    full = "interactions:\n" + dump_interaction(interaction(pieces, rest, headers, trailers))
    before = Room(len(empty.encode()))
    room = Room(len(empty.encode()))
    assert room.take(HeadSeen(1, 200, b"OK", "1.1", tuple(headers), "chunked"))
    for data in pieces:
        assert room.take(DataSeen(1, data))
    for data in rest:
        assert room.take(DataSeen(1, data, rest=True))
    assert room.take(ChunkDone())
    assert room.take(EndSeen(1, "stopped", tuple(trailers)))
    # `of`, an sse style, a reason and the keys of trailers and rest are in the reserve.
    assert len(full.encode()) - len(empty.encode()) <= before.left - room.left + 256
    assert nodes(full) - nodes(empty) <= before._nodes - room._nodes + 100


def test_what_does_not_fit_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 1000)
    room = Room(300)
    left = room.left
    assert not room.take(DataSeen(1, b"x" * 500))
    assert room.left == left
    assert room.take(DataSeen(1, b"x" * 100))
    assert 100 <= left - room.left <= 200
    assert Room(1001).left < 0


def test_a_million_small_events_are_too_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_YAML_NODES", 1000)
    room = Room(0)
    taken = 0
    while room.take(DataSeen(1, b"data: x\n\n" * 10)):
        taken += 1
    assert 10 < taken < 30
