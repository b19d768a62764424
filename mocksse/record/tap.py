"""The tap: one request out, and the raw bytes of the answer exactly as they came off the socket (TLS removed), each
read with its time, and how the connection ended. aiohttp connects (DNS, TLS, proxies); its response parser never
sees the answer, because it hides what a recording is about: where reads ended, what arrived before a reset, and
which reset it was.

It must not interpret: 1xx answers, broken framing and bytes behind the end are reads like any others. It follows no
redirect, retries nothing, and waits for no "100 Continue" (RFC 9110, 10.1.1: a client that sent the expectation
"MAY proceed to send the content without waiting"). It uses private parts of aiohttp's client:
`TCPConnector._factory`, `TCPConnector.connect` and `ResponseHandler._parser`.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from aiohttp import ClientError, ClientRequest, ClientTimeout, TCPConnector, ThreadedResolver
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from mocksse import limits
from mocksse.errors import UsageError
from mocksse.record.refusal import explain_refusal
from mocksse.record.request import Request, encode_request
from mocksse.record.socket import open_socket

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

__all__ = ["Lost", "Read", "Request", "Tap", "open_tap"]

_WRITE_BYTES = 64 * limits.KIB
"""A large body is written in pieces of this size, so that back-pressure tells when the last of it left."""
_READ_OVERHEAD_BYTES = 128
"""What a queued read costs beyond its data; counted, or a peer that sends single bytes could fill the memory."""
_PROXY_HINT = "HTTPS_PROXY=http://HOST:PORT, or NO_PROXY=HOST to go direct"


@dataclass(frozen=True, slots=True)
class Read:
    """What one read of the socket gave: never empty; `at_ns` is `time.perf_counter_ns()`."""

    at_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """The end of the connection. `fin`: the peer sent all it had to send (on TLS with or without close_notify);
    `reset`: RST; `error`: anything else, such as a TLS alert or a network that went away."""

    at_ns: int
    how: Literal["fin", "reset", "error"]
    reason: str = ""


class Tap:
    """An open connection with the request on its way."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: _TapProtocol) -> None:
        self._protocol = protocol

    @property
    def sent_ns(self) -> int | None:
        """When the last byte of the request was handed to the kernel (on TLS up to 128 KiB early); None before.
        A server may well answer, or hang up, before that."""
        return self._protocol.sent_ns

    async def next(self, idle: float | None) -> Read | Lost | None:
        """The next read in order of arrival, then Lost for ever; None if nothing came for `idle` seconds."""
        if self._protocol.is_silent:
            self._protocol.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(idle):
                    await self._protocol.changed.wait()
        return self._protocol.take()

    def wake(self) -> None:
        """A `next` that waits gives None at once, if it has nothing else."""
        self._protocol.changed.set()


@asynccontextmanager
async def open_tap(
    request: Request, *, connect_timeout: float, insecure: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Tap]:
    """Connect within `connect_timeout` seconds (names, proxy and TLS included) and send `request`. `insecure` takes
    any certificate; `tls` stands for the default context. Leaving closes at once, whatever is still under way.

    Raises UpstreamError where no connection comes about, UsageError for a host or proxy that can't be one. From then
    on nothing raises: how a connection ends is `Lost`.
    """
    origin = request.origin
    proxy = _proxy_for(origin)
    loop = asyncio.get_running_loop()
    # Not aiohttp's default resolver, which depends on what else is installed.
    async with TCPConnector(resolver=ThreadedResolver(), socket_factory=open_socket) as connector:
        connector._factory = lambda: _TapProtocol(loop)  # type: ignore[assignment]  # noqa: SLF001
        trust = False if insecure else tls or True
        connect_request = ClientRequest("GET", origin, loop=loop, ssl=trust, proxy=proxy)
        try:
            async with asyncio.timeout(connect_timeout):
                connection = await connector.connect(connect_request, [], ClientTimeout(total=None))
        except (ClientError, OSError, ValueError) as exc:
            raise explain_refusal(exc, origin, proxy, connect_timeout) from exc
        protocol = cast("_TapProtocol", connection.protocol)
        try:
            absolute = proxy is not None and origin.scheme == "http"
            # aiohttp leaves it here when the proxy's URL has a user; in a tunnel the proxy has had it already.
            credentials = connect_request.headers.get("Proxy-Authorization")
            protocol.send(encode_request(request, absolute=absolute, proxy_authorization=credentials))
            yield Tap(protocol)
        finally:
            protocol.abort()
            connection.close()
            await protocol.gone.wait()


