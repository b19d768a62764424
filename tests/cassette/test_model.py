"""What a Response says of itself, derived from its pieces."""

from __future__ import annotations

import pytest

from mocksse.cassette.model import Cassette, End, Headers, Interaction, Piece, Request, Response

PIECES = (Piece(200, b"ab", more=True), Piece(300, b"c"), Piece(0, b""), Piece(5, b"d", of=9))
RESPONSE = Response(200, (), "chunked", PIECES, End(40, "cut", (Piece(7, b"rest"),)), 1000)


def test_derived() -> None:
    assert RESPONSE.body == b"abcd"
    assert RESPONSE.piece_times_us == (1200, 1500, 1500, 1505)
    assert RESPONSE.end_us == 1545
    assert RESPONSE.chunks == 3


def test_derived_of_nothing() -> None:
    empty = Response(204, (), "length", ())
    assert (empty.body, empty.piece_times_us, empty.end_us, empty.chunks) == (b"", (), 0, 0)


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ((), ""),
        (((b"Content-Type", b"text/event-stream"),), "text/event-stream"),
        (((b"content-type", b" Text/HTML ; charset=utf-8"), (b"Content-Type", b"x/y")), "text/html"),
        (((b"CONTENT-TYPE", b"\xff"),), "\ufffd"),
    ],
)
def test_content_type(headers: Headers, content_type: str) -> None:
    assert Response(200, headers, "close", ()).content_type == content_type


def test_where_a_cassette_came_from_is_no_part_of_it() -> None:
    interactions = (Interaction("a", Request("/"), RESPONSE),)
    assert Cassette(interactions, source="a.yaml") == Cassette(interactions, source="b.yaml")
    assert list(Cassette(interactions)) == list(interactions)
