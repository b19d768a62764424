"""The canary on its way through a server that records: twelve places to put it, and every place that could tell it.

The client gets its answer as the upstream wrote it, key and all; nobody else does: not the cassettes, the partial file,
the log, the journal, the feed, the metrics, nor any other answer of the control API, and no request that misses is
told its own key.
"""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from served import PATIENCE, ServeProcess, run_mocksse
from test_canary import CHUNKS, KEY, RAW, traces
from upstreams import END, HEAD, Upstream, chunk

if TYPE_CHECKING:
    import socket
    from pathlib import Path

pytestmark = pytest.mark.long

BODY = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}'
IN_BODY = json.dumps({"model": "m", "stream": True, "api_key": KEY, "messages": []}).encode()
ENCODED = quote(KEY, safe="")

PLACES: dict[str, tuple[str, tuple[str, ...], bytes]] = {
    "Authorization": ("/v1/chat/completions", (f"Authorization: Bearer {KEY}",), BODY),
    "x-api-key": ("/v1/messages", (f"x-api-key: {KEY}",), BODY),
    "api-key": ("/openai/deployments/d/chat/completions", (f"api-key: {KEY}",), BODY),
    "x-goog-api-key": ("/v1beta/models/m:streamGenerateContent?alt=sse", (f"X-Goog-Api-Key: {KEY}",), BODY),
    "query": (f"/v1beta/models/m:streamGenerateContent?alt=sse&key={ENCODED}", (), BODY),
    "cookie": ("/v1/chat/completions", (f"Cookie: theme=dark; session={KEY}",), BODY),
    "JSON body": ("/v1/chat/completions", (), IN_BODY),
    "echoed in a response header": ("/echo/header", (f"Authorization: Bearer {KEY}",), BODY),
    "echoed in the body": ("/echo/body", (f"Authorization: Bearer {KEY}",), BODY),
    "in an error message": ("/echo/error", (f"Authorization: Bearer {KEY}",), BODY),
    "split over two chunks": ("/echo/split", (f"Authorization: Bearer {KEY}",), BODY),
    "user of a URL in the query": (f"/v1/x?callback=https://me:{ENCODED}@host/", (), BODY),
}
"""Of each a target, headers, and a body."""

READ = (
    "/sessions",
    "/sessions/default",
    "/sessions/default/requests",
    "/sessions/default/requests/1",
    *(f"/sessions/default/requests/{number}/timeline" for number in range(1, len(PLACES) + 1)),
    "/sessions/default/verdict",
    "/sessions/default/faults",
    "/cassettes",
    "/plan",
    "/timelines",
    "/faults",
    "/",
    "/metrics",
    "/openapi.json",
)


def echo(sock: socket.socket, request: bytes) -> None:
    """What providers do with a key that they don't like."""
    target = request.split(b" ", 2)[1]
    if target == b"/echo/error":
        body = b'{"error":{"message":"Incorrect API key provided: ' + RAW + b'."}}'
        head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        sock.sendall(head + body)
        return
    fields = b"X-Echo: <" + RAW + b">\r\nSet-Cookie: sid=" + RAW + b"; Path=/\r\n\r\n"
    sock.sendall(HEAD[:-2] + fields)
    for data in CHUNKS:
        sock.sendall(chunk(data))
    sock.sendall(END)


def ask(server: ServeProcess, target: str, headers: tuple[str, ...], body: bytes, method: str = "POST") -> bytes:
    with server.client() as client:
        client.ask(target, method, *headers, body=body)
        return client.answer().body


def control(server: ServeProcess, path: str) -> bytes:
    return ask(server, f"/__mocksse{path}", (), b"", "GET")


def feed(server: ServeProcess, count: int) -> bytes:
    """What the feed has said from the start, up to the last of so many recordings."""
    with server.client() as client:
        client.ask("/__mocksse/events?after=0")
        client.sock.settimeout(PATIENCE)
        said = b""
        while said.count(b"event: recorded") < count:
            said += client.sock.recv(65536)
        return said


