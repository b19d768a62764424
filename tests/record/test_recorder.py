"""One recording, against servers that do as the test says: every byte that arrived, the right end, and no hang."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from recording import END, ROUTES, recorded
from tap_servers import PATIENCE, RawServer, read_head, reset
from tap_ways import CLOSE_HEAD, HEAD, WayTo

from mocksse.cassette.model import Interaction, Piece, Response
from mocksse.cassette.model import Request as Asked
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.redact import credentials
from mocksse.cassette.seen import HeadSeen, Seen
from mocksse.errors import CheckError, UpstreamError
from mocksse.record import relay
from mocksse.record.recorder import opening_of
from mocksse.record.relay import Caps
from mocksse.record.tap import Request
from mocksse.replay.compile import compile as compile_plan

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tap_ways import Script


def wire(response: Response) -> bytes:
    return compile_plan(Interaction("i", Asked("/", "GET"), response), Pacing()).wire


@dataclass(frozen=True, slots=True)
class Case:
    pieces: tuple[bytes, ...]
    """Each is sent when the one before has been read."""
    how: str
    body: bytes
    chunks: tuple[int, ...] = ()
    rest: bytes = b""
    end: str = "fin"


LARGE = bytes(range(250)) * 20_000
CASES = {
    "bad chunk size in a later read": Case(
        (HEAD, b"5\r\nhello\r\n", b"zz\r\nrest\r\n", b"more"), "malformed", b"hello", (5,), b"zz\r\nrest\r\nmore"
    ),
    "reset in a chunk": Case((HEAD, b"2\r\nok\r\nff\r\nhal"), "reset", b"okhal", (2, 3), end="reset"),
    "FIN in a chunk": Case((HEAD, b"2\r\nok\r\nff\r\nhal"), "cut", b"okhal", (2, 3)),
    "FIN in a size line": Case((HEAD, b"2\r\nok\r\nf"), "cut", b"ok", (2,), b"f"),
    "close-delimited": Case((CLOSE_HEAD, b"data: 1\n\n", b"data: 2\n\n"), "complete", b"data: 1\n\ndata: 2\n\n"),
    "close-delimited, then reset": Case((CLOSE_HEAD, b"data: 1\n\n", b"d"), "reset", b"data: 1\n\nd", end="reset"),
    "bytes behind the last chunk": Case(
        (HEAD, b"2\r\nok\r\n" + END, b"HTTP/1.1 200", b" OK\r\n\r\nx"),
        "complete",
        b"ok",
        (2,),
        b"HTTP/1.1 200 OK\r\n\r\nx",
    ),
    "everything in one read": Case((HEAD + b"2\r\nok\r\n" + END + b"surplus",), "complete", b"ok", (2,), b"surplus"),
    "a chunk of 5 MB": Case((HEAD, b"4c4b40\r\n" + LARGE + b"\r\n" + END), "complete", LARGE, (5_000_000,)),
    "HTTP/1.0": Case((b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n", b"bo", b"dy"), "complete", b"body"),
    "trailers": Case((HEAD, b"1\r\nx\r\n0\r\nChecksum: 1\r\n", b"Other: 2\r\n\r\n"), "complete", b"x", (1,)),
    "100-continue": Case(
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD, b"1\r\nx\r\n" + END),
        "complete",
        b"x",
        (1,),
    ),
    "length": Case((b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo", b"dy"), "complete", b"body"),
    "length, then reset": Case(
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbo", b"dy"), "reset", b"body", end="reset"
    ),
    "a redirect": Case(
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",), "complete", b""
    ),
    "an error": Case((b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n\r\n", b"{}"), "complete", b"{}"),
    "nothing behind the head": Case((HEAD,), "reset", b"", end="reset"),
}


def check(case: Case, kind: str, response: Response) -> None:
    assert response.body == case.body
    assert b"".join(piece.data for piece in response.end.rest) == case.rest
    if kind == "plain" or case.end == "fin":
        assert response.end.how == case.how
    else:
        # What a reset looks like through TLS or a relay is the stack's affair; that it is an end is not.
        fin = "complete" if response.framing == "close" else "cut"
        assert response.end.how in {"reset", fin}
    if response.framing == "chunked":
        sizes, size = [], 0
        for piece in response.pieces:
            size += len(piece.data)
            if not piece.more:
                sizes.append(size)
                size = 0
        assert tuple(sizes) == case.chunks
    assert b"".join(case.pieces).endswith(wire(response)), "but for 1xx answers"


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("name", CASES)
def test_every_byte_and_the_end(name: str, kind: str, way_to: WayTo, tmp_path: Path, heard: Any) -> None:
    case = CASES[name]

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        for piece in case.pieces:
            sock.sendall(piece)
            server.wait_heard()
        if case.end == "reset":
            reset(sock)

    with way_to(kind, script) as way:
        heard(way.server, case.pieces)
        recording = recorded(way, tmp_path)
    check(case, kind, recording.interaction.response)
    assert recording.note == ""


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("end", ["fin", "reset"])
def test_a_busy_reader_misses_nothing(end: str, kind: str, way_to: WayTo, tmp_path: Path) -> None:
    case = Case(
        (HEAD + b"ff0\r\nhalf a chunk" + bytes(2000),),
        "cut" if end == "fin" else "reset",
        b"half a chunk" + bytes(2000),
        (2012,),
        b"",
        end,
    )

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        sock.sendall(case.pieces[0][:-1000])
        server.wait_heard()
        sock.sendall(case.pieces[0][-1000:])
        if end == "reset":
            reset(sock)

    def busy(item: Seen) -> None:
        if isinstance(item, HeadSeen):
            way.server.heard.release()
            assert way.done.wait(PATIENCE)

    with way_to(kind, script) as way:
        check(case, kind, recorded(way, tmp_path, watch=busy).interaction.response)


@pytest.mark.parametrize("sent", [HEAD + b"1\r\na\r\n" + END, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"])
def test_a_connection_that_is_kept_open_is_not_waited_for(sent: bytes, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        sock.sendall(sent)
        server.wait_go()

    with way_to("plain", script) as way:
        response = recorded(way, tmp_path).interaction.response
    assert (response.body, response.end.how, response.end.after_us) == (b"a", "complete", 0)


def test_nor_one_whose_framing_broke(way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_BROKEN_LINGER_S", 0.02)

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD + b"zz\r\n")
        server.wait_go()

    with way_to("plain", script) as way:
        response = recorded(way, tmp_path).interaction.response
    assert (response.end.how, response.end.rest) == ("malformed", (Piece(0, b"zz\r\n"),))


def test_times_are_counted_from_the_request_and_never_go_back(way_to: WayTo, tmp_path: Path, heard: Any) -> None:
    body = b"body " * 4_000_000
    pieces = (b"HTTP/1.1 200 OK\r\n\r\nearly", b" and late")

    def script(sock: socket.socket, server: RawServer) -> None:
        sock.sendall(pieces[0])
        server.wait_heard()
        left = len(read_head(sock).partition(b"\r\n\r\n")[2])
        while left < len(body):
            left += len(sock.recv(1 << 20))
        time.sleep(0.002)
        sock.sendall(pieces[1])

    with way_to("plain", script) as way:
        heard(way.server, pieces)
        response = recorded(way, tmp_path, headers=(("Content-Type", "a/b"),), body=body).interaction.response
    assert response.head_after_us == 0, "what came before the request was sent came at once"
    first, last = response.pieces
    assert (first.after_us, first.data, last.data) == (0, b"early", b" and late")
    assert last.after_us >= 1000


# --- No answer


@pytest.mark.parametrize(
    ("sent", "end", "message"),
    [
        (b"", "fin", "127.0.0.1 closed the connection without an answer"),
        (b"", "reset", "127.0.0.1 reset the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nX", "fin", "closed the connection without an answer"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "fin", "closed the connection without an answer"),
        (b"\x15\x03\x01\x00\x02\x02\x50", "hold", "does not answer in HTTP/1.x: not an HTTP/1.x response"),
        (b"SSH-2.0-server\r\n", "hold", "does not answer in HTTP/1.x"),
        (b"HTTP/2 200\r\n\r\n", "hold", "does not answer in HTTP/1.x"),
        (b"HTTP/1.1 200 OK\r\n no header\r\n\r\n", "hold", "bad header line"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00", "hold", "switches to another protocol"),
        (b"", "hold", "127.0.0.1 did not answer within 0.05 s"),
        (b"HTTP/1.1 200 OK\r\nX", "hold", "did not answer within 0.05 s"),
    ],
)
def test_no_answer(sent: bytes, end: str, message: str, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        sock.sendall(sent)
        if end == "reset":
            reset(sock)
        elif end == "hold":
            server.wait_go()

    with way_to("plain", script) as way, pytest.raises(UpstreamError, match=message):
        recorded(way, tmp_path, Caps(idle_s=0.05, connect_s=PATIENCE))
    assert list(tmp_path.iterdir()) == [], "there is nothing to keep"


def test_max_time_without_an_answer(way_to: WayTo, tmp_path: Path) -> None:
    def script(_: socket.socket, server: RawServer) -> None:
        server.wait_go()

    with way_to("plain", script) as way, pytest.raises(UpstreamError, match=r"stopped before 127.0.0.1 had answered"):
        recorded(way, tmp_path, Caps(PATIENCE, PATIENCE, 0.05))
    assert list(tmp_path.iterdir()) == []


# --- Credentials in compressed answers

KEY = "sk-5ecre7-0123456789abcdef"


def send_zipped(text: bytes, coding: bytes = b"gzip") -> Script:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        data = gzip.compress(text)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(data)))
        sock.sendall(data)

    return script


AUTHORIZED = (("Authorization", f"Bearer {KEY}"),)


def test_a_credential_in_a_compressed_answer_is_not_saved(way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", send_zipped(KEY.encode())) as way, pytest.raises(CheckError, match="nothing saved"):
        recorded(way, tmp_path, headers=AUTHORIZED)
    assert list(tmp_path.iterdir()) == []


def test_unless_that_is_allowed(way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", send_zipped(KEY.encode())) as way:
        recording = recorded(way, tmp_path, headers=AUTHORIZED, allow_secrets=True)
    response = recording.interaction.response
    assert (gzip.decompress(response.body), response.end.how) == (KEY.encode(), "complete")
    assert not recording.unchecked


@pytest.mark.parametrize("headers", [AUTHORIZED, ()])
def test_what_can_not_be_looked_into(headers: tuple[tuple[str, str], ...], way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", send_zipped(KEY.encode(), b"rot13")) as way:
        recording = recorded(way, tmp_path, headers=headers)
    assert gzip.decompress(recording.interaction.response.body) == KEY.encode()
    assert recording.unchecked == bool(headers)


# --- What a cassette says of the request


@pytest.mark.parametrize(
    ("url", "path", "upstream"),
    [
        ("http://h", "/", "http://h"),
        ("https://H:443/?a=1&key=" + KEY, "/?a=1&key=" + "x" * len(KEY), "https://h"),
        ("http://127.0.0.1:8091?a=/b#c?d", "/?a=/b", "http://127.0.0.1:8091"),
        ("http://[::1]:9/v1/x#y", "/v1/x", "http://[::1]:9"),
        ("http://h/\u00fc \udcff?q=\u65e5", "/%C3%BC%20%FF?q=%E6%97%A5", "http://h"),
        ("http://h/a%2Fb/../c?x=%", "/a%2Fb/../c?x=%", "http://h"),
    ],
)
def test_path_and_upstream(url: str, path: str, upstream: str) -> None:
    request = Request("GET", url)
    opening = opening_of(request, "n", credentials(url, (), b""))
    assert (opening.request.path, opening.recorded.upstream) == (path, upstream)
    assert opening.request.body is None


def test_headers_and_body_of_the_request() -> None:
    image = b"iVBORw0KGgo" + b"A" * 5000
    headers = (("Accept", "a/\udcff"), ("X-Api-Key", KEY), ("Content-Type", "application/json"))
    body = b'{"user": "' + KEY.encode() + b'", "image": "data:image/png;base64,' + image + b'"}'
    opening = opening_of(Request("POST", "http://h/", headers, body), "n", credentials("", headers, body))
    assert opening.request.headers == (("accept", "a/\ufffd"), ("content-type", "application/json"))
    assert opening.request.body is not None
    assert b'{"user": "' + b"x" * len(KEY) + b'", "image": "data:image/png;base64,sha256:' in opening.request.body
    assert len(opening.request.body) < 200
