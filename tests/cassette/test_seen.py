"""What a recorder saw becomes the Response that it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cassette_strategies import RESPONSES
from hypothesis import given, settings

from mocksse.cassette.model import End, Piece, Response
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen, build
from mocksse.wire.http1_encode import standard_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = HeadSeen(1000, 200, b"OK", "1.1", ((b"a", b"b"),), "chunked")
RESPONSE = Response(200, ((b"a", b"b"),), "chunked", (), End(0, "stopped"), 1000)


@pytest.mark.parametrize(
    ("seen", "pieces", "end"),
    [
        # Nothing more came.
        ([], (), End(0, "stopped")),
        ([EndSeen(1500, "complete")], (), End(500, "complete")),
        # A chunk, and two reads of one.
        (
            [ChunkSeen(2), DataSeen(1200, b"ab"), ChunkDone(), EndSeen(1300, "complete")],
            (Piece(200, b"ab"),),
            End(100, "complete"),
        ),
        (
            [ChunkSeen(3), DataSeen(1200, b"ab"), DataSeen(1900, b"c"), ChunkDone(), EndSeen(1900, "complete")],
            (Piece(200, b"ab", more=True), Piece(700, b"c")),
            End(0, "complete"),
        ),
        # No chunks at all.
        (
            [DataSeen(1001, b"a"), DataSeen(1002, b"b"), EndSeen(1003, "cut")],
            (Piece(1, b"a"), Piece(1, b"b")),
            End(1, "cut"),
        ),
        # A chunk that was cut: in its middle, before its first byte, behind a whole one.
        ([ChunkSeen(9), DataSeen(1200, b"ab"), EndSeen(1300, "cut")], (Piece(200, b"ab", of=9),), End(100, "cut")),
        (
            [ChunkSeen(9), DataSeen(1200, b"a"), DataSeen(1201, b"b")],
            (Piece(200, b"a", more=True), Piece(1, b"b", of=9)),
            End(0, "stopped"),
        ),
        ([ChunkSeen(9), EndSeen(1300, "reset")], (Piece(0, b"", of=9),), End(300, "reset")),
        (
            [ChunkSeen(1), DataSeen(1200, b"a"), ChunkDone(), ChunkSeen(9), EndSeen(1300, "idle")],
            (Piece(200, b"a"), Piece(0, b"", of=9)),
            End(100, "idle"),
        ),
        # A chunk that nothing was seen of is none.
        ([ChunkSeen(1), ChunkDone(), EndSeen(1300, "complete")], (), End(300, "complete")),
        # Behind the end, and before it where the framing broke.
        (
            [EndSeen(1300, "complete"), DataSeen(1500, b"x", rest=True), DataSeen(1600, b"y", rest=True)],
            (),
            End(300, "complete", (Piece(200, b"x"), Piece(100, b"y"))),
        ),
        (
            [DataSeen(1100, b"a"), *(DataSeen(at, b"x", rest=True) for at in (1200, 1250)), EndSeen(1900, "malformed")],
            (Piece(100, b"a"),),
            End(800, "malformed", (Piece(0, b"x"), Piece(50, b"x"))),
        ),
    ],
)  # fmt: skip
def test_build(seen: list[Seen], pieces: tuple[Piece, ...], end: End) -> None:
    assert build([HEAD, *seen]) == replace(RESPONSE, pieces=pieces, end=end)


def test_nothing_without_a_head() -> None:
    assert build([]) is None
    assert build([EndSeen(0, "cut")]) is None


@pytest.mark.parametrize(
    ("status", "reason", "kept"), [(200, b"OK", None), (200, b"Fine", b"Fine"), (299, b"", None), (200, b"", b"")]
)
def test_only_an_unusual_reason_is_kept(status: int, reason: bytes, kept: bytes | None) -> None:
    response = build([replace(HEAD, status=status, reason=reason)])
    assert response is not None
    assert response.reason == kept


def test_trailers_come_with_the_end() -> None:
    response = build([HEAD, EndSeen(1000, "complete", ((b"x", b"y"),))])
    assert response is not None
    assert response.trailers == ((b"x", b"y"),)


def items(response: Response) -> Iterator[Seen]:
    """The response as a recorder would have seen it."""
    at_us = response.head_after_us
    reason = standard_reason(response.status) if response.reason is None else response.reason
    yield HeadSeen(at_us, response.status, reason, response.http, response.headers, response.framing)
    opened = False
    for piece in response.pieces:
        at_us += piece.after_us
        if response.framing == "chunked" and not opened:
            yield ChunkSeen(piece.of or len(piece.data))
        yield DataSeen(at_us, piece.data)
        opened = piece.more
        if response.framing == "chunked" and not opened and piece.of is None:
            yield ChunkDone()
    at_us += response.end.after_us
    yield EndSeen(at_us, response.end.how, response.trailers)
    for piece in response.end.rest:
        at_us += piece.after_us
        yield DataSeen(at_us, piece.data, rest=True)


def possible(response: Response) -> Response:
    """The nearest response that a recorder can have seen."""
    chunked = response.framing == "chunked"
    last = len(response.pieces) - 1
    pieces = tuple(
        replace(p, more=chunked and p.more and i < last, of=p.of if chunked and i == last else None)
        for i, p in enumerate(response.pieces)
    )
    if pieces and pieces[-1].of is not None:
        pieces = (*(replace(p, more=False) for p in pieces[:-1]), pieces[-1])
    usual = response.reason == standard_reason(response.status)
    return replace(response, pieces=pieces, reason=None if usual else response.reason)


@settings(max_examples=200, deadline=None)
@given(RESPONSES)
def test_what_is_possible_comes_back(response: Response) -> None:
    response = possible(response)
    assert build(items(response)) == response
