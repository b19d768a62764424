"""One recording, against servers that do as the test says: every byte that arrived, the right end, and no hang."""

from __future__ import annotations

import asyncio
import errno
import gzip
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tap_servers import PATIENCE, RawServer, read_head, reset
from tap_ways import CLOSE_HEAD, HEAD, Route, WayTo, run

from mocksse import limits
from mocksse.cassette import save
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Piece, Response
from mocksse.cassette.model import Request as Asked
from mocksse.cassette.redact import credentials
from mocksse.cassette.seen import DataSeen, HeadSeen, Seen
from mocksse.errors import CheckError, MocksseError, UpstreamError, UsageError
from mocksse.record import journal, recorder
from mocksse.record.assemble import Assembly
from mocksse.record.journal import read
from mocksse.record.recorder import Caps, Recording, Target, opening_of, record
from mocksse.record.tap import Lost, Read, Request
from mocksse.replay.plan import Context, frame

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Script = Callable[[socket.socket, RawServer], None]

ROUTES = ["plain", "tls", "connect"]
CAPS = Caps(idle_s=PATIENCE, connect_s=PATIENCE)
END = b"0\r\n\r\n"


def look_away(_: Seen) -> None:
    pass


def recorded(
    way: Route,
    folder: Path,
    caps: Caps = CAPS,
    watch: Callable[[Seen], None] = look_away,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes | None = None,
    **target: Any,
) -> Recording:
    """Record what is at the end of the way into `folder/x.yaml`."""
    found: list[Recording] = []

    async def main() -> None:
        request = Request("GET" if body is None else "POST", way.url, headers, body)
        found.append(await record(request, Target(folder / "x.yaml", "x", insecure=True, **target), caps, watch))

    run(main())
    (recording,) = found
    assert load(recording.path).interactions[-1] == recording.interaction
    assert [path.name for path in folder.iterdir()] == ["x.yaml"], "nothing else is left"
    return recording


def wire(response: Response) -> bytes:
    framed = frame(Interaction("i", Asked("/", "GET"), response), Context(method="GET"))
    return b"".join([framed.head, *framed.parts, framed.tail, *framed.rest])


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[[RawServer, tuple[bytes, ...]], None]:
    """`heard(server, pieces)`: lets the server know of each piece that the recorder has read to its end."""

    def tell(server: RawServer, pieces: tuple[bytes, ...]) -> None:
        ends = [sum(map(len, pieces[: count + 1])) for count in range(len(pieces))]
        got = 0

        class Telling(Assembly):
            def feed(self, at_us: int, data: bytes) -> list[Seen]:
                nonlocal got
                got += len(data)
                while ends and ends[0] <= got:
                    server.heard.release()
                    del ends[0]
                return super().feed(at_us, data)

        monkeypatch.setattr(recorder, "Assembly", Telling)

    return tell


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
    monkeypatch.setattr(recorder, "_BROKEN_LINGER_S", 0.02)

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


# --- Stopped


def flood(sock: socket.socket, server: RawServer) -> None:
    """Chunks without an end, as fast as the socket takes them."""
    read_head(sock)
    sock.sendall(HEAD)
    chunk = b"9\r\ndata: x\n\n\r\n" + b"1388\r\n" + b"y" * 5000 + b"\r\n"
    with suppress(OSError):
        while not server.go.is_set():
            sock.sendall(chunk)


def trickle(sock: socket.socket, server: RawServer) -> None:
    """One event, and then silence."""
    read_head(sock)
    sock.sendall(HEAD + b"9\r\ndata: x\n\n\r\n")
    server.wait_go()


def answer_two_events(sock: socket.socket, _: RawServer) -> None:
    read_head(sock)
    sock.sendall(HEAD + b"9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n" + END)


