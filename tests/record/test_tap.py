"""The tap against raw sockets: every byte that arrived, in order, and the right end, on every way there."""

from __future__ import annotations

import asyncio
import base64
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from tap_servers import PATIENCE, RawServer, proxy_script, read_head, reset

from mocksse import limits
from mocksse.errors import EXIT_UPSTREAM, EXIT_USAGE, UpstreamError, UsageError
from mocksse.record.tap import Lost, Read, Request, Tap, _Ear, open_tap

if TYPE_CHECKING:
    import threading

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
ROUTES = ["plain", "tls", "connect", "absolute", "tls-proxy"]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@dataclass(frozen=True, slots=True)
class Trust:
    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def trust() -> Trust:
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return Trust(server, client)


def run(main: Coroutine[Any, Any, None]) -> None:
    """asyncio.run, and nothing may be left: no task, no complaint to the loop, no warning from the collector."""
    complaints: list[dict[str, Any]] = []

    async def guarded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with asyncio.timeout(2 * PATIENCE):
            await main
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(guarded())
    gc.collect()
    assert complaints == []


Script = Callable[[socket.socket, RawServer], None]


@dataclass(frozen=True, slots=True)
class Route:
    """A server with its script, and a way there."""

    kind: str
    server: RawServer
    proxy: RawServer | None
    tls: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"{'http' if self.kind in ('plain', 'absolute') else 'https'}://127.0.0.1:{self.server.port}/v1/x?y=1"

    @property
    def done(self) -> threading.Event:
        """Set when the last hop before us has closed."""
        return (self.proxy or self.server).done

    @asynccontextmanager
    async def open(
        self, *headers: tuple[str, str], method: str = "GET", body: bytes | None = None
    ) -> AsyncIterator[Tap]:
        request = Request(method, self.url, headers, body)
        async with open_tap(request, connect_timeout=PATIENCE, tls=self.tls) as tap:
            yield tap
        assert tap._ear.gone.is_set()


