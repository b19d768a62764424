"""The bytes of a replay, when they are due, and how it ends: tables, and laws over every answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tapes import CHUNKED, PLAIN, chunk_list, responses, tape, with_pieces

from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import INSTANT, Normal, Pacing
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.plan import CUT_GRACE_US, RESET_GRACE_US, Plan, join
from mocksse.wire import http1
from mocksse.wire.http1_encode import encode_head

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending, Framing, Headers
    from mocksse.replay.draft import Finish

HTTP11 = Context()
HTTP10 = Context(http="1.0", close=True)
CLOSE = Context(close=True)
HEAD = Context(method="HEAD")
A, B = b"data: a\n\n", b"data: b\n\n"


def plan(interaction: Interaction, context: Context = HTTP11, pacing: Pacing | None = None) -> Plan:
    return compile_plan(interaction, pacing or Pacing(), context=context)


def split(wire: bytes) -> tuple[list[bytes], bytes]:
    """The head's lines, and what follows it."""
    head, _, body = wire.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


# --- Framing


@pytest.mark.parametrize(
    ("framing", "context", "body"),
    [
        ("chunked", HTTP11, b"9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n"),
        ("chunked", CLOSE, b"9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n"),
        ("chunked", HTTP10, A + B),
        ("length", HTTP11, A + B),
        ("length", HTTP10, A + B),
        ("close", HTTP11, A + B),
        ("close", HTTP10, A + B),
        ("chunked", HEAD, b""),
        ("length", HEAD, b""),
        ("close", HEAD, b""),
    ],
)
def test_the_body_is_framed_as_recorded_and_as_the_client_can_read(
    framing: Framing, context: Context, body: bytes
) -> None:
    assert split(plan(tape(A, B, framing=framing), context).wire)[1] == body


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(status: int) -> None:
    lines, body = split(plan(tape(A, framing="length", status=status)).wire)
    assert lines == [b"HTTP/1.1 %d %b" % (status, b"No Content" if status == 204 else b"Not Modified"), *header(PLAIN)]
    assert body == b""


def test_a_head_alone_is_all_there_is_to_wait_for() -> None:
    for context in (HEAD, Context("HEAD", close=True)):
        assert plan(tape(A, B), context).end_us == 10_000


@pytest.mark.parametrize("headers", [(), ((b"Content-Length", b"4"),), ((b"Content-Length", b"9"),)])
def test_head_announces_the_length_that_get_would_have(headers: Headers) -> None:
    recorded = tape(A, framing="length", headers=headers)
    assert split(plan(recorded, HEAD).wire)[0][1:] == [b"Content-Length: 9"]
    cut = replace_end(recorded, "cut")
    assert split(plan(cut, HEAD).wire)[0][1:] == header(headers)


def test_a_recorded_head_answers_a_get_without_a_body() -> None:
    recorded = tape(framing="length", headers=((b"Content-Length", b"500"),), method="HEAD")
    assert plan(recorded, Context("GET")).wire == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert split(plan(recorded, HEAD).wire)[0][1:] == [b"Content-Length: 500"]


@pytest.mark.parametrize(
    ("stream", "wire"),
    [
        ((Piece(0, b"abc", more=True), Piece(0, b"de")), (b"5\r\nabc", b"de\r\n")),
        (
            (Piece(0, b"a", more=True), Piece(0, b"b", more=True), Piece(0, b"c"), Piece(0, b"d")),
            (b"3\r\na", b"b", b"c\r\n", b"1\r\nd\r\n"),
        ),
        ((Piece(0, b"abc", of=500),), (b"1f4\r\nabc",)),
        ((Piece(0, b"ab", more=True), Piece(0, b"c", of=500)), (b"1f4\r\nab", b"c")),
        ((Piece(0, b"", of=7),), (b"7\r\n",)),
        ((Piece(0, b"", more=True), Piece(0, b"a")), (b"1\r\n", b"a\r\n")),
        ((Piece(0, b"a", more=True),), (b"1\r\na\r\n",)),
        ((Piece(0, b"a"), Piece(0, b""), Piece(0, b"b")), (b"1\r\na\r\n", b"1\r\nb\r\n")),
    ],
    ids=["more", "more-twice", "cut", "cut-in-two", "cut-at-once", "begins-empty", "more-and-no-more", "a-pause"],
)
def test_a_chunk_spans_the_entries_that_share_it(stream: tuple[Piece, ...], wire: tuple[bytes, ...]) -> None:
    how: Ending = "cut" if stream[-1].of else "complete"
    made = plan(with_pieces(tape(how=how), *stream))
    tail = () if stream[-1].of else (b"0\r\n\r\n",)
    assert tuple(write.data for write in made.writes[1:]) == wire + tail


