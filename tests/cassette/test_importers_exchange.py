from __future__ import annotations

import gzip
from base64 import b64encode

import pytest
from curl_logs import HEAD, Log, chunk

from mocksse.cassette.importers.exchange import read_exchange
from mocksse.cassette.model import End, Piece, Recorded, Request
from mocksse.errors import EXIT_CHECK, CheckError, MocksseError
from mocksse.wire import eventstream

KEY = b"sk-proj-0123456789abcdef"
BODY = b'{"stream":true,"messages":[{"role":"user","content":"Hi"}]}'
REQUEST = (
    b"POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: api.example\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n"
    b"Authorization: Bearer " + KEY + b"\r\nContent-Type: application/json\r\n\r\n"
)
GET = b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"
ONE = b'data: {"a": "b.c"}\n\n'
END = b"0\r\n\r\n"
INTACT = "Connection #0 to host api.example left intact"


def test_a_whole_exchange() -> None:
    log = Log().say("  Trying 127.0.0.1:80...").send(REQUEST, BODY).head()
    log.data(chunk(ONE), chunk("data: é\n\n".encode())).data(END, after_us=5000).say(INTACT)
    captured = read_exchange(log.raw, "f")
    assert captured.request == Request(
        "/v1/chat/completions?a=b",
        "POST",
        (("accept", "*/*"), ("content-type", "application/json")),
        BODY,
    )
    assert captured.recorded == Recorded(upstream="http://api.example", by="curl/8.5.0")
    response = captured.response
    assert response.pieces == (Piece(20_000, ONE), Piece(20_000, "data: é\n\n".encode()))
    assert response.head_after_us == 1000
    assert response.end == End(5000, "complete")
    assert response.headers == ((b"Content-Type", b"text/event-stream"), (b"Transfer-Encoding", b"chunked"))
    assert captured.as_received
    assert captured.notes == ()


@pytest.mark.parametrize("info", ["* ", "== Info: "])
@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("transfer closed with outstanding read data remaining", "cut"),
        ("transfer closed with 451 bytes remaining to read", "cut"),
        ("end of response with 451 bytes missing", "cut"),
        ("HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)", "cut"),
        ("OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0", "cut"),
        ("Recv failure: Connection reset by peer", "reset"),
        ("Recv failure: Connection was reset", "reset"),
        ("Operation timed out after 301 milliseconds with 49 bytes received", "stopped"),
        ("Operation too slow. Less than 1 bytes/sec transferred the last 5 seconds", "idle"),
        ("Failed writing body (0 != 49)", "stopped"),
        (INTACT, "cut"),
        ("", "stopped"),
    ],
)
def test_how_it_ended_is_what_curl_said(info: str, said: str, how: str) -> None:
    log = Log(info=info).send(GET).head().data(chunk(ONE))
    if said:
        log.say(said, 700).say("Closing connection 0")
    response = read_exchange(log.raw, "f").response
    assert response.end == End(700 if said else 0, how)
    assert response.body == ONE


def test_a_body_that_the_closing_ends() -> None:
    log = Log().send(GET).head(b"HTTP/1.1 200 OK\r\n", b"\r\n").data(b"a", b"b")
    assert read_exchange(log.raw, "f").response.end == End(0, "stopped")
    for said in ("Closing connection 0", "shutting down connection #0", "closing connection #0"):
        response = read_exchange(log.raw + Log(at_us=log.at_us + 9).say(said).raw, "f").response
        assert (response.framing, response.body, response.end) == ("close", b"ab", End(9, "complete"))


def test_broken_framing_is_kept() -> None:
    log = Log().send(GET).head().data(chunk(ONE), b"zz\r\nx")
    log.say("Illegal or missing hexadecimal sequence in chunked-encoding").say("Closing connection 0")
    response = read_exchange(log.raw, "f").response
    assert response.pieces == (Piece(20_000, ONE),)
    assert response.end == End(20_000, "malformed", (Piece(0, b"zz\r\nx"),))


