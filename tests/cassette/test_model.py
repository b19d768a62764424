"""What a Response says of itself, derived from its pieces."""

from __future__ import annotations

import pytest

from mocksse.cassette.model import Cassette, End, Ending, Headers, Interaction, Piece, Request, Response

PIECES = (Piece(200, b"ab", more=True), Piece(300, b"c"), Piece(0, b""), Piece(5, b"d", of=9))
RESPONSE = Response(200, (), "chunked", PIECES, End(40, "cut", (Piece(7, b"rest"),)), 1000)


def test_derived() -> None:
    assert RESPONSE.body == b"abcd"
    assert RESPONSE.size == 4
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


@pytest.mark.parametrize(
    ("status", "how", "failed"),
    [(200, "complete", False), (204, "stopped", False), (399, "complete", False), (400, "complete", True)]
    + [(200, how, True) for how in ("cut", "reset", "idle", "malformed")],
)
def test_what_counts_as_failed(status: int, how: Ending, failed: bool) -> None:
    assert Response(status, (), "close", (), End(0, how)).failed == failed


def test_a_request_in_words() -> None:
    assert [Request("/x?y", method).label for method in ("POST", None)] == ["POST /x?y", "ANY /x?y"]