def test_trailers_follow_the_last_chunk() -> None:
    recorded = tape(A, trailers=((b"X-Sum", b"1"), (b"x-sum", b"2")))
    assert plan(recorded).wire.endswith(b"\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n")
    assert split(plan(recorded, HTTP10).wire)[1] == A


def test_bytes_outside_the_framing_go_out_where_they_came() -> None:
    behind = tape(A, rest=(Piece(3000, b"junk"), Piece(4000, b"more")))
    made = plan(behind)
    assert made.wire.endswith(b"0\r\n\r\njunkmore")
    assert [(w.at_us, w.data) for w in made.writes[-2:]] == [(19_000, b"junk"), (23_000, b"more")]
    assert (made.end_us, made.finish) == (23_000, "fin")
    broken = plan(tape(A, how="malformed", rest=(Piece(0, b"zz\r\nrest"),)))
    assert broken.wire.endswith(b"data: a\n\n\r\nzz\r\nrest")
    assert broken.finish == "fin"


# --- The end


@pytest.mark.parametrize(
    ("how", "framing", "context", "finish"),
    [
        ("complete", "chunked", HTTP11, "complete"),
        ("complete", "length", HTTP11, "complete"),
        ("complete", "close", HTTP11, "fin"),
        ("complete", "chunked", HTTP10, "fin"),
        ("complete", "length", HTTP10, "fin"),
        ("complete", "chunked", CLOSE, "fin"),
        ("complete", "length", CLOSE, "fin"),
        ("complete", "chunked", HEAD, "complete"),
        ("complete", "chunked", Context("HEAD", close=True), "fin"),
        ("cut", "chunked", HTTP11, "fin"),
        ("cut", "length", HTTP11, "fin"),
        ("cut", "chunked", HEAD, "complete"),
        ("malformed", "chunked", HTTP11, "fin"),
        ("malformed", "close", HTTP11, "fin"),
        ("reset", "chunked", HTTP11, "reset"),
        ("reset", "length", HTTP11, "reset"),
        ("reset", "close", HTTP11, "reset"),
        ("reset", "close", HTTP10, "reset"),
        ("idle", "chunked", HTTP11, "hold"),
        ("idle", "close", HTTP10, "hold"),
        ("stopped", "chunked", HTTP11, "complete"),
        ("stopped", "length", HTTP11, "fin"),
        ("stopped", "close", HTTP11, "fin"),
    ],
)
def test_it_ends_as_it_was_recorded(how: Ending, framing: Framing, context: Context, finish: Finish) -> None:
    made = plan(tape(A, B, framing=framing, how=how), context)
    assert made.finish == finish
    last_chunk = framing == "chunked" and how in {"complete", "stopped"} and context in {HTTP11, CLOSE}
    assert made.wire.endswith(b"0\r\n\r\n") == last_chunk


def test_a_stopped_recording_ends_cleanly_where_that_is_possible() -> None:
    chunk_open = with_pieces(tape(how="stopped"), Piece(0, b"abc", of=500))
    assert plan(chunk_open).finish == "fin"
    assert not plan(chunk_open).wire.endswith(b"0\r\n\r\n")
    all_there = tape(A, framing="length", how="stopped", headers=((b"content-length", b"9"),))
    assert plan(all_there).finish == "complete"
    half = tape(A, framing="length", how="stopped", headers=((b"content-length", b"90"),))
    assert split(plan(half).wire) == ([b"HTTP/1.1 200 OK", b"content-length: 90"], A)