def test_reads_without_their_framing_are_chunks() -> None:
    log = Log().send(GET).head().data(ONE, ONE).say(INTACT)
    response = read_exchange(log.raw, "f").response
    assert response.framing == "chunked"
    assert response.pieces == (Piece(20_000, ONE), Piece(20_000, ONE))


def test_http_2() -> None:
    log = Log().say("[HTTP/2] [1] [authorization: Bearer " + KEY.decode() + "]")
    log.send(REQUEST.replace(b"HTTP/1.1", b"HTTP/2"), BODY)
    log.head(b"HTTP/2 200 \r\n", b"content-type: text/event-stream\r\n", b"\r\n").data(ONE, ONE).say(INTACT, 3)
    captured = read_exchange(log.raw, "f")
    response = captured.response
    assert (response.framing, response.http, response.reason) == ("chunked", "1.1", None)
    assert response.pieces == (Piece(20_000, ONE), Piece(20_000, ONE))
    assert response.end == End(3, "complete")
    assert captured.request is not None
    assert captured.request.method == "POST"


def test_what_comes_before_the_answer() -> None:
    log = Log().send(b"CONNECT api.example:443 HTTP/1.1\r\nProxy-Authorization: Basic cHJveHk6c2VjcmV0MTIz\r\n\r\n")
    log.head(b"HTTP/1.1 200 Connection established\r\n", b"\r\n").add("<= Recv SSL data", b"\x16")
    log.send(REQUEST).head(b"HTTP/1.1 100 Continue\r\n").add("=> Send data", BODY, 70)
    log.head(b"HTTP/1.1 302 Found\r\n", b"Location: /y\r\n", b"Content-Length: 5\r\n", b"\r\n").data(b"moved")
    log.send(GET.replace(b"/x", b"/y")).head(after_us=300).data(chunk(ONE) + END).say(INTACT)
    captured = read_exchange(log.raw, "f")
    assert captured.request is not None
    assert (captured.request.method, captured.request.path, captured.request.body) == ("GET", "/y", None)
    assert captured.response.body == ONE
    assert captured.response.head_after_us == 300
    assert captured.recorded == Recorded(upstream="https://127.0.0.1:80", by="curl")
    assert captured.notes == ()


def test_a_100_continue_and_a_body_behind_it() -> None:
    for interim in ((b"HTTP/1.1 100 Continue\r\n",), (b"HTTP/1.1 100 Continue\r\n", b"\r\n")):
        log = Log().send(REQUEST).head(*interim).add("=> Send data", BODY, 70).head(after_us=40).data(END)
        captured = read_exchange(log.raw, "f")
        assert captured.request is not None
        assert captured.request.body == BODY
        assert captured.response.head_after_us == 40
        assert captured.response.status == 200


def test_of_several_answers_the_last_and_a_note() -> None:
    log = Log().send(GET).head().data(chunk(b"1"), END).send(GET).head().data(chunk(b"2"), END)
    captured = read_exchange(log.raw, "f")
    assert captured.response.body == b"2"
    assert captured.notes == ("2 answers in this trace: the last is imported",)


@pytest.mark.parametrize(
    ("line", "method", "path"),
    [
        (b"GET http://h.example:81/a?b=c HTTP/1.1", "GET", "/a?b=c"),
        (b"GET http://h.example HTTP/1.1", "GET", "/"),
        (b"GET http://h.example?q HTTP/1.1", "GET", "/?q"),
        (b"GET /a#b HTTP/1.1", "GET", "/a"),
        (b"get /a HTTP/1.1", "GET", "/a"),
        (b"OPTIONS * HTTP/1.1", "OPTIONS", "/*"),
        (b"GET /\xc3\xa9\xff%20 HTTP/1.1", "GET", "/%C3%A9%FF%20"),
    ],
)
def test_the_target(line: bytes, method: str, path: str) -> None:
    request = read_exchange(Log().send(line + b"\r\n\r\n").head().data(END).raw, "f").request
    assert request is not None
    assert (request.method, request.path) == (method, path)


