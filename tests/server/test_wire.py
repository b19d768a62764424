"""What goes over the wire, seen from a raw socket: HTTP as clients speak it, and how connections end."""

from __future__ import annotations

import json
import socket
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from served import Answer, Client, Serving, serving
from wire_tapes import BODY, CHUNKED, EVENTS, tape

from mocksse import limits
from mocksse.cassette.model import Response

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    tapes = (
        tape("/a"),
        tape("/length", framing="length"),
        tape("/close", framing="close"),
        tape("/old", framing="close", http="1.0"),
        tape("/v1/chat/completions", method="POST", body=b'{"stream":true,"n":1}'),
        tape("/with?x=1&y=2"),
        replace(tape("/nothing"), response=Response(204, ((b"X-A", b"1"),), "length", ())),
    )
    with serving(*tapes, routes={"/stream": "/v1/chat/completions"}) as running:
        yield running


# --- Framing, as the client can read it


def test_a_chunked_answer_goes_out_as_recorded(client: Client) -> None:
    client.ask("/a")
    answer = client.answer()
    assert (answer.status, answer.headers, answer.chunks, answer.end) == (200, CHUNKED, EVENTS, "complete")


@pytest.mark.parametrize(("path", "closes"), [("/a", False), ("/length", False), ("/close", True), ("/nothing", False)])
def test_head_gets_the_head_alone(client: Client, path: str, closes: bool) -> None:
    client.ask(path, "HEAD")
    head = client.answer("HEAD")
    assert head.body == b""
    client.ask(path, "GET")
    answer = client.answer("GET")
    assert (answer.status, answer.headers) == (head.status, head.headers)
    assert client.read_to_end() == b"" if closes else answer.end == "complete"


