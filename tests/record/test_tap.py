"""The tap against raw sockets: every byte that arrived, in order, and the right end, on every way there."""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tap_servers import PATIENCE, RawServer, read_head, reset
from tap_ways import CLOSE_HEAD, HEAD, ROUTES, WayTo, assert_end, run, take, take_all, until

from mocksse import limits
from mocksse.record.tap import Lost, Read, _TapProtocol

if TYPE_CHECKING:
    import socket


@dataclass(frozen=True, slots=True)
class Case:
    pieces: tuple[bytes, ...]
    """Each is sent when the one before has been heard."""
    how: str = "fin"


CASES = {
    "bad chunk size in a later read": Case((HEAD, b"5\r\nhello\r\n", b"zz\r\nrest\r\n", b"more")),
    "reset in a chunk": Case((HEAD, b"ff\r\nhal"), "reset"),
    "close-delimited": Case((CLOSE_HEAD, b"data: 1\n\n", b"data: 2\n\n")),
    "close-delimited, then reset": Case((CLOSE_HEAD, b"data: 1\n\n", b"data: 2\n\n"), "reset"),
    "bytes after the last chunk": Case((HEAD, b"2\r\nok\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nsurplus")),
    "everything in one read": Case((HEAD + b"2\r\nok\r\n0\r\n\r\nsurplus",)),
    "a chunk of 5 MB": Case((HEAD, b"4c4b40\r\n" + bytes(range(250)) * 20_000 + b"\r\n0\r\n\r\n")),
    "HTTP/1.0": Case((b"HTTP/1.0 200 OK\nX: y\n\n", b"body")),
    "trailers": Case((HEAD, b"1\r\nx\r\n0\r\nChecksum: 1\r\n", b"Other: 2\r\n\r\n")),
    "100-continue": Case((b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD, b"0\r\n\r\n")),
    "no answer": Case(()),
    "no answer, reset": Case((), "reset"),
    "not HTTP": Case((b"\x15\x03\x01 garbage\r\n\r\n\0", b"\xff" * 9000)),
    "a head without end": Case((b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, b"z" * 100_000)),
    "compressed, wrongly": Case((b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"no gzip")),
    "a body where there is none": Case((b"HTTP/1.1 204 No Content\r\n\r\n", b"body")),
    "a redirect": Case((b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",)),
    "both lengths": Case(
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n")
    ),
}


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("name", CASES)
def test_every_byte_and_the_end(name: str, kind: str, way_to: WayTo) -> None:
    case = CASES[name]

    def script(sock: socket.socket, server: RawServer) -> None:
        server.request = read_head(sock)
        for piece in case.pieces:
            sock.sendall(piece)
            server.wait_heard()
        if case.how == "reset":
            reset(sock)

    async def main() -> None:
        async with way.open() as tap:
            for piece in case.pieces:
                data = b""
                while len(data) < len(piece):
                    heard = await take(tap)
                    assert isinstance(heard, Read)
                    data += heard.data
                assert data == piece
                way.server.heard.release()
            rest, lost = await take_all(tap)
            assert rest == b""
            assert_end(lost, case.how, kind)

    with way_to(kind, script) as way:
        run(main())
        host = f"Host: 127.0.0.1:{way.server.port}\r\n\r\n".encode()
        assert way.server.request == b"GET /v1/x?y=1 HTTP/1.1\r\n" + host


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("how", ["fin", "reset"])
@pytest.mark.parametrize("busy", ["the loop is blocked", "the reader does not read"])
def test_a_busy_reader_misses_nothing(busy: str, how: str, kind: str, way_to: WayTo) -> None:
    sent = HEAD + b"ff\r\nhalf a chunk" + bytes(20_000)

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(sent)
        if how == "reset":
            reset(sock)

    async def main() -> None:
        async with way.open() as tap:
            if busy == "the loop is blocked":
                assert way.done.wait(PATIENCE)
            else:
                assert await asyncio.to_thread(way.done.wait, PATIENCE)
            data, lost = await take_all(tap)
            assert data == sent
            assert_end(lost, how, kind)

    with way_to(kind, script) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_silence_is_none_and_no_end(kind: str, way_to: WayTo) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)
        server.wait_go()
        sock.sendall(b"0\r\n\r\n")

    async def main() -> None:
        async with way.open() as tap:
            first = await take(tap)
            assert isinstance(first, Read)
            assert first.data == HEAD
            assert await tap.next(0.02) is None
            assert await tap.next(0) is None
            way.server.go.set()
            data, lost = await take_all(tap)
            assert (data, lost.how) == (b"0\r\n\r\n", "fin")

    with way_to(kind, script) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_leaving_closes_at_once(kind: str, way_to: WayTo) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            assert sock.recv(1) == b"", "the client hangs up"

    async def main() -> None:
        async with way.open() as tap:
            await take(tap)
        assert await asyncio.to_thread(way.server.done.wait, PATIENCE)

    with way_to(kind, script) as way:
        run(main())


def test_an_exception_inside_closes_too(way_to: WayTo) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        assert sock.recv(1) == b""

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with way.open():
                raise ZeroDivisionError

    with way_to("plain", script) as way:
        run(main())


def test_cancelled_while_it_waits(way_to: WayTo) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)
        assert sock.recv(1) == b""

    async def main() -> None:
        heard: list[Read | Lost | None] = []

        async def listen() -> None:
            async with way.open() as tap:
                heard.append(await tap.next(None))
                started.set()
                await tap.next(None)

        started = asyncio.Event()
        task = asyncio.create_task(listen())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [read.data for read in heard if isinstance(read, Read)] == [HEAD]

    with way_to("plain", script) as way:
        run(main())