def test_a_head_in_two_pieces_and_a_chunked_request() -> None:
    log = Log().add("=> Send header", REQUEST[:90]).add("=> Send header", REQUEST[90:-2], 5)
    log.add("=> Send header", b"Transfer-Encoding: chunked\r\n\r\n").add("=> Send data", b"3b\r\n" + BODY)
    log.add("=> Send data", b"\r\n0\r\n\r\n").head().data(END)
    request = read_exchange(log.raw, "f").request
    assert request is not None
    assert request.body == BODY
    assert request.headers == (("accept", "*/*"), ("content-type", "application/json"))


def test_a_log_that_begins_behind_the_request() -> None:
    captured = read_exchange(Log().send(b"rest of a head\r\n\r\n").head().data(chunk(ONE), END).raw, "f")
    assert captured.request is None
    assert captured.response.body == ONE


def test_without_times() -> None:
    log = Log(timed=False).send(GET).head().data(chunk(ONE), chunk(ONE), END).say(INTACT)
    captured = read_exchange(log.raw, "f")
    assert captured.response.pieces == (Piece(0, ONE), Piece(0, ONE))
    assert captured.notes == ("a trace without times: curl --trace-time has them",)


# What the requests of a log are not to give away


def test_credentials_are_blotted_everywhere_and_lengths_kept() -> None:
    request = REQUEST.replace(b"?a=b", b"?key=" + KEY)
    echo = b'data: {"k": "' + KEY + b'"}\n\n'
    log = Log().send(request, BODY.replace(b"Hi", KEY))
    log.head(HEAD[0], b"X-Echo: " + KEY + b"\r\n", b"Set-Cookie: sid=abcdefgh; Path=/\r\n", *HEAD[1:])
    log.data(chunk(echo)).data(chunk(echo[:20]), chunk(echo[20:]), chunk(b"data: " + b64encode(KEY * 3) + b"\n\n"))
    log.data(b"0\r\nX-Trailer: " + KEY + b"\r\n\r\nrest " + KEY)
    captured = read_exchange(log.raw, "f")
    kept = repr(captured).encode()
    assert KEY not in kept
    assert KEY[8:] not in kept
    assert b64encode(KEY)[:16] not in kept
    assert b"abcdefgh" not in kept
    blot = b"x" * len(KEY)
    response = captured.response
    assert response.pieces[0].data == echo.replace(KEY, blot)
    assert [len(piece.data) for piece in response.pieces[1:]] == [20, len(echo) - 20, 8 + len(b64encode(KEY * 3))]
    assert response.end.rest[0].data == b"rest " + blot
    assert captured.request is not None
    assert captured.request.path.endswith("?key=" + blot.decode())
    assert captured.request.body == BODY.replace(b"Hi", blot)


@pytest.mark.parametrize("size", range(len(KEY) + 1))
def test_a_credential_that_the_framing_cuts_in_two(size: int) -> None:
    body = b"data: " + KEY[:size]
    log = Log().send(REQUEST).head(b"HTTP/1.1 200 OK\r\n", b"Content-Length: %d\r\n" % len(body), b"\r\n")
    response = read_exchange(log.data(body, KEY[size:] + b" rest").raw, "f").response
    kept = response.body + b"|" + b"".join(piece.data for piece in response.end.rest)
    assert len(kept) == len(body) + 1 + len(KEY) - size + 5
    assert kept.endswith(b"|" + b"x" * (len(KEY) - size) + b" rest")
    assert KEY[:8] not in kept


def test_credentials_of_every_request_in_the_log_count() -> None:
    log = Log().send(REQUEST).head(b"HTTP/1.1 302 Found\r\n", b"\r\n").send(GET).head().data(chunk(KEY), END)
    assert read_exchange(log.raw, "f").response.body == b"x" * len(KEY)


