from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.importers import chunks
from mocksse.cassette.importers.chunks import Chunk, cut
from mocksse.cassette.model import Piece
from mocksse.errors import UsageError
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from pathlib import Path

FRAME = eventstream.encode([(":event-type", "chunk")], b"{}")


def split(body: bytes, content_type: str, chunk: Chunk = "event") -> list[bytes]:
    return [piece.data for piece in cut([Piece(0, body)], content_type, chunk)]


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream", [b"data: a\n\n", b"event: x\ndata: b\n\n"]),
        ("text/event-stream", [b"\xef\xbb\xbfdata: a\r\n\r\n", b"data: b\r\n\r\n"]),
        ("text/event-stream", [b"data: a\r\r", b"data: b\r\r"]),
        ("text/event-stream", [b": ping\n\n", b"data: a\n\n", b": ping\n\n", b"data: b"]),
        ("text/event-stream", [b": with\nretry: 1\ndata: a\n\n", b"id: 1\n\n", b"event: x\n\n"]),
        ("text/event-stream", [b"data: a\n\n\n\n", b"data: b\n\n\n"]),
        ("text/event-stream", [b"\n", b"data: a\n\n"]),
        ("text/event-stream", [b"data: a\n\n", b"data: unfinished\n"]),
        ("application/x-ndjson", [b'{"a": 1}\n', b'{"b": 2}\r\n\n\n', b'{"c": 3}']),
        ("application/json", [b'[{"a": 1}', b'\n,\r\n{"b": [1, 2]}', b"\n]\n"]),
        ("application/json", [b'{"a": [1,\n2]}']),
        ("application/json", [b"[]"]),
        ("application/json", [b'[{"a": 1}', b', {"b": 2']),
        ("application/vnd.amazon.eventstream", [FRAME, FRAME, b"\0\0"]),
        ("text/html", [b"<html>\n\n</html>"]),
        ("", [b"data: a\n\n", b"data: b\n\n"]),
        ("", [b'{"a": 1}\n', b'{"b": 2}\n']),
    ],
)
def test_one_chunk_an_event(content_type: str, expected: list[bytes]) -> None:
    assert split(b"".join(expected), content_type) == expected


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        ("whole", [b"data: a\n\n1"]),
        (1, [b"d", b"a", b"t", b"a", b":", b" ", b"a", b"\n", b"\n", b"1"]),
        (3, [b"dat", b"a: ", b"a\n\n", b"1"]),
        (5, [b"data:", b" a\n\n1"]),
        (10, [b"data: a\n\n1"]),
        (1000, [b"data: a\n\n1"]),
    ],
)
def test_whole_and_so_many_bytes(chunk: Chunk, expected: list[bytes]) -> None:
    assert split(b"data: a\n\n1", "text/event-stream", chunk) == expected


def test_no_byte_is_no_chunk() -> None:
    for chunk in ("event", "whole", 7):
        assert cut([], "text/event-stream", chunk) == ()
        assert cut([Piece(5, b"")], "", chunk) == ()


def test_a_chunk_is_there_when_its_last_byte_is() -> None:
    pieces = [Piece(10, b"data: a\n", more=True), Piece(5, b"\ndata: b\n\nda"), Piece(0, b""), Piece(7, b"ta: c\n\n")]
    assert cut(pieces, "text/event-stream", "event") == (
        Piece(15, b"data: a\n\n"),
        Piece(0, b"data: b\n\n"),
        Piece(7, b"data: c\n\n"),
    )
    assert cut(pieces, "", "whole") == (Piece(22, b"data: a\n\ndata: b\n\ndata: c\n\n"),)


@given(
    body=st.lists(st.sampled_from([b"data: a", b"\n", b"\r", b"\r\n", b":", b"{}", b"[", b"]", b",", b'"', b"\0"])),
    chunk=st.sampled_from(["event", "whole"]) | st.integers(1, 9),
    kind=st.sampled_from(["", "text/event-stream", "application/x-ndjson", "application/json", "text/plain"]),
)
def test_every_byte_is_in_one_chunk(body: list[bytes], chunk: Chunk, kind: str) -> None:
    pieces = cut([Piece(3, part) for part in body], kind, chunk)
    assert b"".join(piece.data for piece in pieces) == b"".join(body)
    assert all(piece.data and piece.after_us >= 0 for piece in pieces)
    if isinstance(chunk, int):
        assert all(len(piece.data) == chunk for piece in pieces[:-1])


def test_more_chunks_than_can_be_loaded_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MAX_CHUNKS", 10)
    assert len(split(b"x" * 10, "", 1)) == 10
    with pytest.raises(UsageError, match="11 chunks are more than a cassette holds"):
        split(b"x" * 11, "", 1)
    with pytest.raises(UsageError, match="11 chunks"):
        split(b"data: a\n\n" * 11, "", "event")


def test_a_recorded_stream_in_chunks_of_every_kind(streams: Path) -> None:
    paths = sorted(streams.rglob("*.sse"))
    assert paths
    for path in paths:
        body = path.read_bytes()
        if not body:
            continue
        found = split(body, "text/event-stream")
        assert b"".join(found) == body, path
        ends = set(accumulate(map(len, found)))
        assert all(body[end - 1 : end] in b"\r\n" for end in ends - {len(body)}), path
