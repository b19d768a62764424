"""A canary: one random key, put wherever keys are put, echoed by the server in every spelling. It is nowhere: not in
the cassette, not in the partial file while the recording runs, not on stdout or stderr."""

from __future__ import annotations

import gzip
import json
import os
import re
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

import pytest
from upstreams import HEAD, PATIENCE, Upstream, answer, chunk, events

from mocksse import cli
from mocksse.cassette.load import load

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from mocksse.cassette.model import Response

KEY = f"sk-{secrets.token_urlsafe(18)}/{secrets.token_urlsafe(6)}+{secrets.token_urlsafe(9)}"
"""With characters that URLs and JSON escape."""
RAW = KEY.encode()
USER = "someone"
WINDOW = 8

WAYS = {
    "Authorization: Bearer": ["-H", f"Authorization: Bearer {KEY}"],
    "Authorization: Basic": ["-u", f"{USER}:{KEY}"],
    "x-api-key": ["-H", f"x-api-key: {KEY}"],
    "api-key": ["-H", f"API-Key:{KEY}"],
    "x-goog-api-key": ["-H", f"X-Goog-Api-Key: {KEY}"],
    "query": [f"?alt=sse&key={quote(KEY, safe='')}"],
    "cookie": ["-b", f"theme=dark; session={KEY}"],
    "JSON field": ["-d", json.dumps({"api_key": KEY, "messages": []})],
    "JSON field, escaped": ["-d", json.dumps({"api_key": KEY}).replace("/", "\\/").replace("+", "\\u002b")],
    "user of the URL": [f"{USER}:{quote(KEY, safe='')}@"],
}