@pytest.mark.parametrize("path", ["/a", "/length", "/close"])
def test_http_1_0_gets_a_body_that_the_close_ends(client: Client, path: str) -> None:
    client.send(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    head, _, body = client.read_to_end().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert b"\r\nConnection: close" in head
    assert b"chunked" not in head
    assert body == BODY


def test_http_1_0_is_not_kept_alive_not_even_if_it_asks(client: Client) -> None:
    client.ask("/length", "GET", "Connection: keep-alive", version="1.0")
    assert client.answer().header("connection") == "close"
    assert client.read_to_end() == b""


def test_an_answer_recorded_in_http_1_0_is_one(client: Client) -> None:
    client.ask("/old")
    answer = client.answer()
    assert (answer.version, answer.headers, answer.body) == ("1.0", CHUNKED[:1], BODY)


@pytest.mark.parametrize("target", ["/nowhere?key=Kd8sPq2LmN4y", "/no?key=Kd8sPq2LmN4y"])
def test_a_key_in_a_query_is_neither_echoed_nor_logged(target: str) -> None:
    with serving(tape("/a")) as server, server.client() as client:
        client.ask(target)
        answer = client.answer()
        assert answer.status == 404
        assert target.replace("Kd8sPq2LmN4y", "x" * 12).encode() in answer.body
        assert server.next_played().target == target.replace("Kd8sPq2LmN4y", "x" * 12)


@pytest.mark.parametrize("path", ["/a", "/length", "/close", "/nowhere"])
def test_connection_close_is_answered_with_it(client: Client, path: str) -> None:
    client.ask(path, "GET", "Connection: close")
    answer = client.answer()
    assert answer.header("connection") == "close"
    assert answer.body == BODY or answer.status == 404
    assert client.read_to_end() == b""


# --- Many requests on one connection


def test_a_connection_serves_a_hundred_requests(client: Client) -> None:
    for i in range(100):
        client.ask(("/a", "/length", "/nowhere", "/nothing")[i % 4])
        answer = client.answer()
        assert answer.end == "complete"
        assert (answer.status, answer.body if answer.status == 200 else b"") in [(200, BODY), (404, b""), (204, b"")]


def test_requests_sent_at_once_are_answered_in_order(client: Client) -> None:
    targets = ["/a", "/length", "/nowhere", "/v1/chat/completions", "/nothing", "/a"] * 20
    body = b'{"stream":true,"n":1}'
    asks = [
        f"POST {t} HTTP/1.1\r\nHost: t\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        if t.startswith("/v1")
        else f"GET {t} HTTP/1.1\r\nHost: t\r\n\r\n".encode()
        for t in targets
    ]
    client.send(b"".join(asks))
    statuses = {"/nowhere": 404, "/nothing": 204}
    assert [client.answer().status for _ in targets] == [statuses.get(target, 200) for target in targets]


def test_only_the_last_of_them_closes(client: Client) -> None:
    ask = b"GET /a HTTP/1.1\r\nHost: t\r\n%b\r\n"
    client.send(ask % b"" + ask % b"Connection: close\r\n")
    assert client.answer().header("connection") == ""
    assert client.answer().header("connection") == "close"
    assert client.read_to_end() == b""


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_request_may_come_in_any_pieces(client: Client, cut: int) -> None:
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ask = b"POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Length: 21\r\n\r\n" + b'{"stream":true,"n":1}'
    client.send(ask[:cut])
    client.send(ask[cut:-3])
    client.send(ask[-3:])
    assert client.answer().chunks == EVENTS


def test_a_chunked_request_body_is_a_body(client: Client) -> None:
    client.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.send(b'a\r\n{"stream":\r\nb\r\ntrue,"n":1}\r\n0\r\n\r\n')
    assert client.answer().status == 200


def test_a_compressed_request_body_is_read_as_what_it_says(client: Client) -> None:
    body = zlib.compress(b'{"stream":false}', wbits=31)
    client.ask("/v1/chat/completions", "POST", "Content-Encoding: gzip", body=body)
    assert nearest(client.answer()) == ("tape#/v1/chat/completions", ["stream"])
    client.ask("/v1/chat/completions", "POST", "Content-Encoding: gzip", body=b"no gzip")
    answer = client.answer()
    assert (answer.status, answer.header("connection")) == (400, "close")
    assert client.read_to_end() == b""


# --- Expect


def test_the_body_is_asked_for_where_the_client_waits_to_be(client: Client) -> None:
    client.ask("/v1/chat/completions", "POST", "Expect: 100-continue", "Content-Length: 21")
    assert client.read(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b'{"stream":true,"n":1}')
    assert client.answer().chunks == EVENTS
    client.ask("/a")
    assert client.answer().status == 200


def test_http_1_0_knows_no_100_continue(client: Client) -> None:
    client.ask("/v1/chat/completions", "POST", "Expect: 100-continue", body=b'{"stream":true}', version="1.0")
    assert client.answer().status == 200


# --- Other origins

ORIGIN = "Origin: http://page.example:8000"


def test_a_preflight_allows_whatever_it_asks_for(client: Client) -> None:
    for target in ("/v1/chat/completions", "/nowhere"):
        client.ask(
            target,
            "OPTIONS",
            ORIGIN,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization, x-anything-at-all",
            "Access-Control-Request-Private-Network: true",
        )
        answer = client.answer("OPTIONS")
        assert answer.status == 204
        assert answer.header("access-control-allow-origin") == "http://page.example:8000"
        assert answer.header("access-control-allow-methods") == "POST"
        assert answer.header("access-control-allow-headers") == "authorization, x-anything-at-all"
        assert answer.header("access-control-allow-private-network") == "true"


@pytest.mark.parametrize(("target", "status"), [("/a", 200), ("/nowhere", 404), ("/nothing", 204), ("/length", 200)])
def test_a_page_may_read_every_answer(client: Client, target: str, status: int) -> None:
    client.ask(target, "GET", ORIGIN)
    answer = client.answer()
    assert answer.status == status
    assert answer.header("access-control-allow-origin") == "http://page.example:8000"
    exposed = answer.header("access-control-expose-headers").split(", ")
    recorded = [n.decode().lower() for n, _ in answer.headers if not n.lower().startswith(b"access-control-")]
    assert exposed == [name for name in recorded if name != "vary"]


@pytest.fixture
def own() -> Iterator[Serving]:
    """A server of the test's own, for what it says of each request."""
    with serving(tape("/a")) as running:
        yield running


def test_what_is_no_request_is_answered_too(own: Serving, capfd: pytest.CaptureFixture[str]) -> None:
    for nonsense, words in (
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", "HTTPS"),
        (b"GET /a b HTTP/1.1\r\n\r\n", "Bad status line"),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", "65536"),
        (b"POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk size"),
    ):
        with own.client() as client:
            client.send(nonsense)
            answer = client.answer()
            assert answer.status == 400
            assert words in json.loads(answer.body)["error"]["message"]
            assert answer.header("access-control-allow-origin") == "*"
            assert client.read_to_end() == b""
        assert own.next_played().answer.note.startswith("not an HTTP request: ")
    assert capfd.readouterr() == ("", ""), "no traceback"


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET /a HTTP/1.1\r\nAuthorization: Bearer SECRET" + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /a?key=SECRET" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /a?key=SECRET b HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: t\r\nAuthorization : Bearer SECRET\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer SECRET\x01\r\n\r\n",
        b"SECRET\x01 /a HTTP/1.1\r\nHost: t\r\n\r\n",
    ],
)
def test_what_is_no_request_is_not_repeated(own: Serving, nonsense: bytes) -> None:
    with own.client() as client:
        client.send(nonsense)
        answer = client.answer()
    assert answer.status == 400
    note = own.next_played().answer.note
    assert note.removeprefix("not an HTTP request: ")
    assert "SECRET" not in note
    assert b"SECRET" not in answer.body
    assert "SECRET" not in answer.header("x-mocksse-note")


def test_the_access_line_has_the_target_as_it_was_asked(own: Serving) -> None:
    for target in ("/a?b=c", "/@default/a", "/%40default/a"):
        with own.client() as client:
            client.ask(target)
            assert client.answer().status == (404 if "?" in target else 200)
        assert own.next_played().target == target


