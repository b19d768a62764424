"""What the assembly of reads and `seen.build` make of an answer: replayed, it gives back the bytes that were fed."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.model import End, Headers, Interaction, Piece, Request, Response
from mocksse.cassette.redact import Secrets
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen, build
from mocksse.record.assemble import Assembly
from mocksse.replay.plan import Context, frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

How = Literal["fin", "reset", "idle", "stopped"]
Read = tuple[int, bytes]

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
HEADERS = ((b"Content-Type", b"text/event-stream"), (b"Transfer-Encoding", b"chunked"))


def length(size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size


def assembled(
    reads: Iterable[Read],
    how: How = "fin",
    end_us: int | None = None,
    *,
    method: str = "GET",
    secrets: Secrets | None = None,
    allow_secrets: bool = False,
) -> list[Seen]:
    """All items; the connection ends at `end_us`, or with the last read."""
    assembly = Assembly(method, secrets or Secrets(), allow_secrets=allow_secrets)
    items: list[Seen] = []
    at_us = 0
    for at_us, data in reads:
        items += assembly.feed(at_us, data)
    items += assembly.close(at_us if end_us is None else end_us, how)
    return items


def answer(items: Iterable[Seen]) -> Response:
    response = build(items)
    assert response is not None
    return response


def wire(response: Response, how: How = "fin") -> bytes:
    """What a replay sends. A recording that was stopped is completed by a replay; here it is not."""
    framed = frame(Interaction("i", Request("/", "GET"), response), Context(method="GET"))
    tail = b"" if how == "stopped" and response.end.how == "stopped" else framed.tail
    return b"".join([framed.head, *framed.parts, tail, *framed.rest])


def clocked(pieces: Iterable[bytes]) -> Iterator[Read]:
    """Reads a millisecond apart."""
    for number, piece in enumerate(pieces, start=1):
        if piece:
            yield number * 1000, piece


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


def sizes(response: Response) -> list[tuple[int, int | None]]:
    """Of each HTTP chunk what came and, if it was cut, what was announced."""
    if response.framing != "chunked":
        return [(len(response.body), None)]
    found = []
    size = 0
    for piece in response.pieces:
        size += len(piece.data)
        if not piece.more:
            found.append((size, piece.of))
            size = 0
    return found


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


def _cut(sent: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted(cut % (len(sent) + 1) for cut in cuts)
    return [sent[low:high] for low, high in zip([0, *places], [*places, len(sent)], strict=True)]


_cuts = st.lists(st.integers(0, 10_000), max_size=12)
_how: st.SearchStrategy[How] = st.sampled_from(["fin", "reset", "idle", "stopped"])


@settings(max_examples=300, deadline=None)
@given(_answers(), _cuts, _how)
def test_replay_gives_back_the_bytes(sent: bytes, cuts: list[int], how: How) -> None:
    reads = list(clocked(_cut(sent, cuts)))
    response = answer(assembled(reads, how, 1_000_000))
    assert wire(response, how) == sent
    assert response.end_us + sum(piece.after_us for piece in response.end.rest) <= 1_000_000
    starts = [at_us for at_us, _ in reads]
    assert set(response.piece_times_us) <= {response.head_after_us, *starts}
    whole = answer(assembled([(0, sent)], how))
    assert sizes(response) == sizes(whole)
    assert response.end.how == whole.end.how


# --- Credentials

SECRET = b"sk-5ecre7-0123456789abcdef"
SECRETS = Secrets((SECRET,))
INK = b"x" * len(SECRET)


def text_of(items: Iterable[Seen], *, rest: bool = False) -> bytes:
    return b"".join(item.data for item in items if isinstance(item, DataSeen) and item.rest == rest)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"a", b"data: ", b"\n\n", SECRET, SECRET[:9], SECRET[9:], b"s", b"sk-"]), max_size=8),
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    _cuts,
    st.sampled_from([b"0\r\n\r\n", b"zz", b""]),
    st.sampled_from([b"", SECRET, b"surplus"]),
)
def test_blots_keep_order_lengths_and_chunks(
    parts: list[bytes], chunk_sizes: list[int], cuts: list[int], ending: bytes, rest: bytes
) -> None:
    body = b"".join(parts)
    sent = CHUNKED
    at = turn = 0
    while at < len(body):
        chunk = body[at : at + chunk_sizes[turn % len(chunk_sizes)]]
        sent += b"%x\r\n%b\r\n" % (len(chunk), chunk)
        at, turn = at + len(chunk), turn + 1
    sent += ending + rest
    reads = list(clocked(_cut(sent, cuts)))
    plain = answer(assembled(reads, end_us=1_000_000))
    trash = b"".join(piece.data for piece in plain.end.rest)
    clean_body, clean_trash = SECRETS.blot(plain.body), SECRETS.blot(plain.body + trash)[len(plain.body) :]
    assembly = Assembly("GET", SECRETS)
    out: list[Seen] = []
    for at_us, data in reads:
        out += assembly.feed(at_us, data)
        assert clean_body.startswith(text_of(out)), "what is out may be written down"
        assert clean_trash.startswith(text_of(out, rest=True))
    out += assembly.close(1_000_000, "fin")
    assert (text_of(out), text_of(out, rest=True)) == (clean_body, clean_trash)
    blotted = answer(out)
    assert sizes(blotted) == sizes(plain)
    assert [p.after_us for p in blotted.pieces] == [p.after_us for p in plain.pieces]
    assert [(p.after_us, len(p.data)) for p in blotted.end.rest] == [(p.after_us, len(p.data)) for p in plain.end.rest]
    assert (blotted.end.how, blotted.end.after_us) == (plain.end.how, plain.end.after_us)


def test_what_may_start_a_secret_is_held_back_and_all_behind_it_waits() -> None:
    assembly = Assembly("GET", SECRETS)
    assembly.feed(0, CHUNKED)
    assert assembly.feed(1, b"5\r\nab" + SECRET[:3] + b"\r\n") == [ChunkSeen(5)]
    assert assembly.feed(2, b"6\r\n" + SECRET[3:9] + b"\r\n") == []
    assert assembly.feed(3, b"0\r\n\r\n") == [
        DataSeen(1, b"abxxx"),
        ChunkDone(),
        ChunkSeen(6),
        DataSeen(2, b"xxxxxx"),
        ChunkDone(),
        EndSeen(3, "complete"),
    ]
    assert assembly.close(4, "fin") == []


def test_no_secret_is_held_any_longer_than_it_may_be_one() -> None:
    assembly = Assembly("GET", SECRETS)
    assembly.feed(0, CLOSE)
    assert assembly.feed(1, SECRET[:8]) == []
    assert assembly.feed(2, b"!") == [DataSeen(1, SECRET[:8]), DataSeen(2, b"!")]
    assert assembly.feed(3, SECRET) == [DataSeen(3, INK)]


def test_a_secret_across_the_border_of_the_body() -> None:
    response = answer(assembled([(1, length(9)), (2, SECRET[:9]), (3, SECRET[9:] + b"!")], secrets=SECRETS))
    assert (response.body, response.end.rest) == (INK[:9], (Piece(1, INK[9:] + b"!"),))
    response = answer(assembled([(1, CHUNKED + b"9\r\n" + SECRET + b"\r\n0\r\n\r\n")], secrets=SECRETS))
    assert (response.body, response.end.rest) == (INK[:9], (Piece(0, INK[9:] + b"\r\n0\r\n\r\n"),))


def test_secrets_in_head_reason_and_trailers() -> None:
    sent = b"HTTP/1.1 401 no " + SECRET + b"\r\nX: a" + SECRET + b"b\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent += b"0\r\nY: " + SECRET + b"\r\n\r\n"
    response = answer(assembled(clocked(sent[at : at + 5] for at in range(0, len(sent), 5)), secrets=SECRETS))
    assert (response.reason, response.headers[0]) == (b"no " + INK, (b"X", b"a" + INK + b"b"))
    assert response.trailers == ((b"Y", INK),)
    assert len(wire(response)) == len(sent)


@pytest.mark.parametrize("cut", [b"0\r\nY: ", b"zz", b"1"])
def test_a_secret_in_what_is_left_of_broken_framing(cut: bytes) -> None:
    response = answer(assembled([(1, CHUNKED), (2, cut + SECRET[:5]), (3, SECRET[5:])], secrets=SECRETS))
    assert b"".join(piece.data for piece in response.end.rest) == cut + INK


# --- Compressed answers


def zipped(body: bytes) -> bytes:
    data = gzip.compress(body, mtime=0)
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data


def test_a_clean_compressed_answer_comes_out_as_it_came() -> None:
    sent = zipped(b"data: no secret in here\n\n") + b"surplus"
    items = assembled(clocked(sent[at : at + 7] for at in range(0, len(sent), 7)), secrets=SECRETS)
    assert wire(answer(items)) == sent


@pytest.mark.parametrize("step", [1, 9, 10_000])
def test_a_secret_in_a_compressed_answer_is_found_before_it_comes_out(step: int) -> None:
    sent = zipped(Random(1).randbytes(500) + SECRET + b" and so on")
    assembly = Assembly("GET", SECRETS)
    out: list[Seen] = []
    for at in range(0, len(sent), step):
        out += assembly.feed(at, sent[at : at + step])
        if assembly.found:
            break
    else:
        out += assembly.close(len(sent), "fin")
    assert assembly.found
    assert gzip.compress(SECRET)[10:20] not in b"".join(i.data for i in out if isinstance(i, DataSeen))


def test_secrets_that_are_allowed_come_out_but_only_where_they_are_compressed() -> None:
    items = assembled([(1, zipped(SECRET) + SECRET)], secrets=SECRETS, allow_secrets=True)
    response = answer(items)
    assert gzip.decompress(response.body) == SECRET
    assert response.end == End(0, "complete", (Piece(0, INK),))
    response = answer(assembled([(1, CLOSE + SECRET)], secrets=SECRETS, allow_secrets=True))
    assert response.body == INK


def test_a_coding_that_is_not_known_is_looked_at_as_it_is() -> None:
    assembly = Assembly("GET", SECRETS)
    items = assembly.feed(1, b"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\n\r\n" + SECRET)
    assert assembly.unchecked
    assert [item.data for item in items if isinstance(item, DataSeen)] == [INK]


def test_the_head_tells_everything_but_its_spelling() -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Type:text/event-stream\r\ntransfer-encoding:   chunked\r\n\r\n"
    (head,) = Assembly("GET", Secrets()).feed(5, sent)
    expected = ((b"Content-Type", b"text/event-stream"), (b"transfer-encoding", b"chunked"))
    assert head == HeadSeen(5, 200, b"OK", "1.1", expected, "chunked")