@pytest.mark.parametrize("mode", ["all", "once"])
def test_the_key_is_nowhere_but_at_the_client(mode: str, tmp_path: Path) -> None:
    with Upstream(echo) as upstream:
        with ServeProcess("rec", "--upstream", upstream.url, "--record", mode, cwd=tmp_path) as server:
            for name, (target, headers, body) in PLACES.items():
                assert RAW in ask(server, target, headers, body), f"{name}: the client gets what the upstream said"
            told = feed(server, len(PLACES))
            assert traces(told) == [], "the feed"
            for path in READ:
                assert traces(control(server, path)) == [], path
            assert len(json.loads(control(server, "/sessions/default/requests"))["requests"]) == len(PLACES)
            assert server.end(signal.SIGTERM) == 0
        assert traces((server.out + server.err).encode()) == [], "the log"
        assert all(any(sign in request for sign in (RAW, ENCODED.encode())) for request in upstream.requests)
    written = sorted((tmp_path / "rec").rglob("*"))
    assert len(written) == len(PLACES)
    for path in written:
        assert traces(path.read_bytes() + path.name.encode()) == [], path
    assert run_mocksse("scrub", "--check", "rec", cwd=tmp_path).returncode == 0


def test_nor_is_it_where_it_is_replayed_or_missed(tmp_path: Path) -> None:
    with Upstream(echo) as up, ServeProcess("rec", "--upstream", up.url, "--record", "once", cwd=tmp_path) as server:
        for target, headers, body in PLACES.values():
            ask(server, target, headers, body)
        server.end(signal.SIGTERM)
    with ServeProcess("rec", "--log-json", "--strict", cwd=tmp_path) as server:
        for name, (target, headers, body) in PLACES.items():
            answer = ask(server, target, headers, body)
            assert b"data: " in answer or b"error" in answer, name
            assert traces(answer) == [], name
            missed = ask(server, target.replace("/", "/no/", 1), headers, body.replace(b"hi", RAW))
            assert b"nearest" in missed
            assert traces(missed) == [], name
        for path in READ:
            assert traces(control(server, path)) == [], path
        requests = json.loads(control(server, "/sessions/default/requests?writes=false"))["requests"]
        assert [request["kind"] for request in requests] == ["played", "missed"] * len(PLACES)
        server.end(signal.SIGTERM)
    assert traces((server.out + server.err).encode()) == []
    assert len([line for line in server.err.splitlines() if line.startswith("{")]) >= 2 * len(PLACES)


def test_a_partial_file_has_none_either(tmp_path: Path) -> None:
    def slow(sock: socket.socket, _: bytes) -> None:
        sock.sendall(HEAD + chunk(CHUNKS[0]) + chunk(CHUNKS[2]))
        upstream.release.wait(PATIENCE)

    with (
        Upstream(slow) as upstream,
        ServeProcess("rec", "--upstream", upstream.url, "--record", "all", cwd=tmp_path) as server,
    ):
        with server.client() as client:
            client.ask("/v1/chat/completions", "POST", f"Authorization: Bearer {KEY}", body=BODY)
            client.read(len(HEAD) + len(chunk(CHUNKS[0])))
            server.end(signal.SIGKILL)
        upstream.release.set()
    (partial,) = (tmp_path / "rec").iterdir()
    assert partial.name.endswith(".partial")
    assert traces(partial.read_bytes()) == []


RULES = """\
redact:
  headers: [openai-version]
  jsonpaths: ["$.metadata.customer"]
  patterns: ['ACME-\\d{6}']
"""


def test_own_rules_hold_for_all_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "mocksse.yaml").write_text(RULES)
    body = json.dumps({"metadata": {"customer": "Jane Roe"}, "messages": [{"role": "user", "content": "ACME-123456"}]})
    with Upstream(echo) as up, ServeProcess("rec", "--upstream", up.url, "--record", "new", cwd=tmp_path) as server:
        for target in ("/v1/x?for=ACME-123456", "/v1/of/ACME-123456", f"/v1/keys/{KEY}"):
            ask(server, target, ("OpenAI-Version: of-mine", f"Authorization: Bearer {KEY}"), body.encode())
        told = [feed(server, 3), *(control(server, path) for path in READ[:4])]
        server.end(signal.SIGTERM)
    told += [(server.out + server.err).encode(), *(path.read_bytes() for path in (tmp_path / "rec").iterdir())]
    for text in told:
        assert not any(word in text for word in (b"Jane Roe", b"ACME-123456", b"of-mine"))
        assert traces(text) == []