class _TapProtocol(ResponseHandler):
    """The protocol of one connection: notes what the transport says, and writes the request as fast as it may.

    Reads are queued without limit in practice: the reader may be busy, and a paused socket would learn of a reset only
    later, on some systems without the bytes before it. So reading pauses only at `limits.MAX_UNREAD_BYTES`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.changed = asyncio.Event()
        self.gone = asyncio.Event()
        self.sent_ns: int | None = None
        self._reads: deque[Read] = deque()
        self._unread_bytes = 0
        self._held = False
        self._lost: Lost | None = None
        self._unsent = memoryview(b"")

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to take yet."""
        return not self._reads and self._lost is None

    def take(self) -> Read | Lost | None:
        """The oldest read not yet taken; when there is none, the end, if it has come."""
        if not self._reads:
            return self._lost
        read = self._reads.popleft()
        self._unread_bytes -= len(read.data) + _READ_OVERHEAD_BYTES
        if self._held and self._unread_bytes <= limits.MAX_UNREAD_BYTES // 2:
            self._held = False
            if self.transport is not None:
                self.transport.resume_reading()
        return read

    def send(self, data: bytes) -> None:
        """Write the request, and stamp `sent_ns` when it is out."""
        self._unsent = memoryview(data)
        if self.transport is not None:
            # "Writing may go on" then means "all is written". Not high=0: on TLS that pauses an empty buffer.
            self.transport.set_write_buffer_limits(high=1, low=0)
        self._write()

    def _write(self) -> None:
        if self.transport is None:
            return
        piece, self._unsent = self._unsent[:_WRITE_BYTES], self._unsent[_WRITE_BYTES:]
        self.transport.write(piece)
        if self.writing_paused:
            return  # resume_writing goes on from here
        if self._unsent:
            # Not in a loop: what the peer says meanwhile comes first, be it that it has hung up.
            self._loop.call_soon(self._write)
        elif self.sent_ns is None:
            self.sent_ns = time.perf_counter_ns()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._write()

    def data_received(self, data: bytes) -> None:
        at_ns = time.perf_counter_ns()
        if self._parser is not None:
            # aiohttp set a parser: this is a proxy's answer to CONNECT. The tunnel gets a protocol of its own.
            super().data_received(data)
            return
        self._reads.append(Read(at_ns, data))
        self._unread_bytes += len(data) + _READ_OVERHEAD_BYTES
        self.changed.set()
        if self._unread_bytes > limits.MAX_UNREAD_BYTES and not self._held and self.transport is not None:
            self._held = True
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self._end(None)
        # RFC 9112, 9.6: a server half-closes and goes on reading "until it receives a corresponding close by the
        # client". asyncio would first try to write the rest of the request. (Soon: TLS is in the midst of it now.)
        if self.transport is not None:
            self._loop.call_soon(self.transport.abort)
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._end(exc)
        self.gone.set()
        super().connection_lost(exc)

    def _end(self, exc: BaseException | None) -> None:
        if self._lost is not None:
            return
        how: Literal["fin", "reset", "error"] = "error"
        if exc is None:
            how = "fin"
        elif isinstance(exc, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
            how = "reset"
        reason = "" if exc is None else (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
        self._lost = Lost(time.perf_counter_ns(), how, reason)
        self.changed.set()


def _proxy_for(origin: URL) -> URL | None:
    """The proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names for `origin`, NO_PROXY respected; None: go direct."""
    proxies = urllib.request.getproxies()
    spelled = proxies.get(origin.scheme) or proxies.get("all")
    if not spelled or any(map(urllib.request.proxy_bypass, (str(origin.host), f"{origin.host}:{origin.port}"))):
        return None
    try:
        proxy = URL(spelled if "://" in spelled else f"http://{spelled}")
    except ValueError:
        # Its text would be nice to have, but there may be a password in it.
        raise UsageError(f"the proxy for {origin.scheme}:// is not a URL", _PROXY_HINT) from None
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise UsageError(f"can't use a {proxy.scheme}:// proxy", _PROXY_HINT)
    return proxy