@pytest.mark.parametrize("value", [b"close", b"Close", b"keep-alive, close"])
def test_an_answer_that_says_close_closes(value: bytes) -> None:
    recorded = tape(A, headers=(*CHUNKED, (b"connection", value)))
    assert plan(recorded).finish == "fin"
    assert plan(recorded, HEAD).finish == "fin"
    assert plan(recorded, CLOSE).wire == plan(recorded).wire


def test_an_answer_in_http_1_0_closes_and_stays_as_it_was() -> None:
    recorded = tape(A, framing="close", headers=PLAIN, http="1.0")
    assert plan(recorded).wire == b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + A
    assert plan(recorded).finish == "fin"


# --- The head


def header(headers: Headers) -> list[bytes]:
    return [name + b": " + value for name, value in headers]


def test_a_recorded_head_is_repeated_to_the_byte() -> None:
    headers = (
        (b"x-b", b"2"),
        (b"Set-Cookie", b"a=1"),
        (b"X-A", b""),
        (b"set-cookie", b"b=\xe9\xff"),
        (b"Access-Control-Allow-Origin", b"https://other.example"),
        (b"transfer-ENCODING", b"chunked"),
        (b"Vary", b"accept"),
    )
    recorded = tape(A, headers=headers, status=203, reason=b"Told so")
    assert split(plan(recorded).wire)[0] == [b"HTTP/1.1 203 Told so", *header(headers)]


def test_a_client_that_closes_is_told_so() -> None:
    headers = (*CHUNKED, (b"Keep-Alive", b"timeout=5"), (b"connection", b"keep-alive"), (b"X", b"y"))
    kept = (*CHUNKED, (b"X", b"y"), (b"Connection", b"close"))
    assert split(plan(tape(A, headers=headers), CLOSE).wire)[0][1:] == header(kept)


def test_http_1_0_gets_no_word_of_chunks() -> None:
    headers = (*CHUNKED, (b"Trailer", b"x-sum"))
    lines, _ = split(plan(tape(A, headers=headers), HTTP10).wire)
    assert lines == [b"HTTP/1.0 200 OK", b"Content-Type: text/event-stream", b"Connection: close"]


def test_chunks_are_announced_where_a_cassette_by_hand_does_not() -> None:
    assert split(plan(tape(A, headers=PLAIN)).wire)[0][1:] == header(CHUNKED)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ([b"content-length: 9"], [b"content-length: 9"]),
        ([b"Content-Length: 4", b"X: y"], [b"Content-Length: 9", b"X: y"]),
        ([], [b"Content-Length: 9"]),
        ([b"CONTENT-LENGTH: 009"], [b"CONTENT-LENGTH: 009"]),
        ([b"Content-Length: 9", b"content-length: 9"], [b"Content-Length: 9", b"content-length: 9"]),
        ([b"Content-Length: 4", b"content-length: 4"], [b"Content-Length: 9", b"content-length: 9"]),
    ],
)
def test_the_length_follows_a_body_that_was_edited(given: list[bytes], sent: list[bytes]) -> None:
    fields = tuple(tuple(line.split(b": ")) for line in given)
    recorded = tape(A, framing="length", headers=fields)
    assert split(plan(recorded).wire)[0][1:] == sent
    assert split(plan(replace_end(recorded, "cut")).wire)[0][1:] == given


def replace_end(interaction: Interaction, how: Ending) -> Interaction:
    return replace(interaction, response=replace(interaction.response, end=End(0, how)))


def test_an_origin_is_let_in() -> None:
    lines, body = split(plan(tape(A), Context(origin="http://page.example")).wire)
    assert b"Access-Control-Allow-Origin: http://page.example" in lines
    assert body.endswith(b"0\r\n\r\n")


# --- Times


def test_writes_are_due_when_they_came() -> None:
    made = plan(tape(A, B))
    assert [write.at_us for write in made.writes] == [10_000, 11_000, 12_000, 17_000]
    assert made.end_us == 17_000