@pytest.mark.parametrize("kind", ROUTES)
def test_silence_is_idle(kind: str, way_to: WayTo, tmp_path: Path) -> None:
    with way_to(kind, trickle) as way:
        recording = recorded(way, tmp_path, Caps(idle_s=0.05, connect_s=PATIENCE))
    response = recording.interaction.response
    assert (response.body, response.end.how) == (b"data: x\n\n", "idle")
    assert response.end.after_us + 1000 >= 50_000
    assert recording.note == "nothing came for 0.05 s (--timeout)"


@pytest.mark.parametrize("script", [flood, trickle])
def test_max_time(script: Script, way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path, Caps(idle_s=PATIENCE, connect_s=PATIENCE, total_s=0.05))
        way.server.go.set()
    response = recording.interaction.response
    assert response.end.how == "stopped"
    assert response.body.startswith(b"data: x\n\n")
    assert response.end_us <= 50_000, "what came later is not kept"
    assert recording.note == "stopped after 0.05 s (--max-time)"


def test_max_bytes(way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", flood) as way:
        recording = recorded(way, tmp_path, Caps(PATIENCE, PATIENCE, None, 3000))
        way.server.go.set()
    response = recording.interaction.response
    assert response.end.how == "stopped"
    assert len(response.body) >= 3000
    assert recording.note == f"stopped after {len(response.body):,} bytes (--max-bytes)"


def test_max_bytes_of_a_whole_answer_is_no_stop(way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD + b"5\r\nhello\r\n" + END)

    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path, Caps(PATIENCE, PATIENCE, None, 5))
    assert (recording.note, recording.interaction.response.end.how) == ("", "complete")


@pytest.mark.parametrize("script", [flood, trickle])
def test_interrupted(script: Script, way_to: WayTo, tmp_path: Path) -> None:
    found: list[Recording] = []

    async def main() -> None:
        interrupted = asyncio.Event()

        def watch(item: Seen) -> None:
            if isinstance(item, DataSeen):
                interrupted.set()

        target = Target(tmp_path / "x.yaml", "x")
        found.append(await record(Request("GET", way.url), target, CAPS, watch, interrupted))

    with way_to("plain", script) as way:
        run(main())
        way.server.go.set()
    (recording,) = found
    response = recording.interaction.response
    assert response.body.startswith(b"data: x\n\n")
    assert (response.end.how, recording.note) == ("stopped", "stopped by ^C")
    assert load(recording.path).interactions == (recording.interaction,)


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_interrupted_before_anything_came(kind: str, way_to: WayTo, tmp_path: Path) -> None:
    """Over plain TCP the request is out; of TLS not even the handshake is over."""

    def script(_: socket.socket, server: RawServer) -> None:
        server.wait_go()

    async def main() -> None:
        interrupted = asyncio.Event()
        scheme = "https" if kind == "tls" else "http"
        request = Request("GET", f"{scheme}://127.0.0.1:{way.server.port}/")
        asyncio.get_running_loop().call_later(0.05, interrupted.set)
        with pytest.raises(UpstreamError, match=r"^stopped before"):
            await record(request, Target(tmp_path / "x.yaml", "x", insecure=True), CAPS, look_away, interrupted)

    with way_to("plain", script) as way:
        run(main())
    assert list(tmp_path.iterdir()) == []


class Scripted:
    """A tap that says what it is told to."""

    sent_ns = 0

    def __init__(self, *heard: Read | Lost) -> None:
        self._heard = list(heard)

    async def next(self, _: float | None) -> Read | Lost | None:
        return self._heard.pop(0) if self._heard else None


def listened(tap: Scripted, folder: Path, *, stopped: bool = False) -> tuple[list[Seen], str]:
    """What a run keeps of a scripted tap."""

    async def main() -> None:
        stop: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if stopped:
            stop.set_result(None)
        await listener.listen(tap, stop)  # type: ignore[arg-type]

    opening = journal.Opening("x", Asked("/"), recorder.Recorded())
    file = journal.Journal(folder / "x.yaml", opening)
    listener = recorder._Run("h", CAPS, look_away, Assembly("GET", recorder.Secrets()), file, recorder.Room(0))
    asyncio.run(main())
    file.close(remove=True)
    return listener.seen, listener.note