def readings(text: bytes) -> Iterator[bytes]:
    """The text, and what is behind its escapes."""
    yield text
    plain = unquote_to_bytes(text)
    yield plain
    for escaped in (text, plain):
        yield re.sub(rb"\\+u00([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), escaped).replace(b"\\", b"")


def base64_cores(value: bytes) -> Iterator[bytes]:
    """What of its base64 does not depend on the neighbours, at each of the three alignments."""
    for shift in range(3):
        text = b64encode(bytes(shift) + value)
        core = text[-(-8 * shift // 6) : 8 * (shift + len(value)) // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


SIGNS = [RAW[at : at + WINDOW] for at in range(len(RAW) - WINDOW + 1)]
SIGNS += [core[at : at + 12] for core in base64_cores(RAW) for at in range(len(core) - 11)]


def traces(text: bytes) -> list[bytes]:
    """Every part of the key, in any spelling, that can be read in a text."""
    return [sign for reading in readings(text) for sign in SIGNS if sign in reading]


def test_this_test_would_see_it() -> None:
    for text in (
        RAW,
        b"x" + RAW[3:12] + b"x",
        quote(KEY, safe="").encode(),
        "".join(f"%{byte:02x}" for byte in RAW).encode(),
        json.dumps(KEY).replace("/", "\\/").encode(),
        "".join(f"\\u{byte:04x}" for byte in RAW).encode(),
        b64encode(b"ab" + RAW),
        urlsafe_b64encode(b"a" + RAW + b"b"),
    ):
        assert traces(text)
    assert not traces(os.urandom(1000).hex().encode())


# --- The echo

HALF = len(RAW) // 2
CHUNKS = (
    b'data: {"text": "' + RAW + b'"}\n\n',
    b'data: {"error": {"message": "Incorrect API key provided: ' + RAW + b'. See http://x"}}\n\n',
    b"data: split over two chunks: " + RAW[:HALF],
    RAW[HALF:] + b"\n\n",
    b"data: base64 " + b64encode(RAW) + b"\n\n",
    b"data: " + b64encode(b'{"a": 1, "key": "' + RAW + b'"}') + b"\n\n",
    b"data: " + urlsafe_b64encode(b"  " + RAW) + b"\n\n",
    b"data: " + quote(KEY, safe="").encode() + b"\n\n",
    b"data: " + "".join(f"%{byte:02X}" for byte in RAW).encode() + b"\n\n",
    b"data: " + json.dumps(KEY).replace("/", "\\/").encode() + b"\n\n",
    b"data: " + "".join(f"\\u{byte:04x}" for byte in RAW).encode() + b"\n\n",
    b"data: " + json.dumps(json.dumps({"k": KEY})).encode() + b"\n\n",
    b": " + RAW + RAW + b"\n\n",
)
READS = (b"data: split over two reads: " + RAW[:HALF], RAW[HALF:] + b" end\n\n" + b"." * 400)
"""One chunk; its size is on no other."""
TAIL = b"data: cut off amid the key: " + RAW[:-3]


def await_in(path: Path, text: bytes) -> bytes:
    """The file's bytes, once the text is in it."""
    deadline = time.monotonic() + PATIENCE
    while text not in (data := path.read_bytes() if path.exists() else b""):
        assert time.monotonic() < deadline, data[-1000:]
        time.sleep(0.001)
    return data


class Echo:
    """A server that says the key in every way, and looks at the partial file meanwhile."""

    def __init__(self, partial: Path) -> None:
        self._partial = partial
        self.looks: list[bytes] = []

    def _look(self, text: bytes) -> None:
        self.looks.append(await_in(self._partial, text))

    def __call__(self, sock: socket.socket, request: bytes) -> None:
        assert any(sign in reading for reading in readings(request) for sign in SIGNS), "the key was sent"
        head = HEAD.replace(b"200 OK", b"200 " + RAW)
        fields = b"X-Echo: <" + RAW + b">\r\nSet-Cookie: sid=" + RAW + b"; Path=/\r\nTrailer: X-Echo\r\n\r\n"
        sock.sendall(head[:-2] + fields)
        for data in CHUNKS:
            sock.sendall(chunk(data))
        size = len(READS[0]) + len(READS[1])
        sock.sendall(b"%x\r\n" % size + READS[0])
        self._look(b'{"chunk":%d}' % size)
        sock.sendall(READS[1] + b"\r\n" + chunk(b"seen: 1\n"))
        self._look(b"seen: 1")
        sock.sendall(chunk(TAIL) + b"0\r\nX-Echo: " + RAW + b"\r\n\r\n")
        self._look(b'"end"')
        sock.sendall(b"surplus " + RAW + b" " + RAW[:HALF])
        sock.sendall(RAW[HALF:] + b" " + RAW[:-2])


Mocksse = tuple[int, str, str]


@pytest.fixture
def mocksse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Mocksse]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")  # nothing that is shown is cut off
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)

    def run(*args: str) -> Mocksse:
        code = cli.run([*args])
        return code, *capfd.readouterr()

    return run


def url_with(upstream: Upstream, way: list[str]) -> list[str]:
    """The words of a way, with the URL."""
    if len(way) > 1:
        return [f"{upstream.url}/v1/chat", *way]
    (word,) = way
    return [
        f"{upstream.url}/v1/chat{word}" if word.startswith("?") else f"http://{word}127.0.0.1:{upstream.port}/v1/chat"
    ]


def all_bytes(response: Response) -> bytes:
    fields = [part for field in (*response.headers, *response.trailers) for part in field]
    rest = [piece.data for piece in response.end.rest]
    return b"\n".join([response.reason or b"", *fields, response.body, b"".join(rest)])


@pytest.mark.parametrize("way", WAYS)
def test_the_key_is_nowhere(way: str, mocksse: Callable[..., Mocksse]) -> None:
    path = Path("x.yaml")
    echo = Echo(Path("x.yaml.partial"))
    with Upstream(echo) as upstream:
        code, out, err = mocksse("record", *url_with(upstream, WAYS[way]), "-o", "x.yaml")
        assert (code, out) == (0, "x.yaml\n")
    assert len(echo.looks) == 3
    assert [p.name for p in Path().iterdir()] == ["x.yaml"]
    for place, text in {"stderr": err.encode(), "cassette": path.read_bytes()}.items():
        assert traces(text) == [], place
    for text in echo.looks:
        assert traces(text) == [], "the partial file"
    (interaction,) = load(path)
    response, request = interaction.response, interaction.request
    assert traces(all_bytes(response)) == []
    assert traces((request.body or b"") + request.path.encode() + repr(request.headers).encode()) == []
    assert "Incorrect API key provided: ######" in re.sub(r"(\w)\1{5}", "######", err), "it shows what it keeps"

    sent = [*CHUNKS, b"".join(READS), b"seen: 1\n", TAIL]
    sizes, size = [], 0
    for piece in response.pieces:
        size += len(piece.data)
        if not piece.more:
            sizes.append(size)
            size = 0
    assert sizes == [len(data) for data in sent]
    assert response.end.how == "complete"
    assert sum(len(piece.data) for piece in response.end.rest) == 2 * len(RAW) + len(RAW) - 2 + 10
    assert {name: len(value) for name, value in response.headers} == {
        b"Content-Type": 17,
        b"Transfer-Encoding": 7,
        b"X-Echo": len(RAW) + 2,
        b"Set-Cookie": len(RAW) + 12,
        b"Trailer": 6,
    }
    assert [(name, len(value)) for name, value in response.trailers] == [(b"X-Echo", len(RAW))]
    # What is not the key is as it was.
    told = response.body
    for around in (b'data: {"text": "', b". See http://x", b"data: split over two reads: ", b" end\n\n" + b"." * 400):
        assert around in told


@pytest.mark.parametrize("way", WAYS)
def test_nor_is_it_in_what_goes_wrong(way: str, mocksse: Callable[..., Mocksse]) -> None:
    with Upstream(b"SSH-2.0 " + RAW + b"\r\n") as upstream:
        words = url_with(upstream, WAYS[way])
        _, out, err = mocksse("record", *words)
    assert traces((out + err).encode()) == []
    for more in (["--max-time", "x"], ["surplus"], ["--nope"], ["-o", "x.json"], ["-H", "no colon"], []):
        code, out, err = mocksse("record", *words, *more)  # without more: nobody listens there any longer
        assert code in {2, 3}
        assert traces((out + err).encode()) == [], more
    assert [p for p in Path().rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("way", ["Authorization: Bearer", "query", "JSON field"])
def test_in_a_compressed_answer_it_refuses_to_save(way: str, mocksse: Callable[..., Mocksse]) -> None:
    body = b"".join(CHUNKS)
    sent = answer("200 OK", "text/event-stream", gzip.compress(body), "Content-Encoding: gzip")
    with Upstream(sent) as upstream:
        words = ["record", *url_with(upstream, WAYS[way]), "-o", "x.yaml", "--compressed"]
        code, out, err = mocksse(*words)
        assert (code, out) == (1, "")
        assert "can't be blotted: nothing saved (record without Accept-Encoding, or say --allow-secrets)" in err
        assert list(Path().iterdir()) == []
        code, out, err = mocksse(*words, "--allow-secrets")
    assert (code, out) == (0, "x.yaml\n")
    assert traces(err.encode()) == []
    (interaction,) = load(Path("x.yaml"))
    assert gzip.decompress(interaction.response.body) == body
    assert traces((interaction.request.body or b"") + interaction.request.path.encode()) == []


@pytest.mark.parametrize("name", ["test", "none", "EMPTY", "sk-test", "short", "not-needed", "sk-xxxxxxxxxxxxxxxx"])
def test_a_key_that_is_none_spoils_nothing(name: str, mocksse: Callable[..., Mocksse]) -> None:
    sent = events(f"this is a test, not a {name}", f'{{"{name}": "{name}{name}"}}')
    with Upstream(sent) as upstream:
        url = f"{upstream.url}/v1/chat?key={name}"
        words = ["-H", f"Authorization: Bearer {name}", "-H", f"x-api-key: {name}", "-b", f"a={name}"]
        code, _, err = mocksse("record", url, *words, "-d", f'{{"prompt": "{name}"}}', "-o", "x.yaml")
    assert code == 0
    (interaction,) = load(Path("x.yaml"))
    assert b"".join(chunk(piece.data) for piece in interaction.response.pieces) in sent
    assert interaction.request.body == f'{{"prompt": "{name}"}}'.encode()
    assert interaction.request.path == f"/v1/chat?key={name}"
    assert f"this is a test, not a {name}" in err


OTHER = f"sk-proj-7{secrets.token_hex(12)}/{secrets.token_hex(6)}"
"""A key that only the server knows, of a known kind."""


def test_a_key_that_only_the_answer_has_is_nowhere(mocksse: Callable[..., Mocksse]) -> None:
    raw = OTHER.encode()
    half = len(raw) // 2
    sent = HEAD[:-2] + b"X-Request-Id: " + raw + b"\r\nX-Echo: <" + raw + b">\r\n\r\n"
    pieces = [b'data: {"error":{"message":"bad key ' + raw + b', see"}}\n\n', b": " + raw[:half], raw[half:] + b"\n\n"]
    sent += b"".join(map(chunk, pieces)) + b"0\r\nX-Echo: " + raw + b"\r\n\r\nsurplus " + raw
    with Upstream(sent) as upstream:
        code, out, err = mocksse("record", upstream.url, "-o", "x.yaml", "--keep-header", "x-request-id")
        assert (code, out) == (0, "x.yaml\n")
    assert f"request id {'x' * len(raw)}" in err
    signs = [raw[at : at + WINDOW] for at in range(len(raw) - WINDOW + 1)]
    for text in (err.encode(), Path("x.yaml").read_bytes()):
        assert [sign for sign in signs if sign in text] == []
    (interaction,) = load(Path("x.yaml"))
    assert [len(piece.data) for piece in interaction.response.pieces] == [len(piece) for piece in pieces]
    assert mocksse("scrub", "--check", "x.yaml")[0] == 0