def test_a_pause_without_bytes_is_no_write_but_takes_its_time() -> None:
    stream = (Piece(1000, b"a"), Piece(2000, b""), Piece(3000, b"b"))
    made = plan(with_pieces(tape(), *stream))
    assert [write.at_us for write in made.writes] == [10_000, 11_000, 16_000, 21_000]


def test_before_a_reset_the_peer_has_time_to_read() -> None:
    made = plan(tape(A, how="reset"), pacing=Pacing(speed=INSTANT))
    assert [write.at_us for write in made.writes] == [0, 0]
    assert made.end_us == RESET_GRACE_US
    later = replace(tape(A).response, end=End(9_000_000, "reset"))
    assert plan(Interaction("a", Request("/a"), later)).end_us == 9_011_000


def test_an_end_without_a_body_is_waited_for() -> None:
    made = plan(tape(how="cut"))
    assert (len(made.writes), made.end_us, made.finish) == (1, 10_000 + CUT_GRACE_US, "fin")
    assert plan(tape(how="cut", framing="close")).end_us == 15_000


@pytest.mark.parametrize(
    ("recorded", "context", "finish", "is_broken"),
    [
        (tape(A), Context(), "complete", False),
        (tape(A), Context(close=True), "fin", False),
        (tape(A), Context(http="1.0"), "fin", False),
        (tape(A, framing="close"), Context(), "fin", False),
        (tape(A, framing="close", how="cut"), Context(), "fin", True),
        (tape(A, how="cut"), Context(), "fin", True),
        (tape(A, how="cut"), Context(method="HEAD"), "complete", False),
        (tape(A, how="reset"), Context(), "reset", True),
        (tape(A, how="idle"), Context(), "hold", True),
    ],
)
def test_a_fin_alone_does_not_break_an_answer(
    recorded: Interaction, context: Context, finish: str, is_broken: bool
) -> None:
    made = plan(recorded, context=context)
    assert (made.finish, made.broken) == (finish, is_broken)
    assert join(made).broken == is_broken


# --- Laws


def test_the_same_seed_gives_the_same_plan() -> None:
    recorded = tape(*[A] * 50)
    pacing = Pacing(gap=Normal(20, 5), ttft=Normal(300, 40), jitter=20)
    first, again, other = (compile_plan(recorded, pacing, Play(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first.wire == other.wire


@given(responses(), st.sampled_from([HTTP11, CLOSE]))
def test_what_goes_out_reads_as_what_was_recorded(response: Response, context: Context) -> None:
    made = plan(Interaction("a", Request("/a"), response), context)
    parser = http1.ResponseParser("POST")
    parts = parser.feed(made.wire) + parser.close()
    head = parts[0]
    assert isinstance(head, http1.Head)
    assert (head.status, head.version, head.framing) == (response.status, response.http, response.framing)
    said = () if context is HTTP11 else ((b"Connection", b"close"),)
    assert head.headers == response.headers + said
    assert b"".join(part.data for part in parts if isinstance(part, http1.Data)) == response.body
    if response.framing == "chunked":
        announced = [len(chunk) for chunk in chunk_list(response.pieces)]
        if response.pieces and (of := response.pieces[-1].of) is not None:
            announced[-1] = of
        assert [part.size for part in parts if isinstance(part, http1.Chunk)] == [size for size in announced if size]
    rest = b"".join(part.data for part in parts if isinstance(part, http1.Rest))
    assert rest == b"".join(piece.data for piece in response.end.rest)
    ended = [part for part in parts if isinstance(part, http1.End)]
    if response.end.how == "complete":
        assert ended == [http1.End(response.trailers)]
    if made.finish == "complete":
        assert parser.done
        assert not response.end.rest


@given(responses())
def test_without_an_origin_the_head_is_the_recorded_one(response: Response) -> None:
    made = plan(Interaction("a", Request("/a"), response))
    assert made.writes[0].data == encode_head(response.status, response.reason, response.headers, response.http)


@given(responses())
def test_an_old_client_gets_the_same_body_without_chunks(response: Response) -> None:
    made = plan(Interaction("a", Request("/a"), response), HTTP10)
    rest = b"".join(piece.data for piece in response.end.rest)
    assert split(made.wire)[1] == response.body + rest
    assert made.finish != "complete"
