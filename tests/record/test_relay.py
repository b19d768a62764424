"""A client, the relay and an upstream on a raw socket: what the client gets, and what the cassette holds."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from relaying import ASKED, CAPS, Noting, asking, names, relayed
from tap_servers import PATIENCE, reset
from tap_ways import run
from upstreams import END, HEAD, Upstream, answer, chunk, events

from mocksse.cassette.load import load
from mocksse.errors import UpstreamError, UpstreamTimeoutError
from mocksse.record import relay as relay_module
from mocksse.record.recorder import Recorder, Target
from mocksse.record.relay import Caps, Relayed, relay
from mocksse.record.request import Request

if TYPE_CHECKING:
    import socket
    from pathlib import Path

THREE = [chunk(f"data: {number}\n\n".encode()) for number in range(1, 4)]
BODY = b"data: 1\n\ndata: 2\n\ndata: 3\n\n"
CLOSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

# id: (method, what is sent, the body's bytes on the wire, its bytes, chunks, client's end, cassette's end, is it reset)
CASES: dict[str, tuple[str, bytes, bytes, bytes, int, str, str, bool]] = {
    "chunked": ("POST", HEAD + b"".join(THREE) + END, b"".join(THREE) + END, BODY, 3, "complete", "complete", False),
    "length": ("POST", answer("200 OK", "a/b", b"hello"), b"hello", b"hello", 1, "complete", "complete", False),
    "close": ("POST", CLOSE + BODY, BODY, BODY, 1, "complete", "complete", False),
    "HEAD": ("HEAD", HEAD, b"", b"", 0, "complete", "complete", False),
    "204": ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", b"", b"", 0, "complete", "complete", False),
    "304": ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b"", b"", 0, "complete", "complete", False),
    "1xx": (
        "POST",
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + THREE[0] + END,
        THREE[0] + END,
        b"data: 1\n\n",
        1,
        "complete",
        "complete",
        False,
    ),
    "a redirect": (
        "GET",
        answer("302 Found", "text/html", b"go", "Location: http://127.0.0.1:1/"),
        b"go",
        b"go",
        1,
        "complete",
        "complete",
        False,
    ),
    "an error": ("POST", answer("429 Too Many Requests", "a/b", b"{}"), b"{}", b"{}", 1, "complete", "complete", False),
    "FIN in a chunk": (
        "POST",
        HEAD + THREE[0] + b"ff\r\nhal",
        THREE[0] + b"ff\r\nhal",
        b"data: 1\n\nhal",
        2,
        "fin",
        "cut",
        False,
    ),
    "reset after the third": ("POST", HEAD + b"".join(THREE), b"".join(THREE), BODY, 3, "reset", "reset", True),
    "close, reset": ("POST", CLOSE + BODY, BODY, BODY, 1, "reset", "reset", True),
    "broken": (
        "POST",
        HEAD + THREE[0] + b"zz\r\nrest",
        THREE[0] + b"zz\r\nrest",
        b"data: 1\n\n",
        1,
        "fin",
        "malformed",
        False,
    ),
    "bytes behind the end": ("POST", HEAD + END + b"surplus", END, b"", 0, "complete", "complete", False),
}


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_the_client_gets_and_the_cassette_holds(name: str, plain: bool, tmp_path: Path) -> None:
    method, sent, wire, body, chunks, end, ending, is_reset = CASES[name]
    client = Noting(plain=plain)
    got = threading.Event()
    wanted = len(body) + len(b"zz\r\nrest") * (name == "broken") if plain else len(wire)
    client.on_write = lambda: got.set() if len(client.body) >= wanted else None

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(sent)
        if is_reset:
            assert got.wait(PATIENCE)
            reset(sock)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, request=asking(upstream, method))
    assert client.head is not None
    if plain:
        assert client.body == (body + b"zz\r\nrest" if name == "broken" else body)
    else:
        assert client.body == wire
    assert client.ends == [end]
    assert (done.status, done.how, done.trouble, done.note) == (client.head.status, ending, None, "")
    assert (done.sent, done.left_us) == (len(client.body), None)
    assert done.interaction is not None
    assert done.path == tmp_path / names(tmp_path)[0]
    assert load(done.path).interactions == (done.interaction,)
    response = done.interaction.response
    assert (response.status, response.body, response.chunks, response.end.how) == (done.status, body, chunks, ending)
    assert response.headers == client.head.headers
    if name == "bytes behind the end":
        assert b"".join(piece.data for piece in response.end.rest) == b"surplus"
    assert len(upstream.requests) == 1, "nothing is followed"


def test_nothing_is_held_back(tmp_path: Path) -> None:
    """Each byte is with the client before the next is sent."""
    wire = HEAD + THREE[0] + b"003;x=y\r\nabc\r\n" + END
    body = wire[len(HEAD) :]
    seen = threading.Semaphore(0)
    client = Noting()
    client.on_write = seen.release

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD)
        for at in range(len(body)):
            sock.sendall(body[at : at + 1])
            assert seen.acquire(timeout=PATIENCE)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path)
    assert client.body == body
    assert len(done.written_us) == len(body)
    assert list(done.written_us) == sorted(done.written_us)
    assert done.interaction is not None
    assert done.interaction.response.body == b"data: 1\n\nabc"


def test_without_a_recorder_it_ends_with_the_body() -> None:
    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(events("x"))
        sock.recv(1)

    client = Noting()
    with Upstream(script) as upstream:
        done = relayed(upstream, client, None)
        assert time.perf_counter_ns() - client.ended_ns < relay_module._LINGER_S * 1e9 or done.how == "complete"
    assert (client.ends, done.how, done.recording, done.trouble) == (["complete"], "complete", None, None)


def test_the_client_is_not_kept_for_what_may_come_behind_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "_LINGER_S", PATIENCE)
    client = Noting()
    ended: list[list[str]] = []

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(events("x"))
        while not client.ends:
            time.sleep(0.001)
        ended.append(list(client.ends))
        sock.sendall(b"surplus")

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path)
    assert ended == [["complete"]]
    assert done.interaction is not None
    assert [piece.data for piece in done.interaction.response.end.rest] == [b"surplus"]


# --- Stopped, and no answer


@pytest.mark.parametrize("drains", [True, False])
def test_stop_ends_and_keeps_it(drains: bool, tmp_path: Path) -> None:
    class Waiting(Noting):
        async def drained(self) -> None:
            if not drains:
                await asyncio.Event().wait()

    client = Waiting()

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        sock.recv(1)

    def stop(event: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        client.on_write = lambda: loop.call_later(0.02, event.set) and None

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, stop=stop)
    assert (client.body, client.ends, done.how) == (THREE[0], ["fin"], "stopped")
    assert done.interaction is not None
    response = done.interaction.response
    assert (response.body, response.end.how, done.note) == (b"data: 1\n\n", "stopped", "stopped with the server")


def test_idle_closes_the_client_too(tmp_path: Path) -> None:
    client = Noting()

    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + THREE[0])
        sock.recv(1)

    with Upstream(script) as upstream:
        done = relayed(upstream, client, tmp_path, Caps(0.05, PATIENCE))
    assert (client.ends, done.how) == (["fin"], "idle")
    assert done.note == "nothing came for 0.05 s (--timeout)"
    assert done.interaction is not None
    assert done.interaction.response.end.how == "idle"


@pytest.mark.parametrize(
    ("sent", "hold", "message"),
    [
        (b"", False, "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nX", False, "closed the connection without an answer"),
        (b"SSH-2.0-server\r\n", True, "does not answer in HTTP/1.x"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00", True, "switches to another protocol"),
        (b"", True, "did not answer within 0.05 s"),
    ],
)
def test_no_answer(sent: bytes, hold: bool, message: str, tmp_path: Path) -> None:
    def script(sock: socket.socket, _: bytes) -> None:
        sock.sendall(sent)
        if hold:
            sock.recv(1)

    client = Noting()
    with Upstream(script) as upstream, pytest.raises(UpstreamError, match=message) as caught:
        relayed(upstream, client, tmp_path, Caps(0.05, PATIENCE))
    assert isinstance(caught.value, UpstreamTimeoutError) == ("within" in message)
    assert (client.head, client.ends, names(tmp_path)) == (None, [], [])


def test_nobody_there(tmp_path: Path) -> None:
    with Upstream(b"") as upstream:
        pass
    headers = (("Authorization", "Bearer sk-0123456789abcdef"),)
    request = Request("POST", f"{upstream.url}/v1?key=sk-fedcba9876543210", headers, ASKED)
    client = Noting()
    with pytest.raises(UpstreamError, match="connection refused") as caught:
        relayed(upstream, client, tmp_path, request=request)
    assert "sk-" not in str(caught.value)
    assert (client.head, names(tmp_path)) == (None, [])


def test_the_cassette_answers_what_the_client_asked_for(tmp_path: Path) -> None:
    found: list[Relayed] = []

    async def main() -> None:
        request = asking(upstream)
        keep = Recorder(
            request, Target(tmp_path, new=True), asked="/openai/v1/chat/completions?a=b&key=sk-fq83hdkwl20dm"
        )
        found.append(await relay(request, Noting(), keep, CAPS, asyncio.Event()))

    with Upstream(events("x")) as upstream:
        run(main())
    (done,) = found
    assert done.interaction is not None
    assert done.interaction.request.path == "/openai/v1/chat/completions?a=b&key=xxxxxxxxxxxxxxxx"
    assert done.interaction.recorded is not None
    assert done.interaction.recorded.upstream == upstream.url
    assert done.interaction.name == "tell-me-of-rivers"
    assert done.path is not None
    assert done.path.stem.endswith("tell-me-of-rivers")
