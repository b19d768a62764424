"""Record-through as clients and upstreams see it: `mocksse serve --upstream` between the two, over real sockets."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from served import ServeProcess, run_mocksse
from through import Paths, ask, recording, recordings
from upstreams import END, answer, chunk, events, started

from mocksse.cassette.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Answer

    from mocksse.cassette.model import Interaction

pytestmark = pytest.mark.long

CASSETTES = Path(__file__).parents[2] / "cassettes"
JSON = "Content-Type: application/json"
STREAMS = 20


@pytest.fixture(scope="module")
def upstream() -> Iterator[Paths]:
    with Paths() as paths:
        yield paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="module")
def server(upstream: Paths, folder: Path) -> Iterator[ServeProcess]:
    """Records all of `upstream` into `folder`."""
    with ServeProcess(folder, "--upstream", upstream.url, "--record", "all", "--timeout", "0.6") as server:
        yield server


# --- Many at once


def shipped() -> list[tuple[str, bytes]]:
    """What the shipped streams were asked for: targets and bodies."""
    names = ("anthropic", "openai-chat", "openai-responses", "reasoning", "unicode", "cut")
    requests = [interaction.request for name in names for interaction in load(CASSETTES / f"{name}.yaml")]
    return [(request.path, request.body or b"") for request in requests]


def heard(answer: Answer) -> tuple[object, ...]:
    """All that a client can tell of an answer."""
    return answer.status, answer.headers, answer.body, answer.chunks, answer.trailers, answer.end, answer.version


def in_cassette(interaction: Interaction) -> tuple[object, ...]:
    """The same of a recording."""
    response = interaction.response
    chunks: list[bytes] = [b""]
    for piece in response.pieces:
        chunks[-1] += piece.data
        if not piece.more:
            chunks.append(b"")
    end = {"complete": "complete", "cut": "cut", "reset": "reset"}.get(response.end.how, response.end.how)
    return response.status, response.headers, response.body, tuple(chunks[:-1]), response.trailers, end, response.http


def all_at_once(port: int, asked: list[tuple[str, bytes]]) -> list[Answer]:
    """The answers to all of them, each on a connection of its own, none asked before all are ready."""
    ready = threading.Barrier(len(asked))

    def one(request: tuple[str, bytes]) -> Answer:
        ready.wait(10)
        return ask(port, request[0], "POST", JSON, body=request[1])

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(one, asked))


@pytest.fixture(scope="module")
def replayed() -> Iterator[ServeProcess]:
    """The shipped cassettes."""
    with ServeProcess(CASSETTES, "--speed", "20", "--quiet") as upstream:
        yield upstream


@pytest.mark.parametrize(("way", "streams"), [("serve", 20), ("record", 5)])
def test_many_streams_at_once_are_as_they_are_without_us(
    way: str, streams: int, replayed: ServeProcess, tmp_path: Path
) -> None:
    asked = [shipped()[number % len(shipped())] for number in range(streams)]
    words = {
        "serve": ["serve", tmp_path, "--upstream", replayed.url, "--record", "all", "--port", "0"],
        "record": ["record", replayed.url, "--proxy", "-o", tmp_path, "--port", "0"],
    }
    with started(*words[way], cwd=tmp_path) as recorder:
        assert recorder.stdout is not None
        port = int(recorder.stdout.readline().decode().rpartition(":")[2])
        through = all_at_once(port, asked)
        kept = recordings(tmp_path, streams)
    direct = all_at_once(replayed.port, asked)
    for got, wanted in zip(through, direct, strict=True):
        assert heard(got) == heard(wanted)
    assert {answer.end for answer in direct} >= {"complete"}
    there = [(path, body, heard(answer)) for (path, body), answer in zip(asked, direct, strict=True)]
    found = [(i.request.path, i.request.body, in_cassette(i)) for i in kept]
    for got, wanted in zip(sorted(found, key=repr), sorted(there, key=repr), strict=True):
        assert got == wanted


# --- What the upstream is asked


def parts(request: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    """Request line, fields and body."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    return line, [(name, value) for name, _, value in (field.partition(": ") for field in fields)], body