def test_times_are_when_it_arrived_not_when_it_was_taken(way_to: WayTo) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        before_ns = time.perf_counter_ns()
        async with way.open() as tap:
            first = await take(tap)
            # The end comes while nobody waits for it.
            await until(lambda: tap._protocol._lost is not None)
            late_ns = time.perf_counter_ns()
            lost = await take(tap)
            assert isinstance(lost, Lost)
            assert tap.sent_ns is not None
            assert before_ns < tap.sent_ns < first.at_ns < lost.at_ns < late_ns

    with way_to("plain", script) as way:
        run(main())


def test_close_notify_is_a_fin(way_to: WayTo) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        assert isinstance(sock, ssl.SSLSocket)
        read_head(sock)
        sock.sendall(CLOSE_HEAD + b"last words")
        # The peer answers with its own close_notify, or just hangs up.
        with suppress(OSError):
            sock.unwrap()

    async def main() -> None:
        async with way.open() as tap:
            data, lost = await take_all(tap)
            assert (data, lost.how, lost.reason) == (CLOSE_HEAD + b"last words", "fin", "")

    with way_to("tls", script) as way:
        run(main())


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_the_queue_is_bounded(kind: str, way_to: WayTo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNREAD_BYTES", 1 << 20)
    sent = CLOSE_HEAD + bytes(range(256)) * 80_000

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(sent)

    async def main() -> None:
        async with way.open() as tap:
            transport = tap._protocol.transport
            assert transport is not None
            await until(lambda: not transport.is_reading())
            held = tap._protocol._unread_bytes
            assert await asyncio.to_thread(way.done.wait, 0.05) is False, "the server waits for us"
            assert tap._protocol._unread_bytes == held < 3 << 20
            data, lost = await take_all(tap)
            assert data == sent
            assert lost.how == "fin"

    with way_to(kind, script) as way:
        run(main())


def test_small_reads_count_for_what_they_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNREAD_BYTES", 1000 * 100)

    class Pausable(asyncio.Transport):
        paused = False

        def pause_reading(self) -> None:
            self.paused = True

        def resume_reading(self) -> None:
            self.paused = False

    async def main() -> None:
        protocol, transport = _TapProtocol(asyncio.get_running_loop()), Pausable()
        protocol.connection_made(transport)
        reads = 0
        while not transport.paused:
            protocol.data_received(b"x")
            reads += 1
        assert reads < 1000
        while transport.paused:
            protocol.take()
        assert not protocol.is_silent

    run(main())
