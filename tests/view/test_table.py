import click
import pytest

from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.view.summary import describe, summary_line
from mocksse.view.table import chunk_lines, chunk_rows, interaction_lines

RESPONSE = Response(
    200,
    ((b"Content-Type", b"text/event-stream"),),
    "chunked",
    (Piece(30_000, b"data: a\n\n"), Piece(20_000, b"data: \xff", more=True), Piece(0, b"b\n\n")),
    End(1_000, "cut", (Piece(0, b"1f"),)),
    12_000,
)
RIVERS = Interaction("rivers", Request("/v1/chat/completions", "POST"), RESPONSE)


def test_describe() -> None:
    assert describe(RIVERS) == {
        "name": "rivers",
        "method": "POST",
        "path": "/v1/chat/completions",
        "api": "openai-chat",
        "status": 200,
        "content_type": "text/event-stream",
        "events": 2,
        "chunks": 2,
        "bytes": 19,
        "head_ms": 12.0,
        "first_byte_ms": 42.0,
        "duration_ms": 63.0,
        "end": "cut",
    }
    assert summary_line(RESPONSE) == "200 · 2 events · 2 chunks · 19 B · first byte 42 ms · 63 ms · cut"


@pytest.mark.parametrize("width", [60, 80, 100, 120, 10_000])
def test_a_row_fits_the_terminal_and_keeps_its_figures(width: int) -> None:
    long = Interaction(
        "a-name-that-goes-on-and-on-and-on", Request("/v1/a/very/long/path?with=query", "POST"), RESPONSE
    )
    rows = [click.unstyle(line) for line in interaction_lines([("some-file", RIVERS), ("another-file", long)], width)]
    assert len(rows) == 3
    assert all(len(row) <= width for row in rows)
    assert all("200" in row and "63 ms" in row and row.endswith("cut") for row in rows[1:])


def test_chunks() -> None:
    rows = [" ".join(click.unstyle(line).split()) for line in chunk_lines("rivers.yaml", RIVERS, 100)]
    assert rows == [
        "rivers.yaml#rivers POST /v1/chat/completions",
        "200 · 2 events · 2 chunks · 19 B · first byte 42 ms · 63 ms · cut",
        "0.012 s +12 ms head, 1 header",
        "0.042 s +30 ms 9 B data: a",
        "0.062 s +20 ms 7 B … data: \N{REPLACEMENT CHARACTER}",
        "0.062 s +0.0 ms 3 B b",
        "0.063 s +1.0 ms cut",
        "0.063 s +0.0 ms rest 2 B 1f",
        "",
    ]


def test_chunks_as_json() -> None:
    assert chunk_rows(RESPONSE) == [
        {"at_ms": 42.0, "after_ms": 30.0, "bytes": 9, "data": "data: a\n\n"},
        {"at_ms": 62.0, "after_ms": 20.0, "bytes": 7, "more": True, "base64": "ZGF0YTog/w=="},
        {"at_ms": 62.0, "after_ms": 0.0, "bytes": 3, "data": "b\n\n"},
    ]


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    hostile = Interaction("a\x1b[2J", Request("/\x9b\n", "POST\x07"), RESPONSE)
    for line in (*interaction_lines([("f\x1b", hostile)], 100), *chunk_lines("f\x1b", hostile, 100)):
        assert click.unstyle(line).isprintable()