def test_the_request_arrives_as_it_was_but_for_what_is_ours(server: ServeProcess, upstream: Paths) -> None:
    mine = ["X-Odd:  two  words", "aCCept: text/event-stream", "X-Odd: again", "Cookie: a=b", "Authorization: Bearer k"]
    ours = ["x-mocksse-fault: reset", "x-mocksse-pacing: speed=2", "TE: trailers", "Keep-Alive: 5", "X-Hop: 1"]
    target = "/request/a%2Fb//c;d?x=1&x=%20&y"
    got = ask(
        server.port, target, "PUT", *mine, *ours, "Connection: keep-alive, X-Hop", "Accept-Encoding: gzip", JSON,
        body=b'{ "a":1 }',
    )  # fmt: skip
    assert got.body == b"data: upstream\n\n"
    line, fields, body = parts(upstream.requests[-1])
    assert line == f"PUT {target} HTTP/1.1"
    assert body == b'{ "a":1 }'
    (via,) = [value for name, value in fields if name == "Via"]
    assert re.fullmatch(r"1\.1 mocksse-[0-9a-f]{8}", via)
    assert fields == [
        ("Host", f"127.0.0.1:{upstream.port}"),
        ("X-Odd", "two  words"),
        ("aCCept", "text/event-stream"),
        ("X-Odd", "again"),
        ("Cookie", "a=b"),
        ("Authorization", "Bearer k"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
        ("Via", via),
        ("Content-Length", "9"),
    ]


def test_a_request_without_a_body_and_one_with_an_empty_one(server: ServeProcess, upstream: Paths) -> None:
    ask(server.port, "/none")
    assert [name for name, _ in parts(upstream.requests[-1])[1]] == ["Host", "Accept-Encoding", "Via"]
    ask(server.port, "/empty", "POST", "Content-Length: 0")
    assert ("Content-Length", "0") in parts(upstream.requests[-1])[1]


@pytest.mark.parametrize("coding", ["gzip", "chunked"])
def test_a_body_in_another_shape_is_taken_out_of_it(coding: str, server: ServeProcess, upstream: Paths) -> None:
    text = b'{"stream": true, "messages": [{"role": "user", "content": "rivers"}]}'
    with server.client() as client:
        if coding == "gzip":
            client.ask(f"/coded/{coding}", "POST", "Content-Encoding: gzip", JSON, body=gzip.compress(text))
        else:
            client.ask(f"/coded/{coding}", "POST", "Transfer-Encoding: chunked", JSON)
            client.send(chunk(text[:9]) + chunk(text[9:]) + END)
        assert client.answer().status == 200
    _, fields, body = parts(upstream.requests[-1])
    assert body == text
    assert ("Content-Length", str(len(text))) in fields
    assert not {"content-encoding", "transfer-encoding"} & {name.lower() for name, _ in fields}


def test_accept_encoding_may_be_kept(upstream: Paths, tmp_path: Path) -> None:
    data = gzip.compress(b"data: squeezed\n\n")
    upstream.on["/squeezed"] = answer("200 OK", "text/event-stream", data, "Content-Encoding: gzip")
    words = ["--upstream", upstream.url, "--record", "new", "--keep-encoding", "--quiet"]
    with ServeProcess(tmp_path, *words) as server:
        first = ask(server.port, "/squeezed", "GET", "Accept-Encoding: gzip, br")
        assert ("Accept-Encoding", "gzip, br") in parts(upstream.requests[-1])[1]
        assert recording(tmp_path, "/squeezed").response.body == data == first.body
        assert ask(server.port, "/squeezed").body == data, "it is played as it came"
        ask(server.port, "/none")
        assert "accept-encoding" not in {name.lower() for name, _ in parts(upstream.requests[-1])[1]}


def test_several_upstreams_by_prefix(tmp_path: Path) -> None:
    with Paths() as one, Paths() as two, Paths() as rest:
        one.on["/base/v1/x"] = events("one")
        two.on["/v1/x"] = events("two")
        words = ["--upstream", f"/a={one.url}/base", "--upstream", f"/a/b={two.url}", "--upstream", rest.url]
        with ServeProcess(tmp_path, *words, "--record", "all", "--quiet") as server:
            said = [ask(server.port, path).body for path in ("/a/v1/x?q", "/a/b/v1/x", "/ab/v1/x", "/")]
            assert said == [b"data: one\n\n", b"data: two\n\n", b"data: upstream\n\n", b"data: upstream\n\n"]
            assert (one.paths, two.paths, rest.paths) == (["/base/v1/x?q"], ["/v1/x"], ["/ab/v1/x", "/"])
            kept = recordings(tmp_path, 4)
            assert {i.request.path for i in kept} == {"/a/v1/x?q", "/a/b/v1/x", "/ab/v1/x", "/"}
            assert {i.recorded.upstream for i in kept if i.recorded} == {one.url, two.url, rest.url}
            # No words of a request lead above what was named.
            for path in ("/a/../secret", "/a/%2e%2e/secret", "/a/b/..%2fsecret"):
                assert ask(server.port, path).status in {400, 404}
        assert len(one.paths + two.paths + rest.paths) == 4


# --- What the client gets


def test_keep_alive_over_relayed_answers(server: ServeProcess, upstream: Paths) -> None:
    upstream.on["/whole"] = answer("200 OK", "application/json", b"{}")
    upstream.on["/nothing"] = b"HTTP/1.1 204 No Content\r\n\r\n"
    upstream.on["/hinted"] = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer("200 OK", "text/plain", b"hi")
    upstream.on["/more"] = answer("200 OK", "text/plain", b"ok") + b"HTTP/1.1 200 smuggled\r\n\r\n"
    with server.client() as client:
        for path, status, body in (
            ("/events", 200, b"data: upstream\n\n"),
            ("/whole", 200, b"{}"),
            ("/nothing", 204, b""),
            ("/hinted", 200, b"hi"),
            ("/more", 200, b"ok"),
            ("/events", 200, b"data: upstream\n\n"),
        ):
            client.ask(path)
            got = client.answer()
            assert (got.status, got.body, got.end) == (status, body, "complete")
            assert got.header("connection") == ""
        client.send(b"GET /whole HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        assert [client.answer().body for _ in range(3)] == [b"{}"] * 3, "pipelined"


def test_what_ends_with_its_connection_ends_ours(server: ServeProcess, upstream: Paths) -> None:
    upstream.on["/old"] = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n"
    upstream.on["/closes"] = answer("200 OK", "text/plain", b"ok", "Connection: close")
    for path, version in (("/old", "1.0"), ("/closes", "1.1")):
        with server.client() as client:
            client.ask(path)
            got = client.answer()
            assert (got.end, got.version, got.header("connection")) == ("complete", version, "close")
            assert client.read_to_end() == b""
    with server.client() as client:
        client.ask("/whole", "GET", "Connection: close")
        assert client.answer().header("connection") == "close"
        assert client.read_to_end() == b""


def test_a_client_of_http_1_0_gets_the_body_without_its_framing(
    server: ServeProcess, upstream: Paths, folder: Path
) -> None:
    upstream.on["/plain"] = events("1", "2", "3")
    with server.client() as client:
        client.ask("/plain", version="1.0")
        head, _, body = client.read_to_end().partition(b"\r\n\r\n")
    assert body == b"data: 1\n\ndata: 2\n\ndata: 3\n\n"
    assert b"transfer-encoding" not in head.lower()
    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert recording(folder, "/plain").response.chunks == 3


def test_a_look_at_the_head(server: ServeProcess, upstream: Paths, folder: Path) -> None:
    upstream.on["/looked"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4000\r\n\r\n"
    with server.client() as client:
        for _ in range(2):
            client.ask("/looked", "HEAD")
            got = client.answer("HEAD")
            assert (got.status, got.body, got.header("content-length")) == (200, b"", "4000")
    assert upstream.requests[-1].startswith(b"HEAD /looked ")


def test_a_page_of_another_origin_may_read_it(server: ServeProcess, upstream: Paths, folder: Path) -> None:
    upstream.on["/page"] = answer("200 OK", "text/plain", b"ok", "Access-Control-Allow-Origin: https://other.example")
    before = len(upstream.requests)
    origin = "Origin: http://localhost:3000"
    got = ask(server.port, "/page", "OPTIONS", origin, "Access-Control-Request-Method: POST")
    assert (got.status, got.header("access-control-allow-origin")) == (204, "http://localhost:3000")
    assert len(upstream.requests) == before, "a preflight is ours to answer"
    got = ask(server.port, "/page", "GET", origin)
    assert [v for n, v in got.headers if n.lower() == b"access-control-allow-origin"] == [b"http://localhost:3000"]
    assert recording(folder, "/page").response.header("access-control-allow-origin") == "https://other.example"
    assert ask(server.port, "/options", "OPTIONS").body == b"data: upstream\n\n"
    assert upstream.requests[-1].startswith(b"OPTIONS /options ")


def test_a_redirect_is_passed_on_and_recorded_and_not_followed(
    server: ServeProcess, upstream: Paths, folder: Path
) -> None:
    where = f"{upstream.url}/elsewhere"
    upstream.on["/moved"] = answer("307 Temporary Redirect", "text/plain", b"", f"Location: {where}")
    got = ask(server.port, "/moved", "POST", body=b"{}")
    assert (got.status, got.header("location")) == (307, where)
    kept = recording(folder, "/moved").response
    assert (kept.status, kept.header("location")) == (307, where)
    assert "/elsewhere" not in upstream.paths


# --- What goes wrong


def refusal(got: Answer) -> tuple[int, str]:
    """Status and message of an answer that says why there is no other."""
    assert got.header("content-type") == "application/json"
    message = json.loads(got.body)["error"]["message"]
    assert "\n" not in message
    assert got.header("x-mocksse-note") == message
    return got.status, message


def test_an_upstream_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with ServeProcess(tmp_path, "--upstream", f"http://127.0.0.1:{port}", "--record", "all") as server:
        status, message = refusal(ask(server.port, "/x", "POST", "Origin: http://localhost:1", body=b"{}"))
        assert status == 502
        assert f"127.0.0.1:{port}" in message
        with server.client() as client:
            for _ in range(2):
                client.ask("/x")
                assert client.answer().status == 502, "the connection lives on"
        assert list(tmp_path.iterdir()) == []
        server.end()


@pytest.mark.parametrize(
    ("path", "script", "status", "words"),
    [
        ("/silent", lambda sock, _: sock.recv(1), 504, "127.0.0.1 did not answer within 0.6 s"),
        ("/mute", lambda _, __: None, 502, "127.0.0.1 closed the connection without an answer"),
        ("/ssh", b"SSH-2.0-x\r\n", 502, "127.0.0.1 does not answer in HTTP/1.x"),
        ("/upgrades", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", 502, "127.0.0.1 switches to another protocol"),
    ],
)  # fmt: skip
def test_an_upstream_that_gives_no_answer(
    path: str, script: bytes, status: int, words: str, server: ServeProcess, upstream: Paths, folder: Path
) -> None:
    upstream.on[path] = script
    got = refusal(ask(server.port, path))
    assert got[0] == status
    assert got[1].startswith(words)
    assert not [i for file in folder.glob("*.yaml") for i in load(file) if i.request.path == path]


def test_a_request_that_came_from_here(server: ServeProcess, upstream: Paths) -> None:
    ask(server.port, "/once")
    (via,) = [value for name, value in parts(upstream.requests[-1])[1] if name == "Via"]
    before = len(upstream.requests)
    status, message = refusal(ask(server.port, "/again", "GET", "Via: 1.0 other", f"Via: 1.1 third, {via}"))
    assert status == 508
    assert message == "this request has come from this very server: the upstream leads back here"
    assert len(upstream.requests) == before
    assert ask(server.port, "/other", "GET", "Via: 1.1 mocksse-00000000").status == 200, "another mocksse"


def test_two_servers_that_ask_each_other(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = ["--record", "all", "--quiet"]
    with ServeProcess(tmp_path / "a", "--upstream", f"http://127.0.0.1:{port}", *words) as one:
        back = ["serve", tmp_path / "b", "--port", str(port), "--upstream", one.url, *words]
        with started(*back, cwd=tmp_path) as two:
            assert two.stdout is not None
            assert two.stdout.readline()
            assert ask(port, "/x").status == 508
            (loop,) = recordings(tmp_path / "a", 1)
            assert loop.response.status == 508


def test_itself_for_an_upstream(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    words = ["serve", tmp_path, "--port", port, "--upstream", f"/a=http://localhost:{port}/v1", "--record", "all"]
    done = run_mocksse(*words)
    assert (done.returncode, done.stdout) == (2, "")
    line = f"mocksse: --upstream http://localhost:{port}/v1: that is this server itself (name another one)\n"
    assert done.stderr == line