@contextmanager
def way_to(kind: str, script: Script, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> Iterator[Route]:
    with ExitStack() as stack:
        server = stack.enter_context(RawServer(script, None if kind in ("plain", "absolute") else trust.server))
        proxy = None
        if kind in ("connect", "absolute", "tls-proxy"):
            proxy = stack.enter_context(RawServer(proxy_script, trust.server if kind == "tls-proxy" else None))
            scheme = "https" if kind == "tls-proxy" else "http"
            monkeypatch.setenv(
                "http_proxy" if kind == "absolute" else "https_proxy", f"{scheme}://127.0.0.1:{proxy.port}"
            )
        yield Route(kind, server, proxy, trust.client)


async def until(true: Callable[[], bool]) -> None:
    """Let the loop turn until `true`."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0)


async def take(tap: Tap) -> Read | Lost:
    """The next thing heard; None would be a hang."""
    heard = await tap.next(PATIENCE)
    assert heard is not None
    return heard


async def take_all(tap: Tap) -> tuple[bytes, Lost]:
    """All bytes up to the end, and the end."""
    data = b""
    last_ns = 0
    while isinstance(heard := await take(tap), Read):
        assert heard.data
        assert heard.at_ns >= last_ns
        data, last_ns = data + heard.data, heard.at_ns
    assert heard.at_ns >= last_ns
    assert await tap.next(0) == heard, "the end stays the end"
    return data, heard


def assert_end(lost: Lost, how: str, kind: str) -> None:
    # What a reset looks like through TLS or a relay is the stack's affair; that it is an end is not.
    if kind == "plain" or how == "fin":
        assert lost.how == how
    else:
        assert lost.how in {"reset", "fin"}


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
def test_every_byte_and_the_end(name: str, kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
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

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())
        host = f"Host: 127.0.0.1:{way.server.port}\r\n\r\n".encode()
        assert way.server.request == b"GET /v1/x?y=1 HTTP/1.1\r\n" + host


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("how", ["fin", "reset"])
@pytest.mark.parametrize("busy", ["the loop is blocked", "the reader does not read"])
def test_a_busy_reader_misses_nothing(
    busy: str, how: str, kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
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

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_silence_is_none_and_no_end(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
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

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_leaving_closes_at_once(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            assert sock.recv(1) == b"", "the client hangs up"

    async def main() -> None:
        async with way.open() as tap:
            await take(tap)
        assert await asyncio.to_thread(way.server.done.wait, PATIENCE)

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_leaving_does_not_wait_for_what_is_unsent(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(_: socket.socket, server: RawServer) -> None:
        server.wait_go()

    async def main() -> None:
        async with way.open(method="POST", body=bytes(20_000_000)) as tap:
            assert await tap.next(0.02) is None
        assert tap.sent_ns is None
        way.server.go.set()

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


def test_an_exception_inside_closes_too(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        assert sock.recv(1) == b""

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with way.open():
                raise ZeroDivisionError

    with way_to("plain", script, trust, monkeypatch) as way:
        run(main())


def test_cancelled_while_it_waits(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
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

    with way_to("plain", script, trust, monkeypatch) as way:
        run(main())


def test_times_are_when_it_arrived_not_when_it_was_taken(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        before_ns = time.perf_counter_ns()
        async with way.open() as tap:
            first = await take(tap)
            # The end comes while nobody waits for it.
            await until(lambda: tap._ear._lost is not None)
            late_ns = time.perf_counter_ns()
            lost = await take(tap)
            assert isinstance(lost, Lost)
            assert tap.sent_ns is not None
            assert before_ns < tap.sent_ns < first.at_ns < lost.at_ns < late_ns

    with way_to("plain", script, trust, monkeypatch) as way:
        run(main())


def test_close_notify_is_a_fin(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
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

    with way_to("tls", script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_the_body_follows_expect_100_continue_at_once(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        while not server.request.endswith(b"the body"):
            server.request += sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    async def main() -> None:
        async with way.open(("Expect", "100-continue"), method="POST", body=b"the body") as tap:
            data, lost = await take_all(tap)
            assert (data, lost.how) == (b"HTTP/1.1 200 OK\r\n\r\n", "fin")

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())
        assert b"Expect: 100-continue\r\nContent-Length: 8\r\n\r\nthe body" in way.server.request


@pytest.mark.parametrize("kind", ["plain", "tls", "connect"])
def test_sent_is_when_a_large_body_has_left(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    body = bytes(range(256)) * 80_000  # more than the kernels at both ends take in

    def script(sock: socket.socket, server: RawServer) -> None:
        server.wait_go()
        got = bytearray()
        while not got.endswith(body[-256:]) or len(got) < len(body):
            got += sock.recv(1 << 20)
        assert got.partition(b"\r\n\r\n")[2] == body
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open(method="POST", body=body) as tap:
            assert await tap.next(0.05) is None
            assert tap.sent_ns is None
            way.server.go.set()
            first = await take(tap)
            assert tap.sent_ns is not None
            assert tap.sent_ns < first.at_ns

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ["plain", "tls"])
@pytest.mark.parametrize("how", ["fin", "reset", "close"])
@pytest.mark.parametrize("stuck", [False, True])
def test_an_answer_before_the_whole_body_is_sent(
    stuck: bool, how: str, kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 50000\r\n\r\n" + bytes(50_000)

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        if stuck:
            server.wait_heard()
        sock.sendall(answer)
        if how == "fin":
            sock.shutdown(socket.SHUT_WR)
            server.wait_go()
        elif how == "reset":
            reset(sock)
        # close() is a reset with some of the request unread, else a FIN and then a reset for what comes too late.

    async def main() -> None:
        async with way.open(method="POST", body=bytes(20_000_000)) as tap:
            if stuck:
                assert await tap.next(0.05) is None
                way.server.heard.release()
            data, lost = await take_all(tap)
            # Nobody waits until the server has read the rest.
            await tap._ear.gone.wait()
            way.server.go.set()
            assert data == answer
            if how == "close":
                assert lost.how in {"fin", "reset"}
            else:
                assert_end(lost, how, kind)

    with way_to(kind, script, trust, monkeypatch) as way:
        run(main())


def test_an_answer_and_a_reset_before_the_request_is_sent(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 503 Service Unavailable\r\n\r\n" + bytes(20_000)

    def script(sock: socket.socket, server: RawServer) -> None:
        server.wait_go()
        sock.sendall(answer)
        reset(sock)

    send = _Ear.send

    def send_too_late(ear: _Ear, data: bytes) -> None:
        way.server.go.set()
        assert way.done.wait(PATIENCE)
        send(ear, data)

    monkeypatch.setattr(_Ear, "send", send_too_late)

    async def main() -> None:
        async with way.open() as tap:
            data, lost = await take_all(tap)
            assert (data, lost.how) == (answer, "reset")

    with way_to("plain", script, trust, monkeypatch) as way:
        run(main())


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_the_queue_is_bounded(kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_UNREAD_BYTES", 1 << 20)
    sent = CLOSE_HEAD + bytes(range(256)) * 80_000

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(sent)

    async def main() -> None:
        async with way.open() as tap:
            transport = tap._ear.transport
            assert transport is not None
            await until(lambda: not transport.is_reading())
            held = tap._ear._unread_bytes
            assert await asyncio.to_thread(way.done.wait, 0.05) is False, "the server waits for us"
            assert tap._ear._unread_bytes == held < 3 << 20
            data, lost = await take_all(tap)
            assert data == sent
            assert lost.how == "fin"

    with way_to(kind, script, trust, monkeypatch) as way:
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
        ear, transport = _Ear(asyncio.get_running_loop()), Pausable()
        ear.connection_made(transport)
        reads = 0
        while not transport.paused:
            ear.data_received(b"x")
            reads += 1
        assert reads < 1000
        while transport.paused:
            ear.take()
        assert not ear.is_silent

    run(main())


# Why there is no connection: one line each.


@contextmanager
def failed_handshake(trust: Trust) -> Iterator[int]:
    """A TLS server's port; its handshake must fail."""
    server = RawServer(lambda *_: None, trust.server)
    with pytest.raises(ssl.SSLError), server:
        yield server.port


def refusal(url: str, **options: Any) -> UpstreamError | UsageError:
    """What open_tap says of `url`."""
    said: list[UpstreamError | UsageError] = []

    async def main() -> None:
        with pytest.raises((UpstreamError, UsageError)) as caught:
            async with open_tap(Request("GET", url), **{"connect_timeout": PATIENCE, **options}):
                pytest.fail("connected")
        said.append(caught.value)

    run(main())
    assert "\n" not in str(said[0])
    return said[0]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("url", ["http://nosuch.invalid/x?key=sk-0123456789", "https://nosuch.invalid"])
def test_unknown_host(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    error = refusal(url)
    assert error.message == "unknown host nosuch.invalid: Name or service not known"
    assert error.exit_code == EXIT_UPSTREAM


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "127.1"])
def test_no_host_name_at_all(host: str) -> None:
    error = refusal(f"http://{host}:1/")
    assert error.message == f"{host} is neither a host name nor an address"
    assert error.exit_code == EXIT_USAGE


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connection_refused(scheme: str) -> None:
    port = free_port()
    error = refusal(f"{scheme}://127.0.0.1:{port}/x?key=sk-0123456789")
    assert str(error) == f"connection refused: 127.0.0.1:{port} (is the server running there?)"
    assert error.exit_code == EXIT_UPSTREAM


