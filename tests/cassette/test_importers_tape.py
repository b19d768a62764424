from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.importers.tape import Ended, Read, from_body, from_wire, is_framed, read_head
from mocksse.cassette.model import End, Ending, Piece, Response
from mocksse.cassette.redact import Secrets
from mocksse.record.assemble import Assembly
from mocksse.record.journal import build

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"
CLOSE = b"HTTP/1.0 200 OK\r\n\r\n"


def wire(
    head: bytes, *reads: tuple[int, bytes], how: Ending = "complete", at_us: int = 99, method: str = "GET"
) -> Response:
    return from_wire(read_head(head, method, "f", 10), [Read(*read) for read in reads], method, Ended(how, at_us))


def test_chunks_and_the_reads_they_came_in() -> None:
    response = wire(CHUNKED, (20, b"3\r\nabc\r\n4\r\nd"), (30, b"ef"), (40, b"g\r\n0\r\nA: b\r\n\r\n"))
    assert response.pieces == (
        Piece(10, b"abc"),
        Piece(0, b"d", more=True),
        Piece(10, b"ef", more=True),
        Piece(10, b"g"),
    )
    assert response.end == End(0, "complete")
    assert response.trailers == ((b"A", b"b"),)
    assert response.head_after_us == 10


@pytest.mark.parametrize(
    ("head", "reads", "how", "pieces", "end"),
    [
        (CHUNKED, [(20, b"3\r\nabc\r\n")], "complete", (Piece(10, b"abc"),), End(79, "cut")),
        (CHUNKED, [(20, b"3\r\nab")], "reset", (Piece(10, b"ab", of=3),), End(79, "reset")),
        (CHUNKED, [(20, b"5\r\n")], "stopped", (Piece(0, b"", of=5),), End(89, "stopped")),
        (CHUNKED, [(20, b"1\r\na\r\n5")], "cut", (Piece(10, b"a"),), End(79, "cut", (Piece(0, b"5"),))),
        (CHUNKED, [], "idle", (), End(89, "idle")),
        (
            CHUNKED,
            [(20, b"1\r\na\r\nzz\r\nb"), (30, b"c")],
            "complete",
            (Piece(10, b"a"),),
            End(0, "malformed", (Piece(0, b"zz\r\nb"), Piece(10, b"c"))),
        ),
        (
            CHUNKED,
            [(20, b"0\r\n\r\n"), (30, b"more")],
            "complete",
            (),
            End(10, "complete", (Piece(10, b"more"),)),
        ),
        (LENGTH, [(20, b"abc"), (30, b"def")], "complete", (Piece(10, b"abc"), Piece(10, b"def")), End(0, "complete")),
        (LENGTH, [(20, b"abc")], "complete", (Piece(10, b"abc"),), End(79, "cut")),
        (CLOSE, [(20, b"abc")], "complete", (Piece(10, b"abc"),), End(79, "complete")),
        (CLOSE, [(20, b"abc")], "reset", (Piece(10, b"abc"),), End(79, "reset")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", [], "complete", (), End(0, "complete")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", [], "complete", (), End(0, "complete")),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            [(20, b"a")],
            "complete",
            (),
            End(0, "malformed", (Piece(10, b"a"),)),
        ),
    ],
)
def test_how_it_ends(
    head: bytes, reads: list[tuple[int, bytes]], how: Ending, pieces: tuple[Piece, ...], end: End
) -> None:
    response = wire(head, *reads, how=how)
    assert response.pieces == pieces
    assert response.end == end


def test_a_head_request_has_no_body() -> None:
    response = wire(LENGTH, method="HEAD")
    assert (response.framing, response.pieces, response.end.how) == ("length", (), "complete")


BODIES = [
    b"3\r\nabc\r\n4\r\ndefg\r\n0\r\nX: y\r\n\r\n",
    b"3\r\nabc\r\nzz\r\nrest",
    b"3\r\nabc\r\n0\r\n\r\nbehind",
    b"a\r\nabc",
    b"abcdef",
    b"abcdefgh",
    b"",
]


@given(
    head=st.sampled_from([CHUNKED, LENGTH, CLOSE]),
    body=st.sampled_from(BODIES),
    cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50)), max_size=5),
    how=st.sampled_from(["fin", "reset", "idle", "stopped"]),
)
def test_a_trace_gives_what_the_recorder_gives(head: bytes, body: bytes, cuts: list[tuple[int, int]], how: str) -> None:
    places = sorted(min(at, len(body)) for at, _ in cuts)
    reads, at_us = [], 10
    for (start, end), (_, wait) in zip(
        zip([0, *places], [*places, len(body)], strict=True), [*cuts, (0, 5)], strict=True
    ):
        at_us += wait
        if body[start:end]:
            reads.append(Read(at_us, body[start:end]))
    assembly = Assembly("GET", Secrets())
    seen = assembly.feed(10, head)
    for read in reads:
        seen += assembly.feed(read.at_us, read.data)
    seen += assembly.close(at_us + 7, how)
    ended: Ending = "complete" if how == "fin" else how
    assert from_wire(read_head(head, "GET", "f", 10), reads, "GET", Ended(ended, at_us + 7)) == build(seen)


@pytest.mark.parametrize(
    ("head", "start", "expected"),
    [
        (CHUNKED, b"1f\r\ndata", True),
        (CHUNKED, b"1F ;x=y\r\n", True),
        (CHUNKED, b"", True),
        (CHUNKED, b"data: x\n\n", False),
        (CHUNKED, b"abc\n", False),
        (LENGTH, b"data: x\n\n", True),
        (CLOSE, b"data: x\n\n", True),
        (b"HTTP/2 200 \r\n\r\n", b"1f\r\n", False),
    ],
)
def test_whether_the_framing_is_still_there(head: bytes, start: bytes, expected: bool) -> None:
    assert is_framed(read_head(head, "GET", "f"), [Read(0, start[:2]), Read(0, start[2:])]) is expected


def test_a_bare_body_keeps_its_times() -> None:
    head = read_head(CHUNKED, "GET", "f", 10)
    response, notes = from_body(head, [Read(20, b"ab"), Read(20, b""), Read(35, b"c")], Ended("cut", 40))
    assert response.pieces == (Piece(10, b"ab"), Piece(15, b"c"))
    assert response.end == End(5, "cut")
    assert notes == ()
    response, notes = from_body(read_head(LENGTH, "GET", "f"), [Read(1, b"a")], Ended("reset", 2))
    assert response.end.how == "reset"
    assert notes == ("5 bytes of 6 are missing: imported as a cut stream",)
