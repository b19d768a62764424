from __future__ import annotations

import gzip

import pytest

from mocksse.cassette.importers.answer import is_answer, read_answer
from mocksse.cassette.model import End, Piece
from mocksse.errors import MocksseError

BODY = b"data: a\n\ndata: [DONE]\n\n"
SSE = b"Content-Type: text/event-stream\r\n"


def test_a_chunked_answer() -> None:
    captured = read_answer(b"HTTP/1.1 200 OK\r\n" + SSE + b"transfer-encoding: chunked\r\n\r\n" + BODY, "f")
    response = captured.response
    assert (response.status, response.reason, response.http, response.framing) == (200, None, "1.1", "chunked")
    assert response.headers == ((b"Content-Type", b"text/event-stream"), (b"transfer-encoding", b"chunked"))
    assert response.pieces == (Piece(0, BODY),)
    assert response.end == End(0, "complete")
    assert captured.request is None
    assert captured.notes == ()
    assert not captured.as_received


@pytest.mark.parametrize(
    ("head", "framing", "how", "kept", "note"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n", "length", "complete", True, ""),
        (b"HTTP/2 200 \r\ncontent-length: 23\r\n", "length", "complete", True, ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n", "length", "cut", True, "7 bytes of 30 are missing"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1022\r\n", "length", "cut", True, "999 bytes of 1,022 are missing"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n",
            "chunked",
            "complete",
            False,
            "Content-Length said 22, 23 bytes",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", "chunked", "complete", False, "Content-Length said 0"),
        (b"HTTP/1.1 200 OK\r\n", "close", "complete", False, ""),
        (b"HTTP/1.0 200 OK\r\n", "close", "complete", False, ""),
        (b"HTTP/2 200 \r\n", "chunked", "complete", False, ""),
        (b"HTTP/3 200 \r\n", "chunked", "complete", False, ""),
        (b"HTTP/2.0 200 \r\n", "chunked", "complete", False, ""),
    ],
)
def test_the_framing(head: bytes, framing: str, how: str, kept: bool, note: str) -> None:
    captured = read_answer(head + b"\r\n" + BODY, "f")
    response = captured.response
    assert response.body == BODY
    assert (response.framing, response.end.how) == (framing, how)
    assert bool(response.header("content-length")) is kept
    assert note in " ".join(captured.notes)
    assert bool(captured.notes) is bool(note)
    assert response.http == ("1.0" if head.startswith(b"HTTP/1.0") else "1.1")


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        b"HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Digest\n\n",
        b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 307 \r\nLocation: /\r\n\r\n",
    ],
)
def test_of_several_heads_the_last_is_the_answers(before: bytes) -> None:
    after = b"HTTP/2 429 \r\nretry-after: 3\r\n\r\nslow down"
    response = read_answer(before + after, "f").response
    assert response == read_answer(after, "f").response
    assert (response.status, response.headers, response.body) == (429, ((b"retry-after", b"3"),), b"slow down")


def test_bare_line_feeds_and_an_own_reason() -> None:
    response = read_answer(b"HTTP/1.1 200 Fine\nA: b\n\n\nbody\n", "f").response
    assert (response.reason, response.headers, response.body) == (b"Fine", ((b"A", b"b"),), b"\nbody\n")


def test_an_answer_without_a_body() -> None:
    for status in (b"204 No Content", b"304 Not Modified", b"200 OK\r\nContent-Length: 0"):
        response = read_answer(b"HTTP/1.1 " + status + b"\r\n\r\n", "f").response
        assert (response.pieces, response.framing, response.end.how) == ((), "length", "complete")


def test_the_body_that_curl_decoded_loses_its_encoding() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + SSE + b"Content-Encoding: gzip\r\nContent-Length: 40\r\n\r\n"
    body = "data: é\n\n".encode()
    for text in (body, body * 20, body[:7]):
        captured = read_answer(head + text, "f")
        assert captured.response.headers == ((b"Content-Type", b"text/event-stream"),)
        assert captured.response.framing == "chunked"
        assert captured.response.body == text
        assert "--compressed" in captured.notes[0]
    packed = gzip.compress(body)
    captured = read_answer(head.replace(b"40", b"%d" % len(packed)) + packed, "f")
    assert captured.response.header("content-encoding") == "gzip"
    assert captured.response.framing == "length"
    assert captured.notes == ()


def test_a_cookie_that_the_server_set_is_blotted() -> None:
    response = read_answer(b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=abcdefgh; Path=/\r\n\r\n", "f").response
    assert response.headers == ((b"Set-Cookie", b"sid=xxxxxxxx; Path=/"),)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", "without the blank line"),
        (b"HTTP/1.1 200 OK\r\n", "without the blank line"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", "without the blank line"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n", "without the blank line"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "bad header line"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "ends before the response's head does"),
        (b"HTTP/1.1 100 Continue\r\n\r\ndata: x\n\n", "ends before the response's head does"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "status 101"),
    ],
)
def test_a_head_that_is_none(data: bytes, says: str) -> None:
    with pytest.raises(MocksseError, match=says) as caught:
        read_answer(data, "f.http")
    assert str(caught.value).startswith("f.http: ")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 200\r\n\r\n", True),
        (b"HTTP/2 200 \n\n", True),
        (b"HTTP/2 200\n\n", True),
        (b"HTTP/1.1 is the protocol", False),
        (b"HTTP/1.1 2000 OK\r\n\r\n", False),
        (b"HTTP/1.1 200 OK", False),
        (b"\nHTTP/1.1 200 OK\r\n\r\n", False),
        (b"http/1.1 200 OK\r\n\r\n", False),
    ],
)
def test_what_is_an_answer(data: bytes, expected: bool) -> None:
    assert is_answer(data) is expected