def test_checksums_of_frames_are_made_right() -> None:
    frame = eventstream.encode([(":event-type", "chunk")], b'{"k": "' + KEY + b'"}')
    head = (HEAD[0], b"Content-Type: application/vnd.amazon.eventstream\r\n", *HEAD[2:])
    log = Log().send(REQUEST).head(*head).data(chunk(frame[:30]), chunk(frame[30:]), END)
    response = read_exchange(log.raw, "f").response
    assert [len(piece.data) for piece in response.pieces] == [30, len(frame) - 30]
    (found,) = eventstream.parse(response.body)
    assert isinstance(found, eventstream.Frame)
    assert KEY not in found.payload


def test_a_credential_in_a_compressed_answer_is_refused() -> None:
    head = (HEAD[0], b"Content-Encoding: gzip\r\n", *HEAD[1:])
    for body, clean in ((b"data: " + KEY + b"\n\n", False), (ONE, True)):
        log = Log().send(REQUEST).head(*head).data(chunk(gzip.compress(body)), END)
        if clean:
            assert gzip.decompress(read_exchange(log.raw, "f").response.body) == body
            continue
        with pytest.raises(CheckError, match="can't be blotted") as caught:
            read_exchange(log.raw, "f")
        assert caught.value.exit_code == EXIT_CHECK
    log = Log().send(REQUEST).head(HEAD[0], b"Content-Encoding: unheard-of\r\n", *HEAD[1:]).data(chunk(ONE), END)
    assert "not looked into" in read_exchange(log.raw, "f").notes[0]


# --trace-ascii


def test_an_ascii_log_gives_its_line_feeds_back() -> None:
    log = Log(ascii=True).send(REQUEST, BODY).head().data(chunk(ONE), chunk(b"data: [DONE]\n\n"), END).say(INTACT)
    captured = read_exchange(log.raw, "f")
    assert captured.response.pieces == (Piece(20_000, ONE), Piece(20_000, b"data: [DONE]\n\n"))
    assert captured.request is not None
    assert captured.request.body == BODY
    assert "put back" in captured.notes[0]


def test_an_ascii_log_without_a_dot_is_exact() -> None:
    log = Log(ascii=True).send(GET).head().data(chunk(b"data: plain text\r\n\r\n"), END)
    captured = read_exchange(log.raw, "f")
    assert captured.response.body == b"data: plain text\r\n\r\n"
    assert captured.notes == ()


@pytest.mark.parametrize(
    ("extra", "body", "at"),
    [
        (b"", ONE + 'data: {"a": "é"}\n\n'.encode(), 33),
        (b"Content-Encoding: gzip\r\n", b"\x1f\x8b", 0),
        (b"", b"", 12),
    ],
)
def test_an_ascii_log_that_is_not_exact_is_refused(extra: bytes, body: bytes, at: int) -> None:
    log = Log(ascii=True).send(GET).head(HEAD[0], extra or b"A: b\r\n", *HEAD[1:])
    log.data(chunk(body) if body else chunk(b"data: x") + b"zz\r\na.b")
    with pytest.raises(MocksseError, match=f"--trace-ascii .* byte {at} of the body can't be told") as caught:
        read_exchange(log.raw, "f")
    assert "--trace FILE" in caught.value.hint


def test_a_request_body_that_is_not_exact_is_left_out() -> None:
    log = Log(ascii=True).send(REQUEST, '{"a": "é"}'.encode()).head().data(chunk(b"data: x\r\n\r\n"), END)
    captured = read_exchange(log.raw, "f")
    assert captured.request is not None
    assert captured.request.body is None
    assert captured.notes == ("the request's body is left out: --trace-ascii has not all of its bytes",)


@pytest.mark.parametrize(
    "log",
    [
        Log().send(GET).say("Empty reply from server"),
        Log().send(GET).head(b"HTTP/1.1 200 OK\r\n"),
        Log().send(GET).head(b"HTTP/1.1 100 Continue\r\n", b"\r\n"),
        Log().send(b"CONNECT a:443 HTTP/1.1\r\n\r\n").head(b"HTTP/1.1 407 No\r\n", b"\r\n"),
        Log().head().data(END),
    ],
)
def test_a_log_without_an_answer(log: Log) -> None:
    with pytest.raises(MocksseError, match=r"^f: there is no whole response head in this trace"):
        read_exchange(log.raw, "f")