def test_connection_refused_at_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, ("127.0.0.1", port)), (*kind, ("127.0.0.2", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert refusal(f"http://two.example:{port}/").message == f"connection refused: two.example:{port}"


def test_an_untrusted_certificate_and_insecure(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    with failed_handshake(trust) as port:
        error = refusal(f"https://127.0.0.1:{port}/")
    assert error.message.startswith(f"TLS: the certificate of 127.0.0.1:{port} is not trusted: ")
    assert "--insecure" in error.hint

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with open_tap(Request("GET", way.url), connect_timeout=PATIENCE, insecure=True) as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to("tls", script, trust, monkeypatch) as way:
        run(main())


def test_a_certificate_for_another_name(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with failed_handshake(trust) as port:
        error = refusal(f"https://other.example:{port}/", tls=trust.client)
    assert "not trusted: Hostname mismatch" in error.message


def test_tls_on_a_plain_port() -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        server.wait_go()

    with RawServer(script) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/")
        assert str(error) == f"127.0.0.1:{server.port} does not speak TLS (http:// instead of https://?)"


@pytest.mark.parametrize("end", [reset, socket.socket.close])
def test_hung_up_in_the_handshake(end: Callable[[socket.socket], None]) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        sock.recv(65536)
        end(sock)

    with RawServer(script) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/")
        assert error.message == f"127.0.0.1:{server.port} hung up while we were connecting"


def test_connect_timeout_covers_the_handshake() -> None:
    with RawServer(lambda _, server: server.wait_go()) as server:
        error = refusal(f"https://127.0.0.1:{server.port}/", connect_timeout=0.05)
        assert str(error) == f"no connection to 127.0.0.1:{server.port} within 0.05 s (--connect-timeout SECONDS)"


# Proxies.


def through(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """What is said when the proxy gives `answer` to CONNECT, and its port."""

    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(answer)

    with RawServer(script) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
        error = refusal("https://api.example/x?key=sk-0123456789")
    assert "secret" not in str(error)
    assert error.exit_code == EXIT_UPSTREAM
    return str(error), proxy.port


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!",
            "it says 407 Proxy Authentication Required (HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT)",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "it says 403 Forbidden (NO_PROXY=HOST goes direct)"),
        (b"SSH-2.0-x\r\n\r\n", "its answer is not HTTP (is it an HTTP proxy?)"),
        (b"", "Server disconnected"),
    ],
)
def test_a_proxy_that_refuses(answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said, port = through(answer, monkeypatch)
    assert said == f"no connection to api.example:443 through proxy 127.0.0.1:{port}: {says}"


def test_a_proxy_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(lambda _, server: server.wait_go()) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{proxy.port}")
        error = refusal("https://api.example/", connect_timeout=0.05)
        assert f"api.example:443 through proxy 127.0.0.1:{proxy.port} within 0.05 s" in error.message


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    for url in ("https://api.example/", "http://api.example/"):
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
        assert refusal(url).message == f"connection refused: proxy 127.0.0.1:{port}"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://user:secret@h:x", "http://"])
def test_a_proxy_that_cannot_be_one(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = refusal("https://api.example/")
    assert error.exit_code == EXIT_USAGE
    assert "HTTPS_PROXY=http://HOST:PORT" in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize("bypass", ["127.0.0.1", "127.0.0.1:{port}", "*", "x.example, 127.0.0.1"])
def test_no_proxy(bypass: str, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open() as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to("plain", script, trust, monkeypatch) as way:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", bypass.format(port=way.server.port))
        run(main())


@pytest.mark.parametrize("kind", ["connect", "absolute"])
def test_a_proxy_gets_its_credentials_and_the_server_does_not(
    kind: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        server.request = read_head(sock)
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open() as tap:
            assert (await take_all(tap))[0] == HEAD

    with way_to(kind, script, trust, monkeypatch) as way:
        assert way.proxy is not None
        name = "http_proxy" if kind == "absolute" else "https_proxy"
        monkeypatch.setenv(name, f"http://user:p%40ss@127.0.0.1:{way.proxy.port}")
        run(main())
        credentials = b"Proxy-Authorization: Basic " + base64.b64encode(b"user:p@ss") + b"\r\n"
        assert credentials in way.proxy.request
        # Our test proxy passes a plain request on as it is; in a tunnel it is for the proxy's eyes only.
        assert (credentials in way.server.request) is (kind == "absolute")