# --- Errors


def nearest(answer: Answer) -> tuple[str, list[str]]:
    found = json.loads(answer.body)["mocksse"]["nearest"][0]
    return found["interaction"], [item["field"] for item in found["differs"]]


def test_a_miss_names_the_nearest_and_how_they_differ(client: Client) -> None:
    client.ask("/v1/chat/completion", "POST")
    answer = client.answer()
    said = json.loads(answer.body)
    error = said["error"]
    assert (answer.status, error["code"], error["type"]) == (404, 404, "mocksse")
    assert error["message"] == (
        "no recording answers POST /v1/chat/completion: nearest is tape#/v1/chat/completions, which differs in path"
    )
    assert said["mocksse"]["nearest"][0] == {
        "interaction": "tape#/v1/chat/completions",
        "request": "POST /v1/chat/completions",
        "differs": [{"field": "path", "asked": "/v1/chat/completion", "recorded": "/v1/chat/completions"}],
    }
    assert answer.header("x-mocksse-note") == (
        "no recording answers this: nearest is tape#/v1/chat/completions, which differs in path"
    )
    client.ask("/v1/chat/completions", "GET")
    assert nearest(client.answer()) == ("tape#/v1/chat/completions", ["method"])
    client.ask("/with?x=1", "GET")
    assert nearest(client.answer())[1] == ["query.y"]


def test_a_miss_has_the_shape_of_its_api(client: Client) -> None:
    client.ask("/v1/messages", "POST")
    answer = client.answer()
    assert (answer.status, answer.header("x-should-retry")) == (404, "false")
    said = json.loads(answer.body)
    assert (said["type"], said["error"]["type"]) == ("error", "not_found_error")
    assert said["mocksse"]["nearest"]


def test_a_miss_does_not_repeat_the_request_s_key(client: Client) -> None:
    key = "c0ffee-0123456789-c0ffee"
    client.ask(f"/nowhere/{key}?a={key}", "GET", f"Authorization: Bearer {key}")
    answer = client.answer()
    assert answer.status == 404
    assert key.encode() not in answer.body
    assert all(key.encode() not in value for _, value in answer.headers)


def test_a_probe_that_nobody_recorded_is_answered(own: Serving) -> None:
    with own.client() as client:
        client.ask("/health")
        answer = client.answer()
        assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
        client.ask("/v1/models", "HEAD", "Origin: http://page.example")
        answer = client.answer("HEAD")
        assert (answer.status, answer.header("access-control-allow-origin")) == (200, "http://page.example")
    played = own.next_played().answer
    assert (played.note, played.kind) == ("made up", "made-up")


def test_a_miss_says_where_v1_is_the_difference(client: Client) -> None:
    client.ask("/chat/completions", "POST")
    answer = client.answer()
    assert nearest(answer) == ("tape#/v1/chat/completions", ["path"])
    assert "with and without /v1" in json.loads(answer.body)["error"]["message"]


def test_a_head_that_misses_has_no_body(client: Client) -> None:
    client.ask("/nowhere", "HEAD")
    assert client.answer("HEAD").status == 404
    client.ask("/a")
    assert client.answer().status == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_beyond_the_cap_is_413(own: Serving, monkeypatch: pytest.MonkeyPatch, announced: bool) -> None:
    monkeypatch.setattr(limits, "MAX_REQUEST_BODY_BYTES", 1000)
    with own.client() as client:
        if announced:
            client.ask("/a", "POST", "Expect: 100-continue", "Content-Length: 1001", ORIGIN)
        else:
            client.ask("/a", "POST", "Transfer-Encoding: chunked", ORIGIN)
            client.send(b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n")
        answer = client.answer()
        assert (answer.status, answer.header("connection")) == (413, "close")
        assert answer.header("access-control-allow-origin")
        assert "1000 bytes" in json.loads(answer.body)["error"]["message"]
        if announced:
            client.send(b"x" * 1001)
        assert client.read_to_end() == b""
    assert own.next_played().answer.tape is None


# --- Targets


@pytest.mark.parametrize("target", ["/a", "/%61"])
def test_a_path_is_what_it_means(client: Client, target: str) -> None:
    client.ask(target)
    assert client.answer().chunks == EVENTS


def test_the_query_is_part_of_it(client: Client) -> None:
    for target, status in (("/with?y=2&x=1", 200), ("/with", 404), ("/with?x=1&y=2&key=sk-1234567", 200)):
        client.ask(target)
        assert client.answer().status == status


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_route_plays_at_its_path_to_any_method(client: Client, method: str) -> None:
    client.ask("/stream", method)
    assert client.answer().chunks == EVENTS


def test_health(client: Client) -> None:
    client.ask("/__mocksse/health")
    answer = client.answer()
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
    client.ask("/__mocksse/other")
    assert client.answer().status == 404
