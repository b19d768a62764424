"""Lengths that are wrong, no length at all, and chunk sizes that are none: heads and bytes, exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import broken, got, recording

from mocksse.cassette.model import End, Piece
from mocksse.errors import UsageError
from mocksse.replay.draft import Context
from mocksse.replay.faults.grammar import parse

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending, Framing
    from mocksse.replay.draft import Finish

HTTP10 = Context(http="1.0", close=True)
A, B, C = b"data: a\n\n", b"data: bb\n\n", b"data: ccc\n\n"
TYPE = b"Content-Type: text/event-stream\r\n"
FRAMINGS: tuple[Framing, ...] = ("chunked", "length", "close")
TAPES = [recording(A, B, C, framing=framing) for framing in FRAMINGS]


# --- A length


@pytest.mark.parametrize(
    ("by", "announced"), [("", 40), (" by=+10", 40), (" by=-10", 20), (" by=1", 31), (" by=-30", 0)]
)
def test_the_length_is_wrong_by_so_much(by: str, announced: int) -> None:
    for tape in TAPES:
        plan = broken("content-length-mismatch" + by, tape)
        head = b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n" % (TYPE, announced)
        assert plan.wire == head + A + B + C
        assert plan.finish == "fin"
        assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000, 130_000]


@pytest.mark.parametrize(
    ("by", "reason"),
    [("0", "by=0 is no mismatch"), ("-31", "the body has only 30 bytes"), ("+0", "by=0 is no mismatch")],
)
def test_a_length_that_would_be_right_or_below_0_is_refused(by: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        broken(f"content-length-mismatch by={by}", recording(A, B, C))


def test_a_length_is_told_to_old_clients_too() -> None:
    assert got(broken("content-length-mismatch", recording(A), context=HTTP10)).header("content-length") == "19"
    with pytest.raises(UsageError, match="'some' is not a whole number"):
        parse("content-length-mismatch by=some")


def test_the_length_follows_what_other_faults_leave() -> None:
    assert got(broken("truncate at=event:1; content-length-mismatch", recording(A, B))).header("content-length") == "19"
    assert got(broken("content-length-mismatch; truncate at=event:1", recording(A, B))).header("content-length") == "9"


# --- No length


def test_the_body_ends_with_the_connection() -> None:
    for tape in TAPES:
        plan = broken("close-delimited", tape)
        assert plan.wire == b"HTTP/1.1 200 OK\r\n" + TYPE + b"Connection: close\r\n\r\n" + A + B + C
        assert plan.finish == "fin"
        assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000, 130_000]
        assert plan.end_us == 135_000
        old = broken("close-delimited http=1.0", tape)
        assert old.wire == b"HTTP/1.0" + plan.wire[8:]


def test_a_body_without_length_that_was_recorded_so_is_refused() -> None:
    tape = recording(A, framing="close")
    response = replace(tape.response, headers=(*tape.response.headers, (b"Connection", b"close")))
    tape = replace(tape, response=response)
    with pytest.raises(UsageError, match="framed like that already"):
        broken("close-delimited", tape)
    assert broken("close-delimited http=1.0", tape).wire.startswith(b"HTTP/1.0 200")
    with pytest.raises(UsageError, match="framed like that already"):
        broken("close-delimited; close-delimited")


def test_a_connection_that_was_kept_is_kept_no_longer() -> None:
    tape = recording(A)
    kept = ((b"connection", b"keep-alive"), (b"Keep-Alive", b"timeout=5"), (b"X", b"y"))
    tape = replace(tape, response=replace(tape.response, headers=kept))
    assert broken("close-delimited", tape).wire == b"HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\n" + A
    for before in ("stale-keepalive", "bytes-after-end"):
        assert broken(f"{before}; close-delimited").finish == "fin"


@pytest.mark.parametrize(("how", "finish"), [("reset", "reset"), ("idle", "hold"), ("cut", "fin")])
def test_how_a_recording_ended_stays(how: Ending, finish: Finish) -> None:
    assert broken("close-delimited", recording(A, end=End(5000, how))).finish == finish


# --- A size


@pytest.mark.parametrize(
    ("fault", "wire"),
    [
        ("bad-chunk-size at=event:0", b"ZZ\r\ndata: a\n\n\r\na\r\ndata: bb\n\n\r\n0\r\n\r\n"),
        ("bad-chunk-size at=event:1", b"9\r\ndata: a\n\n\r\nZZ\r\ndata: bb\n\n\r\n0\r\n\r\n"),
        ("bad-chunk-size at=byte:11", b"9\r\ndata: a\n\n\r\n2\r\nda\r\nZZ\r\nta: bb\n\n\r\n0\r\n\r\n"),
        ("bad-chunk-size text=-1", b"9\r\ndata: a\n\n\r\nZZ\r\ndata: bb\n\n\r\n0\r\n\r\n".replace(b"ZZ", b"-1")),
        ("bad-chunk-size at=end", b"9\r\ndata: a\n\n\r\na\r\ndata: bb\n\n\r\nZZ\r\n"),
    ],
)
def test_a_size_is_none(fault: str, wire: bytes) -> None:
    for framing in FRAMINGS:
        plan = broken(fault, recording(A, B, framing=framing))
        assert plan.wire == b"HTTP/1.1 200 OK\r\n" + TYPE + b"Transfer-Encoding: chunked\r\n\r\n" + wire
        assert plan.finish == "fin"
        assert plan.end_us >= 125_000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("bad-chunk-size text=5", "'5' can be read as a size"),
        ('bad-chunk-size text="1F;x=y"', "can be read as a size"),
        ("bad-chunk-size at=end; bad-chunk-size at=end", "no size is due behind the body"),
        ("bytes-after-end; bad-chunk-size at=end", "no size is due behind the body"),
    ],
)
def test_a_size_that_can_be_read_or_is_not_due_is_refused(fault: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        broken(fault)


def test_too_large_a_size_is_bad() -> None:
    text = "F" * 17
    assert f"\r\n{text}\r\n".encode() in broken(f"bad-chunk-size text={text}").wire
    with pytest.raises(UsageError, match="which has no chunks"):
        broken("bad-chunk-size", recording(A, framing="length"), context=HTTP10)


def test_a_chunk_that_was_never_finished_has_no_size_behind_it() -> None:
    tape = recording(A)
    response = replace(tape.response, pieces=(Piece(0, A, of=50),), end=End(0, "cut"))
    with pytest.raises(UsageError, match="its last chunk is not finished"):
        broken("bad-chunk-size at=end", replace(tape, response=response))


def test_a_bad_size_stays_where_it_is_when_chunks_are_cut_otherwise() -> None:
    tape = recording(A, B)
    drip = broken("bad-chunk-size at=event:1; slow-drip bytes=8", tape).wire
    assert drip.endswith(b"9\r\ndata: a\n\n\r\nZZ\r\ndata: bb\n\n\r\n0\r\n\r\n")
    # Cut otherwise altogether, it is the size of the chunk that has the place in it.
    assert got(broken("bad-chunk-size at=event:1; buffered-burst block=7", tape)).body == A[:7]