def test_what_had_come_when_it_was_interrupted_is_kept(tmp_path: Path) -> None:
    now_ns = time.perf_counter_ns()
    late_ns = now_ns + 10**12
    tap = Scripted(Read(1000, CLOSE_HEAD + b"a"), Read(now_ns, b"b"), Read(late_ns, b"c"), Lost(late_ns, "fin"))
    seen, note = listened(tap, tmp_path, stopped=True)
    assert [item.data for item in seen if isinstance(item, DataSeen)] == [b"a", b"b"]
    assert note == "stopped by ^C"


def test_a_connection_that_failed_did_not_end(tmp_path: Path) -> None:
    seen, _ = listened(Scripted(Read(1000, CLOSE_HEAD + b"a"), Lost(5000, "error", "TLS alert")), tmp_path)
    assert seen[-1] == recorder.EndSeen(5, "reset")


def test_two_recorders_of_one_cassette(way_to: WayTo, tmp_path: Path) -> None:
    async def main() -> None:
        target = Target(tmp_path / "x.yaml", "x")
        await asyncio.gather(*(record(Request("GET", way.url), target, CAPS, look_away) for way in (one, two)))

    with way_to("plain", answer_two_events) as one, way_to("plain", answer_two_events) as two:
        run(main())
    assert [interaction.name for interaction in load(tmp_path / "x.yaml")] == ["x", "x-2"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


# --- Too large


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Cassettes hold 20,000 bytes."""
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 20_000)
    return 20_000


@pytest.mark.parametrize(
    "chunk",
    [b"data: x\n\n", b"\n" * 100, b"data: x\r\n\r\n" * 3, b"\xff\x00" * 200, b":\n\n" * 50, b'{"a": "b"}\n'],
    ids=lambda chunk: repr(chunk[:9]),
)
@pytest.mark.parametrize("append", [False, True])
def test_what_could_not_be_loaded_again_is_cut(
    append: bool, chunk: bytes, small: int, way_to: WayTo, tmp_path: Path
) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            sock.sendall(HEAD)
            while not server.go.is_set():
                sock.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))

    old = Interaction("x", Asked("/old"), Response(200, (), "length", (Piece(0, b"o" * 9_000),)))
    if append:
        save.write(tmp_path / "x.yaml", Cassette((old,)))
    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path)
        way.server.go.set()
    response = recording.interaction.response
    assert recording.note.startswith("cut: a cassette holds 0.0190735 MiB")
    assert response.end.how == "stopped"
    assert set(response.body.split(chunk)) <= {b"", chunk[: len(response.body) % len(chunk)]}
    size = recording.path.stat().st_size
    assert small // 8 < size <= small
    assert recording.interaction.name == ("x-2" if append else "x")


def test_bytes_behind_the_end_are_cut_too(small: int, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            sock.sendall(HEAD + b"2\r\nok\r\n" + END)
            while not server.go.is_set():
                sock.sendall(b"surplus")

    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path)
        way.server.go.set()
    response = recording.interaction.response
    assert recording.note.startswith("cut: ")
    assert (response.body, response.end.how) == (b"ok", "complete")
    assert recording.path.stat().st_size <= small


def test_a_request_without_room_is_not_sent(small: int, tmp_path: Path) -> None:
    request = Request("POST", "http://127.0.0.1:1/", (), b"x" * small)
    with pytest.raises(UsageError, match=r"does not fit into a cassette of 0.019\d+ MiB \(use another file with -o\)"):
        asyncio.run(record(request, Target(tmp_path / "x.yaml", "x"), CAPS, look_away))
    assert list(tmp_path.iterdir()) == []


def test_a_head_without_room(small: int, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * small + b"\r\n\r\n")

    with way_to("plain", script) as way, pytest.raises(UsageError, match="does not fit"):
        recorded(way, tmp_path)
    assert list(tmp_path.iterdir()) == []


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


# --- A disk that fails


def test_each_write_of_the_journal_fails(
    way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Any
) -> None:
    pieces = (HEAD, b"9\r\ndata: 1\n\n\r\n", b"9\r\ndata: 2\n\n\r\n", END)
    items = (0, 1, 3, 3, 1)  # of each write, behind the opening

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            for piece in pieces:
                sock.sendall(piece)
                server.wait_heard()

    real = os.write
    path, partial = tmp_path / "x.yaml", tmp_path / "x.yaml.partial"
    save.write(path, Cassette((Interaction("old", Asked("/old"), Response(200, (), "length", ())),)))
    old = path.read_bytes()
    for count in range(len(pieces) + 1):
        left = count

        def failing(file: int, data: bytes) -> int:
            nonlocal left
            if left == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            left -= 1
            return real(file, data)

        with way_to("plain", script) as way, monkeypatch.context() as patch:
            heard(way.server, pieces)
            patch.setattr(journal.os, "write", failing)
            with pytest.raises(UpstreamError, match="can't write: No space left on device"):
                recorded(way, tmp_path)
        assert path.read_bytes() == old
        assert partial.exists() == (count > 1), "where there is a head"
        if count > 1:
            remains = read(partial)
            assert remains is not None
            assert len(remains.seen) == sum(items[:count])
            partial.unlink()
        assert [p.name for p in tmp_path.iterdir()] == ["x.yaml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_cassette_that_can_not_be_saved(
    replace: bool, step: str, way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, partial = tmp_path / "x.yaml", tmp_path / "x.yaml.partial"
    save.write(path, Cassette((Interaction("old", Asked("/old"), Response(200, (), "length", ())),)))
    old = path.read_bytes()

    def failing(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with way_to("plain", answer_two_events) as way, monkeypatch.context() as patch:
        patch.setattr(*((save.os, "fsync", failing) if step == "fsync" else (type(path), "replace", failing)))
        with pytest.raises(MocksseError, match="No space left on device") as caught:
            recorded(way, tmp_path, replace=replace)
    assert (caught.value.exit_code, caught.value.hint) == (3, f"the recording is kept: mocksse recover {partial}")
    assert path.read_bytes() == old
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.yaml", "x.yaml.partial"]
    remains = read(partial)
    assert remains is not None
    assert remains.interaction is not None
    assert (remains.interaction.response.body, remains.interaction.response.end.how) == (
        b"data: 1\n\ndata: 2\n\n",
        "complete",
    )


def test_what_came_is_kept_whatever_goes_wrong(way_to: WayTo, tmp_path: Path) -> None:
    def watch(item: Seen) -> None:
        if isinstance(item, DataSeen):
            raise ZeroDivisionError

    with way_to("plain", answer_two_events) as way, pytest.raises(ZeroDivisionError):
        recorded(way, tmp_path, watch=watch)
    remains = read(tmp_path / "x.yaml.partial")
    assert remains is not None
    assert remains.interaction is not None
    assert remains.interaction.response.body == b"data: 1\n\ndata: 2\n\n"


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
    opening = opening_of(request, "n", credentials("GET", url, (), b""))
    assert (opening.request.path, opening.recorded.upstream) == (path, upstream)
    assert opening.request.body is None


def test_headers_and_body_of_the_request() -> None:
    image = b"iVBORw0KGgo" + b"A" * 5000
    headers = (("Accept", "a/\udcff"), ("X-Api-Key", KEY), ("Content-Type", "application/json"))
    body = b'{"user": "' + KEY.encode() + b'", "image": "data:image/png;base64,' + image + b'"}'
    opening = opening_of(Request("POST", "http://h/", headers, body), "n", credentials("POST", "", headers, body))
    assert opening.request.headers == (("accept", "a/\ufffd"), ("content-type", "application/json"))
    assert opening.request.body is not None
    assert b'{"user": "' + b"x" * len(KEY) + b'", "image": "data:image/png;base64,sha256:' in opening.request.body
    assert len(opening.request.body) < 200
