"""What the assembly of reads and `seen.build` make of an answer: replayed, it gives back the bytes that were fed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

import pytest
from assembling import CHUNKED, CLOSE, CUTS, Read, answer, assembled, clocked, cut_at, length, sizes, wire
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.model import End, Headers, Piece
from mocksse.cassette.redact import Secrets
from mocksse.cassette.seen import HeadSeen, build
from mocksse.record.assemble import Assembly, How

if TYPE_CHECKING:
    from collections.abc import Iterable


# --- What reads with times become


@dataclass(frozen=True, slots=True)
class Case:
    reads: tuple[Read, ...]
    pieces: tuple[Piece, ...]
    end: End
    how: How = "fin"
    closed_us: int | None = None
    framing: Literal["chunked", "length", "close"] = "chunked"
    trailers: Headers = ()


CASES = {
    "a chunk a read": Case(
        ((100, CHUNKED), (300, b"2\r\nab\r\n"), (350, b"1\r\nc\r\n"), (400, b"0\r\n\r\n")),
        (Piece(200, b"ab"), Piece(50, b"c")),
        End(50, "complete"),
    ),
    "several chunks a read": Case(
        ((100, CHUNKED), (300, b"2\r\nab\r\n1\r\nc\r\n3\r\ndef\r\n0\r\n\r\n")),
        (Piece(200, b"ab"), Piece(0, b"c"), Piece(0, b"def")),
        End(0, "complete"),
    ),
    "all in one read": Case(
        ((100, CHUNKED + b"2\r\nab\r\n0\r\n\r\n"),),
        (Piece(0, b"ab"),),
        End(0, "complete"),
    ),
    "a chunk over several reads": Case(
        ((100, CHUNKED), (200, b"5\r\nab"), (300, b"cd"), (400, b"e\r"), (500, b"\n0\r\n\r\n")),
        (Piece(100, b"ab", more=True), Piece(100, b"cd", more=True), Piece(100, b"e")),
        End(100, "complete"),
    ),
    "its CRLF in a later read": Case(
        ((100, CHUNKED), (200, b"2\r\nab"), (300, b"\r\n1\r\nc\r\n0\r\n\r\n")),
        (Piece(100, b"ab"), Piece(100, b"c")),
        End(0, "complete"),
    ),
    "a cut chunk": Case(
        ((100, CHUNKED), (200, b"1f4\r\nhalf"), (300, b" a chunk")),
        (Piece(100, b"half", more=True), Piece(100, b" a chunk", of=500)),
        End(400, "cut"),
        closed_us=700,
    ),
    "a chunk reset before its first byte": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n1f4\r\n")),
        (Piece(100, b"a"), Piece(0, b"", of=500)),
        End(500, "reset"),
        how="reset",
        closed_us=700,
    ),
    "half a size line": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n1f")),
        (Piece(100, b"a"),),
        End(500, "reset", (Piece(0, b"1f"),)),
        how="reset",
        closed_us=700,
    ),
    "no end of the chunk's line": Case(
        ((100, CHUNKED), (200, b"2\r\nab\r")),
        (Piece(100, b"ab", of=2),),
        End(0, "cut", (Piece(0, b"\r"),)),
    ),
    "no CRLF behind a chunk": Case(
        ((100, CHUNKED), (200, b"2\r\nabc\r\n"), (300, b"0\r\n\r\n")),
        (Piece(100, b"ab", of=2),),
        End(0, "malformed", (Piece(0, b"c\r\n"), Piece(100, b"0\r\n\r\n"))),
    ),
    "a bad chunk size, and more": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n"), (300, b"zz\r\nb"), (450, b"\r\n"), (460, b"0\r\n\r\n")),
        (Piece(100, b"a"),),
        End(100, "malformed", (Piece(0, b"zz\r\nb"), Piece(150, b"\r\n"), Piece(10, b"0\r\n\r\n"))),
        how="reset",
        closed_us=999,
    ),
    "trailers": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n0\r\nX-Sum: 1\r\n"), (300, b"x-sum: 2\r\n\r\n")),
        (Piece(100, b"a"),),
        End(100, "complete"),
        trailers=((b"X-Sum", b"1"), (b"x-sum", b"2")),
    ),
    "cut in the trailers": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n0\r\nX-Sum: 1\r\n")),
        (Piece(100, b"a"),),
        End(0, "cut", (Piece(0, b"0\r\nX-Sum: 1\r\n"),)),
    ),
    "bytes behind the last chunk": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n0\r\n\r\n"), (300, b"HTTP/1.1 "), (350, b"200 OK\r\n\r\n")),
        (Piece(100, b"a"),),
        End(0, "complete", (Piece(100, b"HTTP/1.1 "), Piece(50, b"200 OK\r\n\r\n"))),
        how="idle",
        closed_us=900,
    ),
    "length": Case(
        ((100, length(5)), (200, b"abc"), (300, b"de")),
        (Piece(100, b"abc"), Piece(100, b"de")),
        End(0, "complete"),
        framing="length",
    ),
    "length 0": Case(((100, length(0)),), (), End(0, "complete"), framing="length"),
    "length too long": Case(
        ((100, length(9)), (200, b"abc")),
        (Piece(100, b"abc"),),
        End(50, "cut"),
        closed_us=250,
        framing="length",
    ),
    "length too short": Case(
        ((100, length(2)), (200, b"abc"), (300, b"d")),
        (Piece(100, b"ab"),),
        End(0, "complete", (Piece(0, b"c"), Piece(100, b"d"))),
        framing="length",
    ),
    "lengths that contradict each other": Case(
        ((100, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),),
        (),
        End(0, "malformed", (Piece(0, b"ab"),)),
        framing="close",
    ),
    "closed by FIN": Case(
        ((100, CLOSE), (200, b"abc"), (300, b"de")),
        (Piece(100, b"abc"), Piece(100, b"de")),
        End(600, "complete"),
        closed_us=900,
        framing="close",
    ),
    "closed by RST": Case(
        ((100, CLOSE), (200, b"abc")),
        (Piece(100, b"abc"),),
        End(700, "reset"),
        how="reset",
        closed_us=900,
        framing="close",
    ),
    "silent": Case(
        ((100, CLOSE), (200, b"abc")),
        (Piece(100, b"abc"),),
        End(700, "idle"),
        how="idle",
        closed_us=900,
        framing="close",
    ),
    "stopped": Case(
        ((100, CHUNKED), (200, b"a\r\nabc")),
        (Piece(100, b"abc", of=10),),
        End(700, "stopped"),
        how="stopped",
        closed_us=900,
    ),
    "stopped, but complete": Case(
        ((100, CHUNKED), (200, b"1\r\na\r\n0\r\n\r\n")),
        (Piece(100, b"a"),),
        End(0, "complete"),
        how="stopped",
        closed_us=900,
    ),
    "nothing behind the head": Case(((100, CHUNKED),), (), End(800, "cut"), closed_us=900),
}


@pytest.mark.parametrize("name", CASES)
def test_what_reads_become(name: str) -> None:
    case = CASES[name]
    response = answer(assembled(case.reads, case.how, case.closed_us))
    assert response.pieces == case.pieces
    assert response.end == case.end
    assert (response.framing, response.trailers) == (case.framing, case.trailers)
    assert (response.status, response.reason, response.http, response.head_after_us) == (200, None, "1.1", 100)


@pytest.mark.parametrize("name", CASES)
def test_a_replay_sends_what_was_read_however_it_was_cut(name: str) -> None:
    case = CASES[name]
    sent = b"".join(data for _, data in case.reads)
    assert wire(answer(assembled(case.reads, case.how)), case.how) == sent
    random = Random(name)
    cuttings = [[sent[at : at + size] for at in range(0, len(sent), size)] for size in (1, 2, 3, len(sent))]
    cuttings += [[sent[:at], sent[at:]] for at in range(len(sent))]
    for _ in range(50):
        cuts = sorted(random.choices(range(len(sent) + 1), k=random.randint(1, 9)))
        cuttings.append([sent[low:high] for low, high in zip([0, *cuts], [*cuts, len(sent)], strict=True)])
    whole = answer(assembled([(0, sent)], case.how))
    for cutting in cuttings:
        response = answer(assembled(clocked(cutting), case.how))
        assert wire(response, case.how) == sent
        assert (response.end.how, response.trailers, response.body) == (whole.end.how, whole.trailers, whole.body)
        assert sizes(response) == sizes(whole)
        assert response.end_us <= 1000 * len(cutting)
        assert all(piece.after_us >= 0 for piece in (*response.pieces, *response.end.rest))


@pytest.mark.parametrize(
    ("sent", "reason", "http", "status"),
    [
        (b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nbody", None, "1.0", 200),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + CLOSE + b"x", None, "1.1", 200),
        (b"HTTP/1.1 429 Slow down\r\nretry-after: 3\r\nRetry-After: 4\r\n\r\n", b"Slow down", "1.1", 429),
        (b"HTTP/1.1 599 \r\n\r\n", None, "1.1", 599),
        (b"HTTP/1.1 200 \r\n\r\n", b"", "1.1", 200),
        (b"HTTP/1.1 200 \xff\r\nX: \xfe\x80\r\n\r\n", b"\xff", "1.1", 200),
    ],
)
def test_heads(sent: bytes, reason: bytes | None, http: str, status: int) -> None:
    for size in (len(sent), 1):
        response = answer(assembled(clocked(sent[at : at + size] for at in range(0, len(sent), size))))
        assert (response.reason, response.http, response.status) == (reason, http, status)
        assert sent.endswith(wire(response)), "but for 1xx answers"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_an_answer_without_a_body_ends_with_its_head(method: str, status: int) -> None:
    head = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" % status
    response = answer(assembled([(100, head), (300, b"hello")], "idle", 900, method=method))
    assert (response.framing, response.pieces) == ("length", ())
    assert response.end == End(0, "complete", (Piece(200, b"hello"),))


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nX", b"\x15\x03\x01", b"HTTP/1.1 100 Continue\r\n\r\n"])
@pytest.mark.parametrize("how", ["fin", "reset", "idle", "stopped"])
def test_without_a_head_there_is_no_answer(sent: bytes, how: How) -> None:
    assert build(assembled([(1, sent)], how)) is None


def test_a_recording_that_broke_off_was_stopped() -> None:
    whole = assembled([(100, CHUNKED), (200, b"1\r\na\r\n5\r\nhe"), (300, b"llo\r\n0\r\n\r\n")])
    ends = [build(whole[:count]) for count in range(len(whole) + 1)]
    assert ends[0] is None
    told = [(r.end.how, r.pieces[-1:]) for r in ends[1:] if r is not None]
    assert told == [
        ("stopped", ()),
        ("stopped", (Piece(0, b"", of=1),)),
        ("stopped", (Piece(100, b"a", of=1),)),
        ("stopped", (Piece(100, b"a"),)),
        ("stopped", (Piece(0, b"", of=5),)),
        ("stopped", (Piece(0, b"he", of=5),)),
        ("stopped", (Piece(100, b"llo", of=5),)),
        ("stopped", (Piece(100, b"llo"),)),
        ("complete", (Piece(100, b"llo"),)),
    ]


# --- The law: what a replay sends is what was read

_body = st.binary(max_size=40) | st.sampled_from([b"data: x\n\n", b"\r\n", b"0\r\n\r\n", b"\xf0\x9f", b":\n"])
_names = st.sampled_from([b"X", b"x", b"Server", b"Connection"])
_values = st.binary(max_size=12).map(lambda v: v.translate(None, b"\r\n \t\0")).filter(lambda v: b"close" not in v)
_fields = st.lists(st.tuples(_names, _values), max_size=4)
_breaks = [
    b"",
    b"zz\r\n",
    b"-1\r\n",
    b"\r\n",
    b"1\n",
    b"0\r\nno colon\r\n\r\n",
    b"fffffffffffffffff\r\n",
    b"5;x\r",
    b"a",
]


def _lines(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in fields)


@st.composite
def _answers(draw: st.DrawFn) -> bytes:
    """An answer as a server may send it: whole, cut anywhere behind its head, broken, with bytes behind its end."""
    framing = draw(st.sampled_from(["chunked", "chunked", "length", "close"]))
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.0"]))
    parts = draw(st.lists(_body, max_size=5))
    fields = draw(_fields)
    if framing == "chunked":
        fields.append((b"Transfer-Encoding", b"chunked"))
        sent = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part)
        ending = draw(st.sampled_from(["whole", "broken"]))
        sent += draw(st.sampled_from(_breaks)) if ending == "broken" else b"0\r\n" + _lines(draw(_fields)) + b"\r\n"
    else:
        sent = b"".join(parts)
        if framing == "length":
            fields.append((b"Content-Length", b"%d" % len(sent)))
    head = b"HTTP/%b %d Reason\r\n%b\r\n" % (version, draw(st.sampled_from([200, 404, 599])), _lines(fields))
    sent += draw(st.sampled_from([b"", b"", b"surplus", b"\r\n"]))
    cut = draw(st.none() | st.integers(0, len(sent)))
    return head + sent[:cut]


_how: st.SearchStrategy[How] = st.sampled_from(["fin", "reset", "idle", "stopped"])


@settings(max_examples=300, deadline=None)
@given(_answers(), CUTS, _how)
def test_replay_gives_back_the_bytes(sent: bytes, cuts: list[int], how: How) -> None:
    reads = list(clocked(cut_at(sent, cuts)))
    response = answer(assembled(reads, how, 1_000_000))
    assert wire(response, how) == sent
    assert response.end_us + sum(piece.after_us for piece in response.end.rest) <= 1_000_000
    starts = [at_us for at_us, _ in reads]
    assert set(response.piece_times_us) <= {response.head_after_us, *starts}
    whole = answer(assembled([(0, sent)], how))
    assert sizes(response) == sizes(whole)
    assert response.end.how == whole.end.how


def test_the_head_tells_everything_but_its_spelling() -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Type:text/event-stream\r\ntransfer-encoding:   chunked\r\n\r\n"
    (head,) = Assembly("GET", Secrets()).feed(5, sent)
    expected = ((b"Content-Type", b"text/event-stream"), (b"transfer-encoding", b"chunked"))
    assert head == HeadSeen(5, 200, b"OK", "1.1", expected, "chunked")
